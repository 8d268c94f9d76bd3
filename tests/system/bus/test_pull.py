"""Our continuous pull against the real server: what the protocol promises, and what it does when that is broken."""

import asyncio
import os
import signal
from dataclasses import replace

import nats

from shared.messages.registry import ProblemNamed
from tests.system.bus.eventually import eventually
from tests.system.bus.tiny import QUICK, Heard, hear, tell

AWAY = 2.0


async def test_a_gap_longer_than_the_expiry_of_a_request_ends_nothing(nats_server, make):
    """Fails where the 408 of an expired request ends the connection, or the request still counts as open."""
    teller = await make("registry").start()
    listener = make("map", pace=replace(QUICK, pull_expires=0.6, pull_heartbeat=0.2))
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await eventually(lambda: _pulls(listener))
    client = listener.bus._client
    requests = _pull(listener)._number
    await asyncio.sleep(2.0)
    assert _pull(listener)._number > requests
    await teller.database.write(tell, "after the gap")
    await eventually(lambda: _has(listener, 1))
    assert listener.bus._client is client


async def test_a_server_that_falls_silent_is_left_for_a_new_connection(nats_server, make):
    """It is stopped, not killed: the connection stays open. Fails where nobody misses the heartbeats."""
    teller = await make("registry").start()
    listener = make("map", pace=replace(QUICK, pull_heartbeat=0.3))
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await eventually(lambda: _pulls(listener))
    client = listener.bus._client
    os.kill(nats_server.pid, signal.SIGSTOP)
    try:
        await eventually(lambda: _is_another(listener, client))
    finally:
        os.kill(nats_server.pid, signal.SIGCONT)
    await teller.database.write(tell, "after the silence")
    await eventually(lambda: _has(listener, 1))


async def test_a_consumer_that_is_deleted_under_us_is_made_again_and_nothing_is_lost_or_doubled(nats_server, make):
    """Fails where a request that nobody takes is asked again and again, or without the inbox: the durable is new."""
    teller = await make("registry").start()
    listener = make("map")
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await teller.database.write(tell, "before")
    await eventually(lambda: _has(listener, 1))
    login = listener.bus._settings.bus_login("operator")
    client = await nats.connect(nats_server.url, **login, allow_reconnect=False)
    await client.jetstream().delete_consumer("REGISTRY", "map")
    await client.close()
    await teller.database.write(tell, "after")
    await eventually(lambda: _has(listener, 2))
    await eventually(lambda: _has_repeated(listener))
    assert await listener.count(Heard) == 2


async def test_a_killed_server_is_pulled_from_again_and_the_process_never_stands_still(nats_server, make):
    """Fails where the first lost connection is the last one, or the next is asked for again and again at once."""
    teller = await make("registry").start()
    listener = make("map")
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await eventually(lambda: _pulls(listener))
    connect, tries, breaths = listener.bus._connect, 0, 0

    async def count_and_connect(*connection):
        nonlocal tries
        tries += 1
        await connect(*connection)

    async def breathe():
        nonlocal breaths
        while True:
            await asyncio.sleep(0.01)
            breaths += 1

    os.kill(nats_server.pid, signal.SIGKILL)
    await nats_server.stop()
    listener.bus._connect, breathing = count_and_connect, asyncio.create_task(breathe())
    await teller.database.write(tell, "while it is away")
    await asyncio.sleep(AWAY)
    breathing.cancel()
    assert breaths > 5
    assert 1 <= tries <= AWAY / QUICK.reconnect + 1
    await nats_server.start()
    await eventually(lambda: _has(listener, 1))


def _pull(listener):
    return listener.bus._listeners["REGISTRY"]._pull


async def _pulls(listener):
    return listener.bus.is_connected and _pull(listener) is not None and _pull(listener)._open


async def _is_another(listener, client):
    return listener.bus._client is not client


async def _has(listener, number):
    return await listener.count(Heard) >= number


async def _has_repeated(listener):
    return listener.bus.pipeline.repeated >= 1
