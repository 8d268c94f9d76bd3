"""A service that is stopped at any moment of its start stops, and leaves nothing running."""

import asyncio

from shared.messages.registry import ProblemNamed
from tests.system.bus.tiny import hear


async def test_it_stops_at_any_moment_and_nothing_of_it_lives_on(nats_server, make):
    """Fails when each task is cancelled once: on Python 3.11 `wait_for`, in nats-py, now and then swallows it."""
    before = asyncio.all_tasks()
    for number in range(40):
        service = make("map")
        service.bus.hears(ProblemNamed, hear)
        await service.start()
        await asyncio.sleep(0.008 * number)
        async with asyncio.timeout(30):
            await service.stop()
    await asyncio.sleep(0.1)
    assert asyncio.all_tasks() <= before
