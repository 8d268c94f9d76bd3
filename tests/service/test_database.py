"""Transactions on both databases: a command is whole or nothing, and its caller is answered after the COMMIT."""

import asyncio
import threading

import pytest
from sqlalchemy import create_engine, event, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.pool import NullPool

from shared.database import Database
from shared.problems import Busy
from tests.system.bus.tiny import Base, Outbox, Told, tell


@pytest.fixture
async def database(database_url):
    made = Database(database_url, Base.metadata, "registry")
    Base.metadata.create_all(made.engine)
    await made.start()
    yield made
    await made.stop()


class Gone(Exception):
    """What a driver says of a disk that fails, or a server that went away."""

    sqlite_errorname, sqlstate = "SQLITE_IOERR", "08006"


def add(session, id):
    session.add(Told(id=id))
    return id


async def ids(database):
    return await database.read(lambda session: sorted(session.scalars(select(Told.id))))


async def test_a_command_is_committed_when_its_caller_is_answered(database):
    assert await database.write(add, "one") == "one"
    with create_engine(database.engine.url, poolclass=NullPool).connect() as elsewhere:
        assert elsewhere.scalar(text("SELECT count(*) FROM told")) == 1


async def test_a_command_that_fails_is_undone_with_all_it_told_and_the_next_one_is_not(database):
    def fail(session):
        tell(session, "never")
        session.flush()
        raise ValueError("no")

    results = await asyncio.gather(
        database.write(add, "one"), database.write(fail), database.write(add, "two"), return_exceptions=True
    )
    assert [type(result) for result in results] == [str, ValueError, str]
    assert await ids(database) == ["one", "two"]
    assert await database.read(lambda session: session.scalars(select(Outbox)).all()) == []
    await database.write(add, "three")
    assert await ids(database) == ["one", "three", "two"]


async def test_a_constraint_that_refuses_one_undoes_only_that_one(database):
    results = await asyncio.gather(*(database.write(add, id) for id in "aabbc"), return_exceptions=True)
    assert sum(isinstance(result, IntegrityError) for result in results) == 2
    assert await ids(database) == ["a", "b", "c"]


async def test_what_is_told_is_handed_over_after_the_commit_and_in_order(database):
    seen: list[int] = []

    def on_commit(rows):
        with create_engine(database.engine.url, poolclass=NullPool).connect() as elsewhere:
            there = elsewhere.scalar(text("SELECT count(*) FROM outbox"))
        seen.extend(row.position for row in rows)
        assert there >= len(seen)

    database.on_commit = on_commit
    for number in range(5):
        await database.write(tell, str(number))
    assert seen == [1, 2, 3, 4, 5]


async def test_a_commit_that_fails_runs_the_commands_again_and_hands_nothing_over_twice(database):
    handed: list[object] = []
    failures: list[int] = []
    runs: list[int] = []
    database.on_commit = lambda rows: handed.extend(rows)

    @event.listens_for(database.engine, "commit")
    def fail_once(connection):
        if not failures:
            failures.append(1)
            raise OperationalError("COMMIT", {}, Gone())

    def counted(session):
        runs.append(1)
        return tell(session, "once")

    told = await database.write(counted)
    assert len(runs) == 2
    assert len(handed) == 1
    assert await ids(database) == [told]


async def test_more_than_fits_is_refused_at_once(database):
    gate = threading.Event()
    blocked = [asyncio.create_task(database.write(lambda session: gate.wait(10))) for _ in range(8)]
    await asyncio.sleep(0.1)
    database._units.maxsize = 3
    waiting = [asyncio.create_task(database.write(add, str(number))) for number in range(3)]
    await asyncio.sleep(0)
    refused = 0
    for number in range(12):
        try:
            waiting.append(asyncio.create_task(database.write(add, f"more {number}")))
            await asyncio.sleep(0)
        finally:
            refused = sum(task.done() and isinstance(task.exception(), Busy) for task in waiting)
    assert refused >= 9
    gate.set()
    await asyncio.gather(*blocked)
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_who_waits_for_a_change_is_woken_by_one(database):
    waiting = asyncio.create_task(database.changed(10))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    await database.write(add, "one")
    await asyncio.wait_for(waiting, 1)


async def test_a_query_cannot_write_on_sqlite(sqlite_database_url):
    database = Database(sqlite_database_url, Base.metadata, "registry")
    Base.metadata.create_all(database.engine)
    await database.start()
    with pytest.raises(OperationalError, match="readonly"):
        await database.read(lambda session: session.execute(text("INSERT INTO told VALUES ('x')")))
    await database.stop()
