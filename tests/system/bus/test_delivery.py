"""Messages from one service to another over a real NATS server: once, in order, whoever starts first."""

import asyncio
import os
import signal

import nats
from sqlalchemy import delete, update

from shared.messages.municipal import ClosureAnnounced
from shared.messages.registry import PersonChanged, ProblemNamed
from shared.nkeys import sign_in
from tests.system.bus.eventually import eventually
from tests.system.bus.tiny import OPERATOR, Base, Heard, Outbox, hear, hear_closure, tell, tell_of_person


async def test_what_one_service_tells_the_other_hears_once(nats_server, make):
    teller, listener = make("registry"), make("map")
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await teller.start()
    ids = [await teller.database.write(tell, f"Żółta kałuża {n}") for n in range(50)]
    await eventually(lambda: _has(listener, len(ids)))
    assert sorted(id for id, _ in await listener.heard()) == sorted(ids)
    await eventually(lambda: _nothing_waits(teller))
    assert listener.bus.state["connected"]


async def test_messages_of_one_aggregate_come_in_order(nats_server, make):
    teller, listener = make("registry"), make("map")
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await teller.start()
    for version in range(1, 61):
        await asyncio.gather(*(teller.database.write(tell, "x", f"problem-{n}", version) for n in range(5)))
    await eventually(lambda: _has(listener, 300))
    heard = await listener.heard()
    for n in range(5):
        assert [version for id, version in heard if id == f"problem-{n}"] == list(range(1, 61))


async def test_everything_works_before_the_bus_is_there_and_drains_when_it_comes(nats_server, make):
    await nats_server.stop()
    teller, listener = make("registry"), make("map")
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await teller.start()
    ids = [await teller.database.write(tell, str(n)) for n in range(20)]
    await asyncio.sleep(0.3)
    assert not teller.bus.state["connected"]
    assert teller.bus.state["problem"]
    await nats_server.start()
    await eventually(lambda: _has(listener, len(ids)))


async def test_a_killed_server_loses_and_doubles_nothing(nats_server, make):
    teller, listener = make("registry"), make("map")
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await teller.start()
    ids = []
    for n in range(300):
        ids.append(await teller.database.write(tell, str(n)))
        if n in (100, 200):
            await eventually(lambda: _runs(nats_server))  # a slow machine may still be starting it again
            os.kill(nats_server.pid, signal.SIGKILL)
    await eventually(lambda: _has(listener, len(ids)))
    await asyncio.sleep(0.5)
    assert sorted(id for id, _ in await listener.heard()) == sorted(ids)


async def test_a_handler_that_fails_is_tried_again_and_then_the_message_is_set_aside(nats_server, make):
    teller, listener = make("registry"), make("map")
    tries: list[str] = []

    def refuse(session, message):
        tries.append(message.title)
        hear(session, message)
        if message.title == "poison" or len(tries) < 3:
            raise ValueError("I cannot take this in.")

    listener.bus.hears(ProblemNamed, refuse)
    await listener.start()
    await teller.start()
    good = await teller.database.write(tell, "good")
    await teller.database.write(tell, "poison")
    await eventually(lambda: _is_set_aside(listener, 1))
    assert tries.count("poison") == 8
    assert await listener.heard() == [(good, 1)]
    [row] = await listener.bus.decisions.waiting()
    assert (row.attempts, row.error) == (8, "ValueError: I cannot take this in.")
    assert b"poison" in row.body


async def test_what_is_malformed_is_set_aside_at_once_and_holds_nobody_up(nats_server, make):
    teller, listener = make("registry"), make("map")
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await teller.start()
    bad = await teller.database.write(tell, "bad")
    await eventually(lambda: _has(listener, 1))
    login = teller.bus._settings.bus_login("registry")
    client = await nats.connect(nats_server.url, **login, inbox_prefix="_INBOX_registry", allow_reconnect=False)
    await client.jetstream().publish(f"osiedle.registry.problem.named.v1.{bad}", b"{not json", headers={"ce-id": "x"})
    await client.close()
    await eventually(lambda: _is_set_aside(listener, 1))
    [row] = await listener.bus.decisions.waiting()
    assert row.attempts == 1
    assert (await listener.bus.decisions.discard(row.id, OPERATOR)).state == "discarded"
    assert await listener.bus.decisions.waiting() == []


async def test_a_partner_is_known_by_its_stream_and_cannot_speak_for_another(nats_server, make, tmp_path):
    listener = make("calendar")
    listener.bus.hears_partner(ClosureAnnounced, hear_closure)
    await listener.start()
    closure = ClosureAnnounced.model_validate(
        {
            "id": "closure-1",
            "title": {"pl": "Ulica zamknięta"},
            "starts_at": "2026-11-25T08:00:00+01:00",
            "ends_at": "2026-11-25T16:00:00+01:00",
            "latitude": 50.08,
            "longitude": 19.92,
        }
    )
    await eventually(lambda: _is_connected(listener))
    for partner in ("roads", "culture"):
        login = sign_in((tmp_path / "partners" / f"{partner}.creds").read_text())
        client = await nats.connect(nats_server.url, **login, allow_reconnect=False)
        # The same id from both, and a source that is not theirs: both count, each under its own name.
        headers = {"ce-type": closure.type, "ce-id": "1", "ce-source": "/osiedle/registry"}
        subject = f"municipal.{partner}.closure.announced.v1.closure-1"
        await client.jetstream().publish(subject, closure.model_dump_json().encode(), headers=headers)
        await client.close()
    await eventually(lambda: _has(listener, 2))


