"""Who waits for a topic is woken by it, and by nothing else."""

import asyncio
import time

from shared.noting import Noted, Watch


async def test_what_is_noted_ends_the_wait_for_it():
    noted = Noted()
    watch = Watch(noted, ["letters", "alerts"])
    waiting = asyncio.create_task(watch.wait(5))
    await asyncio.sleep(0)
    noted.tell(["alerts"])
    await asyncio.wait_for(waiting, 1)
    assert (noted.count("alerts"), noted.count("letters"), noted.count("alerts", "letters")) == (1, 0, 1)


async def test_other_topics_do_not_wake():
    noted = Noted()
    waiting = asyncio.create_task(Watch(noted, ["letters"]).wait(0.05))
    await asyncio.sleep(0)
    noted.tell(["alerts"])
    await asyncio.sleep(0)
    assert not waiting.done()
    await waiting


async def test_what_is_noted_between_two_waits_is_not_missed():
    noted = Noted()
    watch = Watch(noted, ["letters"])
    noted.tell(["letters"])
    started = time.monotonic()
    await watch.wait(5)
    assert time.monotonic() - started < 1
    await watch.wait(0.01)


async def test_who_waits_no_more_is_forgotten():
    noted = Noted()
    await asyncio.gather(*(Watch(noted, ["a", "b"]).wait(0.01) for _ in range(3)))
    assert noted._waiting == {}
