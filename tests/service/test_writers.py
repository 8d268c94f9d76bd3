"""What may happen to a command between its first statement and the answer, and what the writer threads bear."""

import asyncio
import threading

import pytest
from sqlalchemy import create_engine, event, func, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from shared.database import CommandEnded, Database
from shared.problems import Busy
from tests.system.bus.tiny import Base, Heard, Outbox, Told, tell

WAIT = 20


@pytest.fixture
async def database(database_url):
    made = Database(database_url, Base.metadata, "registry")
    Base.metadata.create_all(made.engine)
    await made.start()
    yield made
    await asyncio.wait_for(made.stop(), WAIT)


@pytest.fixture
async def on_postgresql(postgres_server):
    name = postgres_server.create()
    made = Database(postgres_server.url(name), Base.metadata, "registry")
    Base.metadata.create_all(made.engine)
    await made.start()
    await made.write(two_rows)
    yield made
    await asyncio.wait_for(made.stop(), WAIT)
    postgres_server.drop(name)


def two_rows(session):
    session.add_all(Heard(id=id, version=0, what="", correlation_id="") for id in ("a", "b"))


def count_up(session, id):
    session.execute(update(Heard).where(Heard.id == id).values(version=Heard.version + 1))


async def versions(database):
    return await database.read(lambda session: dict(map(tuple, session.execute(select(Heard.id, Heard.version)))))


async def told_and_facts(database):
    def count(session):
        return [session.scalar(select(func.count()).select_from(table)) for table in (Outbox, Told)]

    return await database.read(count)


async def within(awaitable):
    return await asyncio.wait_for(awaitable, WAIT)


@pytest.mark.parametrize(
    "ending", [SystemExit, KeyboardInterrupt, asyncio.CancelledError, GeneratorExit, StopIteration, BaseException]
)
async def test_a_command_that_would_end_its_thread_ends_itself_alone(database, ending):
    """Fails where unit and transaction keep `Exception` only: SQLite's one writer dies, and all wait for ever."""

    def end(session):
        tell(session, "never")
        raise ending

    for _ in range(6):  # more than there are writers
        results = await within(asyncio.gather(database.write(tell, "one"), database.write(end), return_exceptions=True))
        assert isinstance(results[0], str)
        assert isinstance(results[1], CommandEnded)
    assert await told_and_facts(database) == [6, 6]


@pytest.mark.parametrize("error", [MemoryError, RecursionError])
async def test_an_error_of_the_interpreter_reaches_the_caller_of_that_command_only(database, error):
    def fail(session):
        raise error

    results = await within(asyncio.gather(database.write(fail), database.write(tell, "x"), return_exceptions=True))
    assert isinstance(results[0], error)
    assert await told_and_facts(database) == [1, 1]


async def test_what_ends_a_thread_at_the_commit_is_run_again(database):
    """Fails where the outer transaction keeps `Exception` only: the thread dies with the answer in its hands."""
    failures: list[int] = []

    @event.listens_for(database.engine, "commit")
    def end_once(_connection):
        if not failures:
            failures.append(1)
            raise SystemExit

    await within(database.write(tell, "once"))
    assert await told_and_facts(database) == [1, 1]