async def test_people_travel_as_state_and_are_purged_when_erased(nats_server, make):
    people = {"person-1": PersonChanged(id="person-1", version=7, name="Zofia Żak")}
    teller = make("registry", state={PersonChanged: lambda session, id: people.get(id)})
    listener = make("notifications")
    listener.bus.hears(PersonChanged, hear)
    await listener.start()
    await teller.start()
    await teller.database.write(tell_of_person, "person-1", 7)
    await eventually(lambda: _has(listener, 1))
    assert await listener.heard() == [("person-1", 7)]
    people.clear()
    await teller.database.write(tell_of_person, "person-1", 8)
    await eventually(lambda: _nothing_waits(teller))
    async with _operator(nats_server, teller) as jetstream:
        assert (await jetstream.stream_info("PEOPLE")).state.messages == 0


async def test_what_a_deleted_stream_lost_is_told_again_and_has_no_second_effect(nats_server, make):
    teller, listener = make("registry"), make("map")
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await teller.start()
    ids = [await teller.database.write(tell, str(n)) for n in range(10)]
    await eventually(lambda: _has(listener, 10))
    await eventually(lambda: _nothing_waits(teller))
    async with _operator(nats_server, teller) as jetstream:
        await jetstream.delete_stream("REGISTRY")
        os.kill(nats_server.pid, signal.SIGKILL)
    await listener.database.write(lambda session: session.execute(delete(Heard)) and None)
    await asyncio.sleep(1.0)
    ids.append(await teller.database.write(tell, "after"))
    await eventually(lambda: _has(listener, 1))
    async with _operator(nats_server, teller) as jetstream:
        await eventually(lambda: _holds(jetstream, 11))
    assert await listener.heard() == [(ids[-1], 1)]


async def test_a_message_that_comes_twice_has_one_effect(nats_server, make):
    teller, listener = make("registry"), make("map")
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await teller.start()
    await teller.database.write(tell, "once")
    await eventually(lambda: _has(listener, 1))
    await eventually(lambda: _nothing_waits(teller))
    async with _operator(nats_server, teller) as jetstream:
        [message] = [await jetstream.get_msg("REGISTRY", seq=1)]
        headers = {**message.headers, "Nats-Msg-Id": "outside the window"}
        await jetstream.publish(message.subject, message.data, headers=headers)
    await eventually(lambda: _repeated(listener, 1))
    assert await listener.count(Heard) == 1


async def test_rows_that_another_process_wrote_are_found(nats_server, make):
    teller, listener = make("registry"), make("map")
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await teller.start()
    await eventually(lambda: _is_connected(teller))
    other = make("registry")
    await other.database.start()
    await other.database.write(tell, "from the command line")
    await eventually(lambda: _has(listener, 1))


async def test_a_backlog_goes_in_batches_each_message_marked_with_its_place(nats_server, make):
    teller = make("registry")
    await _write_backlog(teller, 300)
    await teller.bus.start()
    await eventually(lambda: _nothing_waits(teller))
    async with _operator(nats_server, teller) as jetstream:
        assert (await jetstream.stream_info("REGISTRY")).state.messages == 300
        batches = set()
        for place, message_id in await teller.database.read(_places):
            headers = (await jetstream.get_msg("REGISTRY", seq=place)).headers
            assert headers["ce-id"] == message_id
            batches.add(headers.get("Nats-Batch-Id"))
    assert len(batches) >= 2, "everything went singly"


async def test_a_backlog_that_the_stream_holds_in_part_is_not_there_twice(nats_server, make):
    teller = make("registry")
    await _write_backlog(teller, 200)
    await teller.bus.start()
    await eventually(lambda: _nothing_waits(teller))
    await teller.bus.stop()
    await teller.database.write(_forget_some)
    await teller.bus.start()
    await eventually(lambda: _nothing_waits(teller))
    async with _operator(nats_server, teller) as jetstream:
        assert (await jetstream.stream_info("REGISTRY")).state.messages == 200


async def test_each_service_sees_the_heartbeat_of_the_other(nats_server, make):
    one, two = make("registry"), make("map")
    await one.start()
    await two.start()
    await eventually(lambda: _sees(one, "map"))
    await eventually(lambda: _sees(two, "registry"))


async def _write_backlog(teller, number):
    Base.metadata.create_all(teller.database.engine)
    await teller.database.start()
    await asyncio.gather(*(teller.database.write(tell, str(n), f"problem-{n % 7}", n) for n in range(number)))


def _places(session):
    return [tuple(row) for row in session.query(Outbox.stream_sequence, Outbox.message_id).order_by(Outbox.position)]


def _forget_some(session):
    """Be killed after the stream had acknowledged, and before all of that was written down."""
    session.execute(
        update(Outbox).where(Outbox.position.between(51, 199)).values(published_at=None, stream_sequence=None)
    )


def _operator(server, service):
    class Connection:
        async def __aenter__(self):
            login = service.bus._settings.bus_login("operator")
            self.client = await nats.connect(server.url, **login, allow_reconnect=False)
            return self.client.jetstream()

        async def __aexit__(self, *error):
            await self.client.close()

    return Connection()


async def _has(listener, number):
    return await listener.count(Heard) >= number


async def _runs(server):
    return server.pid is not None


async def _nothing_waits(teller):
    def unpublished(session):
        return session.query(Outbox).filter(Outbox.published_at.is_(None)).count()

    return await teller.database.read(unpublished) == 0


async def _is_set_aside(listener, number):
    return len(await listener.bus.decisions.waiting()) == number


async def _is_connected(service):
    return service.bus.is_connected


async def _repeated(listener, number):
    return listener.bus.pipeline.repeated >= number


async def _sees(service, name):
    return name in service.bus.state["services"]


async def _holds(jetstream, number):
    return (await jetstream.stream_info("REGISTRY")).state.messages == number
