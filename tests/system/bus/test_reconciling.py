"""What a stream lost is told again, and only that: whatever happened to its files, to it, or to our own database."""

import asyncio
import contextlib
import os
import shutil
import signal
from dataclasses import replace

import nats
from nats.js.errors import NotFoundError
from sqlalchemy import select, update

from shared.messages.registry import ProblemNamed
from shared.reconcile import reconcile
from shared.settings import ServiceSettings
from shared.streams import bring_about, service_stream
from tests.system.bus.eventually import eventually
from tests.system.bus.tiny import QUICK, Heard, Outbox, hear, tell

HOURLY = replace(QUICK, reconcile=0.3)


async def test_a_tail_that_a_power_loss_took_is_told_again(nats_server, make, tmp_path):
    """The last message is torn in two and the server's index is gone. Fails without reconciliation: 20 are lost."""
    teller, listener = await _both(make)
    ids = await _tell(teller, 60)
    await _all_heard(listener, ids)
    await nats_server.stop()
    _cut(tmp_path, b"title-40")
    await nats_server.start()
    ids += await _tell(teller, 5, "after")
    await _all_heard(listener, ids)
    await _stream_holds_each_once(nats_server, teller, ids)


async def test_an_old_backup_of_the_store_loses_nothing(nats_server, make, tmp_path):
    """Fails where a new connection only goes on: what was told after the backup is in no stream."""
    teller, listener = await _both(make)
    ids = await _tell(teller, 10)
    await _all_heard(listener, ids)
    await _nothing_waits(teller)
    with _put_aside(tmp_path / "nats" / "store") as put_back:
        await nats_server.stop()
        put_back.keep()
        await nats_server.start()
        ids += await _tell(teller, 10)
        await _all_heard(listener, ids)
        await _nothing_waits(teller)
        await nats_server.stop()
        put_back()
        await nats_server.start()
    await _stream_holds_each_once(nats_server, teller, ids)
    ids += await _tell(teller, 1)
    await _all_heard(listener, ids)


async def test_a_stream_deleted_while_we_run_is_made_again_and_told_anew(nats_server, make):
    """Nobody hears it here. Fails where only a new connection brings streams about: the relay waits for ever."""
    teller = await make("registry").start()
    ids = await _tell(teller, 10)
    await _nothing_waits(teller)
    async with _operator(nats_server, teller) as jetstream:
        await jetstream.delete_stream("REGISTRY")
    ids += await _tell(teller, 1)
    await _stream_holds_each_once(nats_server, teller, ids)


async def test_a_stream_made_anew_by_another_whose_numbers_grew_past_ours(nats_server, make):
    """Our last place is held by our last message; fails where that alone is asked: the first five are lost."""
    teller = await make("registry").start()
    ids = await _tell(teller, 5)
    await _nothing_waits(teller)
    async with _operator(nats_server, teller) as jetstream:
        await jetstream.delete_stream("REGISTRY")
        await bring_about(jetstream, "REGISTRY", service_stream("registry"))
    ids += await _tell(teller, 8)
    await _nothing_waits(teller)
    os.kill(nats_server.pid, signal.SIGKILL)
    await _stream_holds_each_once(nats_server, teller, ids)


async def test_what_was_deleted_from_the_middle_is_told_again(nats_server, make):
    """Fails where only the end is compared: three are missing for ever."""
    teller, listener = await _both(make)
    ids = await _tell(teller, 10)
    await _all_heard(listener, ids)
    await _nothing_waits(teller)
    async with _operator(nats_server, teller) as jetstream:
        for sequence in (3, 4, 8):
            await jetstream.delete_msg("REGISTRY", sequence)
    os.kill(nats_server.pid, signal.SIGKILL)
    await _stream_holds_each_once(nats_server, teller, ids)
    await _all_heard(listener, ids)


async def test_a_hole_is_found_within_the_hour_without_a_new_connection(nats_server, make):
    """Fails where streams are compared only when a connection begins."""
    teller = await make("registry", pace=HOURLY).start()
    ids = await _tell(teller, 6)
    await _nothing_waits(teller)
    await _outlive_the_ids(nats_server, teller)
    async with _operator(nats_server, teller) as jetstream:
        await jetstream.delete_msg("REGISTRY", 2)
    await _stream_holds_each_once(nats_server, teller, ids)


async def test_a_message_whose_bytes_went_bad_is_told_again(nats_server, make, tmp_path):
    """The server still counts it as there. Fails where its counts alone are asked."""
    teller = await make("registry", pace=HOURLY).start()
    ids = await _tell(teller, 10)
    await _nothing_waits(teller)
    await nats_server.stop()
    [block] = (tmp_path / "nats" / "store").rglob("REGISTRY/msgs/1.blk")
    content = block.read_bytes()
    assert content.count(b"title-4") == 1
    block.write_bytes(content.replace(b"title-4", b"tattere"))
    await nats_server.start()
    await _stream_holds_each_once(nats_server, teller, ids)


async def test_an_old_backup_of_the_database_doubles_nothing_and_collides_with_nothing(
    nats_server, make, tmp_path, caplog
):
    """The stream is ahead: one row waits in the backup that was told long since, two were told that it never knew.

    Fails where waiting rows just go out (the stream would have it twice, for ids are remembered ten minutes only).
    """
    teller, listener = await _both(make)
    ids = await _tell(teller, 5)
    await _nothing_waits(teller)
    await nats_server.stop()
    ids += await _tell(teller, 1, "waits")
    with _put_aside(tmp_path / "registry.sqlite") as put_back:
        put_back.keep()
        await nats_server.start()
        ids += await _tell(teller, 2, "unknown later")
        await _all_heard(listener, ids)
        await _nothing_waits(teller)
        await teller.stop()
        await _outlive_the_ids(nats_server, teller)
        put_back()
    again = make("registry")
    await again.start()
    await _nothing_waits(again)
    await eventually(lambda: _is_logged(caplog, "does not know"), 40)
    ids += await _tell(again, 3, "new life")
    await _all_heard(listener, ids)
    assert sorted((await _held(nats_server, again)).values()) == sorted(ids)
    await _nothing_waits(again)
    positions, places = await again.database.read(_positions_and_places)
    assert (positions, places) == (list(range(1, 10)), [1, 2, 3, 4, 5, 6, 9, 10, 11])


