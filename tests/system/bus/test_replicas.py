"""Two replicas of one service on one PostgreSQL database: one hears, the other takes over, and order holds."""

import asyncio
import os
import signal
import threading
from dataclasses import replace

import psycopg
import pytest

from shared.messages.registry import ProblemNamed
from shared.relay_lock import HEARING, KEYS
from tests.system.bus.eventually import eventually
from tests.system.bus.processes import processes
from tests.system.bus.tiny import QUICK, Base, Heard, SetAside, hear, tell, tiny

AGGREGATES = 5
VERSIONS = 60
LOCK = (
    "pg_locks l JOIN pg_stat_activity a USING (pid)"
    f" WHERE l.locktype = 'advisory' AND l.objid = {KEYS[HEARING]} AND a.datname = current_database()"
)
"""Whoever holds the lock of the one that hears."""
NEVER_LOOKS = replace(QUICK, poll=600.0)


@pytest.mark.timeout(600)
@pytest.mark.postgres
async def test_a_killed_replica_is_replaced_and_the_order_of_each_aggregate_holds(
    nats_server, make, postgres_server, tmp_path
):
    """Fails where both replicas pull from the durable: two lanes of one aggregate.

    Fails where the one that takes over only goes on: what was in the hands of the killed one comes after `ack_wait`,
    behind what was told later.
    """
    url = postgres_server.url(postgres_server.create())
    teller = await make("registry").start()
    looking = tiny("map", tmp_path, url)
    Base.metadata.create_all(looking.database.engine)
    await looking.database.start()
    with processes(tmp_path) as running:
        replicas = [running.start("listener", url) for _ in range(2)]
        telling = asyncio.create_task(_tell_on(teller))
        for part in (1, 2):
            await eventually(lambda part=part: _has(looking, AGGREGATES * VERSIONS * part // 4), 180)
            await _kill_the_one_that_hears(looking, replicas)
            replicas.append(running.start("listener", url))
        await telling
        await eventually(lambda: _has(looking, AGGREGATES * VERSIONS), 180)
        await asyncio.sleep(0.5)
    heard = await looking.heard()
    assert len(heard) == AGGREGATES * VERSIONS, "doubled"
    for n in range(AGGREGATES):
        assert [version for id, version in heard if id == f"p{n}"] == list(range(1, VERSIONS + 1))
    assert await looking.count(SetAside) == 0
    await looking.database.stop()


@pytest.mark.postgres
async def test_one_hears_and_what_it_leaves_unacknowledged_comes_to_the_next_in_order(
    nats_server, make, postgres_server, tmp_path
):
    """Two in one process; the acknowledgements of the first one are lost on the way, as by a cut cable.

    Fails where what was acknowledged late or never has a second effect, or new messages overtake it.
    """
    url = postgres_server.url(postgres_server.create())
    teller = await make("registry").start()
    one, two = make("map", url=url), make("map", url=url)
    for replica in (one, two):
        replica.bus.hears(ProblemNamed, hear)
    await one.start()
    await eventually(lambda: _hears(one))
    await two.start()
    _lose_acknowledgements(one)
    for version in range(1, 11):
        await asyncio.gather(*(teller.database.write(tell, "x", f"p{n}", version) for n in range(AGGREGATES)))
    await eventually(lambda: _has(one, AGGREGATES * 10))
    assert not await _hears(two)
    await one.bus.pipeline.turn.stop()
    for version in range(11, 21):
        await asyncio.gather(*(teller.database.write(tell, "x", f"p{n}", version) for n in range(AGGREGATES)))
    await eventually(lambda: _has(two, AGGREGATES * 20))
    heard = await two.heard()
    for n in range(AGGREGATES):
        assert [version for id, version in heard if id == f"p{n}"] == list(range(1, 21)), heard
    assert two.bus.pipeline.repeated >= AGGREGATES * 10


@pytest.mark.postgres
async def test_who_lost_the_lock_lets_go_of_what_it_has_in_hand(nats_server, make, postgres_server):
    """Its connection ends, and it never looks by itself; one message is in the middle of its handler, three wait.

    Fails where the one that lost the lock hears until it looks again (both pull), or finishes what it has in hand.
    """
    url = postgres_server.url(postgres_server.create())
    teller = await make("registry").start()
    one, two = make("map", url=url, pace=NEVER_LOOKS), make("map", url=url)
    begun, may_end = threading.Event(), threading.Event()

    def hear_slowly(session, message):
        hear(session, message)
        begun.set()
        may_end.wait(30)

    one.bus.hears(ProblemNamed, hear_slowly)
    two.bus.hears(ProblemNamed, hear)
    await one.start()
    await eventually(lambda: _hears(one))
    await two.start()
    for version in range(1, 5):
        await teller.database.write(tell, "x", "p", version)
    await eventually(lambda: _has_in_hand(one, 4))
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as operator:
        operator.execute(f"SELECT pg_terminate_backend(l.pid) FROM {LOCK}")
    await eventually(lambda: _hears(two))
    assert begun.is_set()
    may_end.set()
    for version in range(5, 9):
        await teller.database.write(tell, "x", "p", version)
    await eventually(lambda: _has(two, 8))
    assert await two.heard() == [("p", version) for version in range(1, 9)]
    assert (one.bus.pipeline.taken, two.bus.pipeline.taken) == (1, 7)


async def test_a_second_process_on_one_sqlite_file_does_not_hear(nats_server, make):
    """Fails without the lock: a second process would share the durable and hear one half."""
    teller = await make("registry").start()
    one, two = make("map"), make("map")
    for process in (one, two):
        process.bus.hears(ProblemNamed, hear)
        await process.start()
    await eventually(lambda: _hears(one))
    for number in range(20):
        await teller.database.write(tell, str(number))
    await eventually(lambda: _has(one, 20))
    assert two.bus.pipeline.taken == 0
    await one.bus.stop()
    await teller.database.write(tell, "after")
    await eventually(lambda: _has(two, 21))
    await eventually(lambda: _has_counted(two))  # it counts a moment after the effect is there to be read
    assert two.bus.pipeline.taken == 1


async def _has_counted(process):
    return process.bus.pipeline.taken > 0


async def _tell_on(teller):
    for version in range(1, VERSIONS + 1):
        await asyncio.gather(*(teller.database.write(tell, "x", f"p{n}", version) for n in range(AGGREGATES)))
        await asyncio.sleep(0.01)


async def _kill_the_one_that_hears(looking, replicas):
    """Ask the database who holds the lock; the process named its session so. It dies with full hands."""
    pid = None
    while pid is None:
        pid = await looking.database.read(_holder)
        await asyncio.sleep(0.02)
    victim = next(one for one in replicas if one.pid == pid)
    os.kill(victim.pid, signal.SIGSTOP)
    await asyncio.sleep(0.1)  # what is told meanwhile is delivered to it
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    replicas.remove(victim)


def _holder(session):
    connection = session.connection()
    name = connection.exec_driver_sql(f"SELECT a.application_name FROM {LOCK}").scalar()
    return int(name) if name and name.isdigit() else None


def _lose_acknowledgements(service):
    async def lose(message, answer):
        """Say nothing to the server."""

    for listener in service.bus._listeners.values():
        listener._answer = lose


async def _has_in_hand(service, number):
    return sum(len(listener._in_hand) for listener in service.bus._listeners.values()) >= number


async def _has(service, number):
    return await service.count(Heard) >= number


async def _hears(service):
    return service.bus.is_connected and service.bus.pipeline.turn.is_on
