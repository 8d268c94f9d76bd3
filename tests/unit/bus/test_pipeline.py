"""One message into a service, on SQLite and without a bus: once, whole or not at all, and set aside when it must be."""

import sqlite3
from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import create_engine, delete, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from shared import clock, envelope, outbox
from shared.broker.pipeline import Delivery
from shared.engines import is_away
from shared.messages.municipal import ClosureAnnounced
from shared.messages.registry import PersonChanged, ProblemNamed
from shared.pace import Pace
from shared.set_aside import BodyGone, Kept, NotWaiting, StillRefused, begin_attempt
from tests.system.bus.tiny import OPERATOR, Base, Heard, Inbox, Outbox, SetAside, hear, hear_closure, tell, tiny

PROBLEM = ProblemNamed(id="p1", version=1, title="Kałuża", url="/registry/problems/p1")
PACE = Pace(delays=(1, 5), attempts=3, poll=0.01)


@pytest.fixture
async def listener(tmp_path):
    service = tiny("map", tmp_path, pace=PACE)
    Base.metadata.create_all(service.database.engine)
    await service.database.start()
    yield service
    await service.database.stop()


def delivered(message=PROBLEM, again=False, sequence=7, body=None, stream=None):
    sent = envelope.encoded(outbox.headers_of(message, "registry", "m1", clock.now()))
    body = message.model_dump_json().encode() if body is None else body
    return Delivery(stream or message.stream, message.subject, sent, body, sequence, again)


async def fails(listener, message=PROBLEM):
    """Have a message delivered as often as it may fail."""
    assert await listener.bus.pipeline.receive(delivered(message)) is not None
    for _ in range(2, PACE.attempts):
        await time_passes(listener)
        assert await listener.bus.pipeline.receive(delivered(message, again=True)) is not None
    await time_passes(listener)
    assert await listener.bus.pipeline.receive(delivered(message, again=True)) is None


async def time_passes(listener):
    long_ago = clock.now() - timedelta(hours=2)
    await listener.database.write(lambda session: session.execute(update(SetAside).values(last_at=long_ago)) and None)


async def test_a_message_takes_effect_once(listener):
    listener.bus.hears(ProblemNamed, hear)
    assert await listener.bus.deliver(PROBLEM, message_id="m1")
    assert not await listener.bus.deliver(PROBLEM, message_id="m1")
    assert await listener.heard() == [("p1", 1)]


async def test_the_same_id_from_another_source_is_another_message(listener):
    listener.bus.hears_partner(ClosureAnnounced, hear_closure)
    closure = ClosureAnnounced.model_validate(
        {
            "id": "c1",
            "title": {"pl": "Remont"},
            "starts_at": "2026-11-25T08:00:00+01:00",
            "ends_at": "2026-11-25T16:00:00+01:00",
            "latitude": 50.08,
            "longitude": 19.92,
        }
    )
    assert await listener.bus.deliver(closure, source="roads", message_id="1")
    assert await listener.bus.deliver(closure, source="culture", message_id="1")
    assert not await listener.bus.deliver(closure, source="roads", message_id="1")
    assert await listener.count(Heard) == 2


async def test_a_handler_that_fails_leaves_nothing_behind_and_the_message_comes_again(listener):
    def fail(session, message):
        hear(session, message)
        tell(session, "never told")
        session.flush()
        raise ValueError("no")

    listener.bus.hears(ProblemNamed, fail)
    assert await listener.bus.pipeline.receive(delivered()) == pytest.approx(1, rel=0.11)
    await time_passes(listener)
    assert await listener.bus.pipeline.receive(delivered(again=True)) == pytest.approx(5, rel=0.11)
    assert [await listener.count(table) for table in (Heard, Inbox, Outbox)] == [0, 0, 0]
    assert await listener.bus.decisions.waiting() == []


async def test_after_the_last_attempt_it_is_set_aside_and_can_be_taken_in_later(listener):
    is_broken = True

    def sometimes(session, message):
        if is_broken:
            raise ValueError("no")
        hear(session, message)

    listener.bus.hears(ProblemNamed, sometimes)
    await fails(listener)
    [row] = await listener.bus.decisions.waiting()
    assert (row.attempts, row.error, row.stream, row.stream_sequence) == (3, "ValueError: no", "REGISTRY", 7)
    with pytest.raises(StillRefused) as refusal:
        await listener.bus.decisions.retry(row.id, OPERATOR)
    assert refusal.value.extra == {"error": "ValueError: no"}
    assert (await listener.bus.decisions.waiting())[0].attempts == 4
    is_broken = False
    assert (await listener.bus.decisions.retry(row.id, OPERATOR)).state == "done"
    with pytest.raises(NotWaiting):
        await listener.bus.decisions.retry(row.id, OPERATOR)
    assert await listener.heard() == [("p1", 1)]
    assert await listener.bus.decisions.waiting() == []


