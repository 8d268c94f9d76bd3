"""One relay at a time for a database: across processes, across a kill, and when its lock is lost without a word."""

import asyncio
import contextlib
import subprocess
import sys
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import nats
import psycopg
import pytest
from sqlalchemy import insert, select

from shared import clock
from shared.database import Database
from shared.messages.registry import ProblemNamed
from shared.relay_lock import KEYS, RELAYING
from shared.settings import ServiceSettings
from shared.tidy import KEPT, tidy
from tests.system.bus.eventually import eventually
from tests.system.bus.rival import AGGREGATES
from tests.system.bus.tiny import QUICK, Base, Heard, Outbox, hear, tell, tiny

ROOT = Path(__file__).resolve().parents[3]
STARTS = 120
"""A process needs long to start where others work."""
NEVER_LOOKS = replace(QUICK, poll=600.0)


@pytest.mark.timeout(600)
async def test_the_second_process_relays_when_the_first_is_killed_and_each_aggregate_keeps_its_order(
    nats_server, tmp_path, database_url
):
    """Fails where each process relays: the second publishes while the first lives."""
    own = tiny("registry", tmp_path, database_url)
    Base.metadata.create_all(own.database.engine)
    await own.database.start()
    await own.database.write(_aggregates)
    with _rival("one", tmp_path, database_url) as one:
        await eventually(lambda: _published(tmp_path, "one", 20), STARTS)
        with _rival("two", tmp_path, database_url):
            await eventually(lambda: _published(tmp_path, "two", 0), STARTS)
            before = int((tmp_path / "one.published").read_text())
            await eventually(lambda: _published(tmp_path, "one", before + 40), STARTS)
            assert (tmp_path / "two.published").read_text() == "0"
            one.kill()
            await eventually(lambda: _published(tmp_path, "two", STARTS), STARTS)
            (tmp_path / "enough").touch()
            await asyncio.sleep(0.5)
            await eventually(lambda: _nothing_waits(own), STARTS)
    told = await _versions_in_the_stream(nats_server)
    last = await own.database.read(_versions)
    await own.database.stop()
    assert told == {id: list(range(1, last[id] + 1)) for id in AGGREGATES}


async def test_what_another_process_commits_leaves_at_once_on_postgresql(nats_server, postgres_url, make):
    """The relay never looks by itself here. Fails without NOTIFY in the transaction of the rows."""
    relaying, listener = make("registry", url=postgres_url, pace=NEVER_LOOKS), make("map")
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await relaying.start()
    await relaying.database.write(tell, "of its own")
    await eventually(lambda: _has(listener, 1))
    assert not relaying.database.wakes_others
    other = Database(postgres_url, Base.metadata, "registry")
    assert other.wakes_others
    await other.start()
    for number in (2, 3, 4):
        await other.write(tell, "from the command line")
        await eventually(lambda number=number: _has(listener, number))
    await other.stop()


async def test_a_relay_whose_lock_is_lost_stops_before_its_next_window(nats_server, postgres_url, make):
    """Its connection is ended, and another has the lock. Fails where it asks only now and then (here: never)."""
    teller = await make("registry", url=postgres_url, pace=NEVER_LOOKS).start()
    await teller.database.write(tell, "before")
    await eventually(lambda: _nothing_waits(teller))
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as usurper:
        usurper.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        usurper.execute("SELECT pg_advisory_lock(%s)", [KEYS[RELAYING]])
        published = teller.bus.relay.published
        for number in range(70):
            await teller.database.write(tell, str(number))
        await asyncio.sleep(0.5)
        assert teller.bus.relay.published <= published + NEVER_LOOKS.window
        assert await teller.database.read(_number_waiting) > 0
        assert teller.database.wakes_others


async def test_a_standby_stops_at_once(nats_server, postgres_url, make):
    """Fails where whoever does not relay waits, when it stops, for what another process carries."""
    first, second = (make("registry", url=postgres_url) for _ in range(2))
    await first.start()
    await eventually(lambda: _is_active(first))
    await second.start()
    await eventually(lambda: _is_connected(second))
    await asyncio.wait_for(second.bus.stop(), 4)


async def test_told_rows_are_kept_thirty_days_and_waiting_ones_for_ever(database_url):
    """Fails where rows go once they are published (nothing could be reconciled), or by age alone (waiting ones go)."""
    database = Database(database_url, Base.metadata, "registry")
    Base.metadata.create_all(database.engine)
    await database.start()
    now = clock.now()
    ages = {"young": 29, "old": 31, "waiting": None, "old people": 31, "last": 31}
    await database.write(_told_days_ago, ages, now)
    assert await database.write(tidy, Base.metadata, now - KEPT) == 1
    left = await database.read(lambda session: list(session.scalars(select(Outbox.message_id).order_by("position"))))
    assert left == ["young", "waiting", "old people", "last"]
    await database.stop()


@pytest.fixture
def postgres_url(postgres_server):
    name = postgres_server.create()
    yield postgres_server.url(name)
    postgres_server.drop(name)


def _aggregates(session):
    session.add_all(Heard(id=id, version=0, what="", correlation_id="") for id in AGGREGATES)


def _versions(session):
    return {row.id: row.version for row in session.execute(select(Heard.id, Heard.version))}


def _number_waiting(session):
    return session.query(Outbox).filter_by(published_at=None).count()


def _told_days_ago(session, ages, now):
    for message_id, days in ages.items():
        row = {
            "message_id": message_id,
            "type": "registry.problem.named.v1",
            "stream": "PEOPLE" if "people" in message_id else "REGISTRY",
            "subject": "osiedle.registry.problem.named.v1.1",
            "headers": {},
            "created_at": now - timedelta(days=60),
            "published_at": now - timedelta(days=days) if days else None,
        }
        session.execute(insert(Outbox).values(row))


@contextlib.contextmanager
def _rival(name, data, url):
    command = [sys.executable, "-m", "tests.system.bus.rival", name, str(data), url]
    with (data / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def _published(data, name, number):
    file = data / f"{name}.published"
    return file.is_file() and int(file.read_text()) >= number


async def _versions_in_the_stream(server):
    found = defaultdict(list)
    login = ServiceSettings(data=server._folder.parent).bus_login("operator")
    client = await nats.connect(server.url, **login, allow_reconnect=False)
    jetstream = client.jetstream()
    for sequence in range(1, (await jetstream.stream_info("REGISTRY")).state.last_seq + 1):
        headers = (await jetstream.get_msg("REGISTRY", seq=sequence, direct=True)).headers
        found[headers["ce-subject"]].append(int(headers["ce-sequence"]))
    await client.close()
    return found


async def _nothing_waits(service):
    return await service.database.read(_number_waiting) == 0


async def _has(listener, number):
    return await listener.count(Heard) >= number


async def _is_active(service):
    return service.bus.relay._is_active


async def _is_connected(service):
    return service.bus.is_connected
