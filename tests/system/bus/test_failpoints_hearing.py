"""A listener dies between two steps of hearing, and the database dies under it: every message has one effect."""

import asyncio
from dataclasses import replace

import pytest

from shared.messages.registry import ProblemNamed
from tests.conftest import NO_POSTGRES
from tests.postgres import PostgresServer, programs
from tests.system.bus.eventually import eventually
from tests.system.bus.failpoints import FAULTS
from tests.system.bus.processes import processes
from tests.system.bus.tiny import QUICK, Base, Heard, SetAside, hear, tell, tiny

MESSAGES = 10


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_listener_that_dies_between_two_steps_takes_everything_in_once(
    nats_server, database_url, make, tmp_path, fault
):
    """Before the COMMIT: fails where the message is acknowledged first. After it: fails without the inbox row."""
    teller = await make("registry").start()
    looking = tiny("map", tmp_path, database_url)
    Base.metadata.create_all(looking.database.engine)
    await looking.database.start()
    ids = [await teller.database.write(tell, str(number)) for number in range(MESSAGES)]
    with processes(tmp_path) as running:
        first = running.start("listener", database_url, fault)
        await asyncio.to_thread(first.wait, 120)
        assert (tmp_path / "died").exists(), (tmp_path / "listener.log").read_text()
        running.start("listener", database_url, fault)
        await eventually(lambda: _has(looking, MESSAGES), 120)
        await eventually(lambda: _has(looking, MESSAGES))
    assert sorted(id for id, _ in await looking.heard()) == sorted(ids)
    assert await looking.bus.decisions.waiting() == []
    await looking.database.stop()


@pytest.mark.postgres
async def test_while_postgresql_is_away_nothing_is_pulled_and_all_comes_by_itself_afterwards(nats_server, make):
    """Fails where a listener goes on pulling: the durable would hand out all, to be thrown away again."""
    folder = programs()
    if folder is None:
        pytest.skip(NO_POSTGRES)
    server = PostgresServer(folder, durable=True)
    server.start()
    try:
        teller, listener = make("registry"), make("map", url=server.url(server.create()))
        listener.bus.hears(ProblemNamed, hear)
        await teller.start()
        await listener.start()
        before = await teller.database.write(tell, "before")
        await eventually(lambda: _has(listener, 1))
        await asyncio.to_thread(server.halt)
        await eventually(lambda: _is_away(listener))
        ids = {await teller.database.write(tell, str(number)) for number in range(MESSAGES)}
        await asyncio.sleep(1.0)
        assert not _in_hand(listener)
        await asyncio.to_thread(server.start_again)
        await eventually(lambda: _has(listener, MESSAGES + 1), 30)
        assert {id for id, _ in await listener.heard()} == ids | {before}
        assert await listener.count(Heard) == MESSAGES + 1
        assert await listener.count(SetAside) == 0
        await listener.stop()
    finally:
        server.stop()


async def test_while_sqlite_cannot_be_written_nothing_is_pulled_and_all_comes_by_itself_afterwards(nats_server, make):
    """The file is readonly for its writer. Fails as the one above, or where this counts as a failure of the message."""
    teller, listener = make("registry"), make("map")
    listener.bus.hears(ProblemNamed, hear)
    await teller.start()
    await listener.start()
    await teller.database.write(tell, "before")
    await eventually(lambda: _has(listener, 1))
    await listener.database.write(_become_readonly)
    for number in range(MESSAGES):
        await teller.database.write(tell, str(number))
    await eventually(lambda: _is_away(listener))
    held = len(_in_hand(listener))
    for number in range(MESSAGES):
        await teller.database.write(tell, str(number))
    await asyncio.sleep(0.5)
    assert len(_in_hand(listener)) == held
    listener.database.engine.dispose()  # the next connection is a good one
    await eventually(lambda: _has(listener, 2 * MESSAGES + 1), 30)
    assert await listener.count(Heard) == 2 * MESSAGES + 1
    assert await listener.count(SetAside) == 0


async def test_a_service_that_was_stopped_while_its_database_was_away_hears_again_when_it_is_started(nats_server, make):
    """Fails where the one that stops forgets to ask the database, and yet remembers that it is away."""
    teller, listener = make("registry"), make("map")
    listener.bus.hears(ProblemNamed, hear)
    await teller.start()
    await listener.start()
    await listener.database.write(_become_readonly)
    await teller.database.write(tell, "x")
    await eventually(lambda: _is_away(listener))
    await listener.bus.stop()
    listener.database.engine.dispose()
    await listener.bus.start()
    await eventually(lambda: _has(listener, 1))


@pytest.mark.postgres
async def test_one_slow_aggregate_holds_nobody_up_and_is_heard_once(nats_server, make, postgres_server):
    """It takes longer than `ack_wait`. Fails with one lane, or without in-progress: it comes again meanwhile."""
    teller = await make("registry").start()
    listener = make("map", url=postgres_server.url(postgres_server.create()), pace=replace(QUICK, ack_wait=1.5))
    began = []

    def be_slow(session, message):
        if message.id == "slow":
            began.append(message)
            session.connection().exec_driver_sql("SELECT pg_sleep(3)")
        hear(session, message)

    listener.bus.hears(ProblemNamed, be_slow)
    await listener.start()
    await teller.database.write(tell, "x", "slow")
    await eventually(lambda: _is_true(began))
    for number in range(MESSAGES):
        await teller.database.write(tell, "x", f"quick-{number}")
    await eventually(lambda: _has(listener, MESSAGES + 1))
    assert [id for id, _ in await listener.heard()][-1] == "slow"
    assert len(began) == 1
    info = await listener.bus._client.jetstream().consumer_info("REGISTRY", "map")
    assert info.delivered.consumer_seq == MESSAGES + 1, "delivered again"


def _become_readonly(session):
    session.connection().exec_driver_sql("PRAGMA query_only=ON")


def _in_hand(service):
    return [place for one in service.bus._listeners.values() for place in one._in_hand]


async def _is_away(service):
    return service.bus.pipeline.turn.problem


async def _is_true(value):
    return value


async def _has(service, number):
    return await service.count(Heard) >= number