async def test_what_was_acknowledged_and_never_marked_is_not_told_again(nats_server, make):
    """Killed before the mark, started after ten minutes. Fails where waiting rows just go out again."""
    teller = await make("registry").start()
    ids = await _tell(teller, 70)
    await _nothing_waits(teller)
    await teller.bus.stop()
    await _outlive_the_ids(nats_server, teller)
    await teller.database.write(_unmark_after(20))
    await teller.bus.start()
    await _stream_holds_each_once(nats_server, teller, ids)
    assert (await teller.database.read(_positions_and_places))[1] == list(range(1, 71))


async def test_when_nothing_is_wrong_it_costs_as_many_questions_for_many_rows_as_for_few(nats_server, make):
    """Fails where each row is asked for."""
    teller = await make("registry").start()
    asked = []
    for number in (20, 300):
        await _tell(teller, number)
        await _nothing_waits(teller)
        async with _operator(nats_server, teller) as jetstream:
            before = jetstream._nc.stats["out_msgs"]
            assert await reconcile(jetstream, teller.database, Outbox.__table__, ["REGISTRY"]) == 0
            asked.append(jetstream._nc.stats["out_msgs"] - before)
    assert asked[0] == asked[1] <= 4


async def _both(make):
    teller, listener = make("registry"), make("map")
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    return await teller.start(), listener


async def _tell(teller, number, title="title"):
    """Tell so many facts, one after another; gives their ids."""
    return [await teller.database.write(tell, f"{title}-{n}") for n in range(number)]


async def _all_heard(listener, ids):
    async def is_so():
        return await listener.count(Heard) >= len(ids)

    await eventually(is_so, 40)
    assert sorted(id for id, _ in await listener.heard()) == sorted(ids)


async def _nothing_waits(teller):
    async def is_so():
        return not await teller.database.read(
            lambda session: session.query(Outbox).filter_by(published_at=None).count()
        )

    await eventually(is_so, 40)


async def _is_logged(caplog, text):
    return text in caplog.text


async def _stream_holds_each_once(server, teller, ids):
    """Every fact is in the stream and nothing is there twice, at the places that our table says."""

    async def is_so():
        held = await _held(server, teller)
        return sorted(held.values()) == sorted(ids) and held == await teller.database.read(_by_place)

    await eventually(is_so, 40)


async def _held(server, teller):
    """Read the whole stream: the aggregate at each place."""
    found = {}
    with contextlib.suppress(OSError, NotFoundError, nats.errors.Error):
        async with _operator(server, teller) as jetstream:
            for sequence in range(1, (await jetstream.stream_info("REGISTRY")).state.last_seq + 1):
                with contextlib.suppress(NotFoundError):
                    message = await jetstream.get_msg("REGISTRY", seq=sequence, direct=True)
                    found[sequence] = message.headers["ce-subject"]
    return found


def _number_waiting(session):
    return session.query(Outbox).filter_by(published_at=None).count()


def _by_place(session):
    rows = session.execute(select(Outbox.stream_sequence, Outbox.headers))
    return {row.stream_sequence: row.headers["ce-subject"] for row in rows if row.stream_sequence}


def _positions_and_places(session):
    rows = session.execute(select(Outbox.position, Outbox.stream_sequence).order_by(Outbox.position)).all()
    return [row.position for row in rows], [row.stream_sequence for row in rows]


def _unmark_after(position):
    def unmark(session):
        session.execute(
            update(Outbox).where(Outbox.position > position).values(published_at=None, stream_sequence=None)
        )

    return unmark


def _cut(data, text):
    """Cut the stream's file in the middle of the message that says this, and take the server's index away."""
    [folder] = (data / "nats" / "store").rglob("REGISTRY/msgs")
    block = folder / "1.blk"
    block.write_bytes(block.read_bytes().partition(text)[0])
    (folder / "index.db").unlink()


async def _outlive_the_ids(server, teller):
    """Let the server forget the ids that it deduplicates by, as it does after ten minutes."""
    async with _operator(server, teller) as jetstream:
        for window in (0.1, service_stream("registry").duplicate_window):
            await jetstream.update_stream(service_stream("registry").evolve(duplicate_window=window))
            await asyncio.sleep(0.5)


@contextlib.contextmanager
def _put_aside(path):
    """Keep a copy of a file or folder (`.keep()`), to be put back by calling it."""
    aside = path.with_name(f"{path.name}.aside")

    def copy(source, target):
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target)
            return
        for end in ("", "-wal", "-shm"):
            part, into = (one.with_name(one.name + end) for one in (source, target))
            into.unlink(missing_ok=True)
            if part.exists():
                shutil.copy(part, into)

    def put_back():
        copy(aside, path)

    put_back.keep = lambda: copy(path, aside)
    yield put_back


@contextlib.asynccontextmanager
async def _operator(server, teller):
    login = ServiceSettings(data=server._folder.parent).bus_login("operator")
    client = await nats.connect(server.url, **login, allow_reconnect=False)
    try:
        yield client.jetstream()
    finally:
        await client.close()