async def test_an_attempt_is_counted_before_it_is_made(listener):
    """Fails where only an error is counted: this handler looks into the table while it runs, as a kill would leave it.

    The first delivery costs no transaction of its own, so it is not counted.
    """
    counted = []
    listener.bus.hears(ProblemNamed, lambda session, message: counted.append(session.scalar(select(SetAside.attempts))))
    for again in (False, True, True):
        await listener.database.write(lambda session: session.execute(delete(Inbox)) and None)
        await listener.bus.pipeline.receive(delivered(again=again))
    await listener.database.write(killed_twice)
    await listener.database.write(lambda session: session.execute(delete(Inbox)) and None)
    await listener.bus.pipeline.receive(delivered(again=True))
    assert counted == [None, 1, 1, 3]


def killed_twice(session):
    kept = Kept("map", "REGISTRY", 7, PROBLEM.subject, {}, b"", clock.now())
    for _ in range(2):
        assert begin_attempt(session, SetAside.__table__, kept, PACE) == 0
        session.execute(update(SetAside).values(last_at=clock.now() - timedelta(hours=1)))


async def test_a_message_on_a_stream_that_is_not_its_own_is_set_aside(listener):
    """Fails where type and source are believed: a service that may write to one stream then speaks for another."""
    listener.bus.hears(ProblemNamed, hear)
    assert await listener.bus.pipeline.receive(delivered(stream="MAP")) is None
    assert await listener.heard() == []
    [row] = await listener.bus.decisions.waiting()
    assert row.error == "registry.problem.named.v1 does not travel on MAP."


async def test_what_is_malformed_is_set_aside_at_once(listener):
    listener.bus.hears(ProblemNamed, hear)
    assert await listener.bus.pipeline.receive(delivered(body=b"{}")) is None
    [row] = await listener.bus.decisions.waiting()
    assert (row.attempts, row.body) == (1, b"{}")
    assert "/title: Field required" in row.error


async def test_what_is_set_aside_twice_is_one_row(listener):
    listener.bus.hears(ProblemNamed, hear)
    for _ in range(2):
        await listener.bus.pipeline.receive(delivered(body=b"{}"))
    assert await listener.count(SetAside) == 1


async def test_nothing_of_a_person_is_kept_but_the_headers(listener):
    listener.bus.hears(PersonChanged, lambda session, message: 1 / 0)
    person = PersonChanged(id="z1", version=1, name="Zofia Żak", email="zofia@example.org")
    await fails(listener, person)
    [row] = await listener.bus.decisions.waiting()
    assert row.body is None
    assert "Zofia" not in str(row)
    with pytest.raises(BodyGone):
        await listener.bus.decisions.retry(row.id, OPERATOR)


async def test_what_a_handler_tells_names_the_message_that_caused_it(listener):
    listener.bus.hears(ProblemNamed, lambda session, message: tell(session, "because of it") and None)
    await listener.bus.deliver(PROBLEM, message_id="m1")
    [row] = await listener.database.read(lambda session: session.query(Outbox.headers).all())
    assert (row.headers["ce-causationid"], row.headers["ce-correlationid"]) == ("m1", "m1")
    assert outbox.origin.get() is None


async def test_a_message_waits_for_a_database_that_is_away_and_loses_no_attempt(listener):
    tries = []

    def away_at_first(session, message):
        tries.append(message)
        if len(tries) < 3:
            raise OperationalError("", {}, _disk_full())
        hear(session, message)

    listener.bus.hears(ProblemNamed, away_at_first)
    assert await listener.bus.pipeline.receive(delivered(again=True)) is None
    assert await listener.heard() == [("p1", 1)]
    assert await listener.bus.decisions.waiting() == []


def test_a_fault_in_a_statement_is_not_a_database_that_is_away():
    with create_engine("sqlite://").connect() as connection:
        with pytest.raises(OperationalError) as no_table:
            connection.execute(text("SELECT * FROM nothing"))
        connection.execute(text("CREATE TABLE t (id INTEGER PRIMARY KEY)"))
        connection.execute(text("INSERT INTO t VALUES (1)"))
        with pytest.raises(IntegrityError) as twice:
            connection.execute(text("INSERT INTO t VALUES (1)"))
    assert not is_away(no_table.value)
    assert not is_away(twice.value)
    assert not is_away(ValueError())
    assert is_away(DBAPIError("", {}, _disk_full()))


def test_a_message_too_large_for_the_bus_fails_where_it_is_told():
    class Collected:
        info = {"messages": [PROBLEM.model_copy(update={"title": "x" * outbox.LARGEST_BODY})]}  # noqa: RUF012

    with pytest.raises(ValueError, match="too large"):
        outbox.write_rows(cast(Session, Collected()), Outbox.__table__, "registry")


def _disk_full():
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorname = "SQLITE_FULL"
    return error