async def test_a_caller_who_goes_away_leaves_the_others_their_answers(database):
    """Fails where an answer is set on a future that is cancelled: those of the same group get none."""
    gate = threading.Event()
    first = [asyncio.create_task(database.write(lambda session: gate.wait(WAIT))) for _ in range(4)]
    await asyncio.sleep(0.05)
    leaving, staying = (asyncio.create_task(database.write(tell, "x")) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    gate.set()
    await within(asyncio.gather(*first, staying))
    await within(database.write(tell, "after"))


async def test_a_relay_that_fails_to_take_rows_leaves_the_callers_their_answers(database):
    """Fails where the hand-over is not guarded: the commands are committed, and nobody is told so."""

    def fail(rows):
        raise RuntimeError("the relay is broken")

    database.on_commit = fail
    await within(database.write(tell, "x"))
    assert await told_and_facts(database) == [1, 1]


async def test_who_comes_when_the_database_is_stopped_is_told_so(database_url):
    """Fails where a late command is only queued: no thread takes it, and its caller waits for ever."""
    database = Database(database_url, Base.metadata, "registry")
    Base.metadata.create_all(database.engine)
    await database.start()
    await database.stop()
    with pytest.raises(Busy):
        await within(database.write(tell, "x"))


async def test_a_commit_whose_answer_was_lost_is_not_done_twice(database):
    """Fails where every failed COMMIT runs its commands again: the fact is there twice, under two ids."""
    _lose_the_answer_once(database.engine)
    fact = await within(database.write(tell, "once"))
    assert await told_and_facts(database) == [1, 1]
    assert await database.read(lambda session: list(session.scalars(select(Told.id)))) == [fact]


async def test_a_commit_that_told_nothing_and_whose_answer_was_lost_is_not_done_twice(on_postgresql):
    """Fails as above; here nothing says whether it took place, so its caller is told that nobody knows."""
    _lose_the_answer_once(on_postgresql.engine, really=True)
    with pytest.raises(OperationalError):
        await within(on_postgresql.write(count_up, "a"))
    assert await versions(on_postgresql) == {"a": 1, "b": 0}


async def test_a_deadlock_runs_again_until_both_are_done(on_postgresql):
    """Two commands take two rows crosswise. Fails where 40P01 is an error like others: one of the two is refused."""
    meet = threading.Barrier(2, timeout=WAIT)
    runs: list[str] = []

    def crosswise(session, first, second):
        count_up(session, first)
        runs.append(first)
        if len(runs) <= 2:
            meet.wait()
        count_up(session, second)
        tell(session, first)

    both = on_postgresql.write(crosswise, "a", "b"), on_postgresql.write(crosswise, "b", "a")
    await within(asyncio.gather(*both))
    assert len(runs) > 2, "there was no deadlock"
    assert await versions(on_postgresql) == {"a": 2, "b": 2}
    assert await told_and_facts(on_postgresql) == [2, 2]


async def test_a_serialisation_failure_runs_again(on_postgresql):
    """Fails where 40001 is an error like others: the caller is refused because somebody else was quicker."""
    runs = _run_into_others(on_postgresql, times=2)
    await within(on_postgresql.write(runs))
    assert runs.number == 3
    assert await versions(on_postgresql) == {"a": 3, "b": 0}


async def test_who_finds_that_another_wrote_the_same_key_meanwhile_looks_again(on_postgresql):
    """Fails where 23505 is an error like others: both see no row, both write it, and one is refused by accident."""
    meet = threading.Barrier(2, timeout=WAIT)
    runs: list[str] = []

    def find_or_write(session):
        found = session.get(Told, "new")
        runs.append("found" if found else "written")
        if len(runs) <= 2:
            meet.wait()
        if found is None:
            session.add(Told(id="new"))

    await within(asyncio.gather(on_postgresql.write(find_or_write), on_postgresql.write(find_or_write)))
    assert runs == ["written", "written", "found"]
    assert await told_and_facts(on_postgresql) == [0, 1]


async def test_a_serialisation_failure_that_stays_reaches_the_caller_after_three_repetitions(on_postgresql):
    """Fails where it is tried for ever: a writer thread is lost to the others."""
    runs = _run_into_others(on_postgresql, times=100)
    with pytest.raises(OperationalError) as refused:
        await within(on_postgresql.write(runs))
    assert refused.value.orig.sqlstate == "40001"
    assert runs.number == 4
    await within(on_postgresql.write(count_up, "b"))


def _run_into_others(database, times):
    """Make a command that reads a row which somebody else changes before it does, so many times."""
    others = create_engine(database.engine.url, poolclass=NullPool)

    def command(session):
        command.number += 1
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        session.scalar(select(Heard.version).where(Heard.id == "a"))
        if command.number <= times:
            with others.begin() as other:
                other.execute(update(Heard).where(Heard.id == "a").values(version=Heard.version + 1))
        count_up(session, "a")

    command.number = 0
    return command


def _lose_the_answer_once(engine, *, really=False):
    """Let the next COMMIT take place and its answer be lost; `really`: with the connection."""
    lost: list[int] = []

    @event.listens_for(engine, "commit")
    def lose_once(connection):
        if lost:
            return
        lost.append(1)
        driver = connection.connection.driver_connection
        if really:
            driver.commit()
            driver.close()
            return
        driver.execute("COMMIT")
        raise OperationalError("COMMIT", {}, ConnectionError("the answer was lost"))
