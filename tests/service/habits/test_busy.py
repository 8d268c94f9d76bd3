"""More than the database can take: whoever comes then is told to come again, at once."""

import asyncio
import itertools
import threading

from shared.problems import Busy
from tests.service.sample import THINGS


async def test_what_does_not_fit_into_the_queue_is_refused_with_the_time_to_come_again(it):
    """Fails where the queue has no bound: everybody waits, longer and longer, until nobody is answered in time."""
    gate = threading.Event()
    holding = [asyncio.create_task(it.database.write(lambda session: gate.wait(20))) for _ in range(4)]
    await asyncio.sleep(0.1)  # each writer has one
    it.database._units.maxsize = 2
    waiting = [asyncio.create_task(it.client.post(THINGS, json={"name": f"thing {n}"})) for n in range(8)]
    refused = [await one for one in itertools.islice(asyncio.as_completed(waiting, timeout=20), 6)]
    gate.set()
    for answer in refused:
        assert (answer.status_code, answer.json()["type"]) == (503, f"urn:osiedle:problem:{Busy.type}")
        assert int(answer.headers["Retry-After"]) > 0
    await asyncio.gather(*holding)
    assert sorted(answer.status_code for answer in await asyncio.gather(*waiting)) == [201] * 2 + [503] * 6
    assert (await it.client.post(THINGS, json={"name": "after"})).status_code == 201
