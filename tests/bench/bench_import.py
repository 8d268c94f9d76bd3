"""Import and feeds through HTTP: 10,000 events taken over, known again, streamed, and answered with 304.

Peers, with the same file in the same run: icalendar, which only parses it, and Radicale, which stores and serves it.
What is asked again is a ratio to the first time. Radicale takes minutes for 10,000; an argument says how many to take.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from icalendar import Calendar

from services.calendar.app import create_app
from services.calendar.settings import Settings
from tests.bench import corpus, figures, radicale
from tests.builders import an_administrator
from tests.harness import Running, quiet, running
from tests.service.calendar.builders import API, an_organisation

ROUNDS = 3


async def main() -> None:
    """Measure, print and write `build/bench/import.json`; an argument says how many events."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else corpus.EVENTS
    data = corpus.calendar_file(most)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(**quiet(data=Path(folder)))
        async with running(create_app, settings) as it:
            figures.write("import", await _figures(it, data, most))


async def _figures(it: Running, data: bytes, most: int) -> list[dict[str, Any]]:
    club = an_organisation()
    await it.deliver(club)
    address = f"{API}/imports?organisation_id={club.id}"
    headers = it.headers(an_administrator()) | {"Content-Type": "text/calendar"}

    async def sent() -> httpx.Response:
        return await it.client.post(address, content=data, headers=headers, timeout=None)

    peer = await asyncio.to_thread(radicale.measured, data, corpus.BEGIN)
    parsing = min([_timed(lambda: Calendar.from_ical(data)) for _ in range(ROUNDS)])
    first, answer = await _awaited(sent)
    assert answer.json()["imported"] == most, answer.text[:500]
    again, answer = await _awaited(sent)
    assert answer.json()["same_file"], answer.text[:500]
    feed, known, busy = await _looked(it)
    return [
        figures.row(
            f"import: {most} events by HTTP, time", first * 1000, "ms", parsing * 1000, "≤ 2 × bare icalendar", 2.0
        ),
        figures.row(
            f"import: {most} events by HTTP, rate",
            most / first,
            "1/s",
            most / peer["load"],
            "≥ 20 × Radicale",
            20.0,
            is_rate=True,
        ),
        figures.row("import: the same file again", again * 1000, "ms", first * 1000, "≤ 1/50 of the first", 0.02),
        figures.row(f"feed: {most} events, cold", feed * 1000, "ms", peer["feed"] * 1000, "≤ 1/5 of Radicale", 0.2),
        figures.row("feed: nothing new (304)", known * 1000, "ms", peer["again"] * 1000, "≤ 1/50 of Radicale", 0.02),
        figures.row("free/busy: a week", busy * 1000, "ms", peer["busy"] * 1000, "≤ 1/100 of Radicale", 0.01),
    ]


async def _looked(it: Running) -> tuple[float, float, float]:
    """Give the best of a few rounds of a feed, of asking for it again, and of free/busy, in seconds."""
    took: list[list[float]] = [[], [], []]
    week = {"from": corpus.BEGIN.isoformat(), "to": (corpus.BEGIN + timedelta(days=7)).isoformat()}
    for _ in range(ROUNDS):
        seconds, answer = await _awaited(lambda: it.client.get("/calendar/feed.ics"))
        took[0].append(seconds)
        again = partial(it.client.get, "/calendar/feed.ics", headers={"If-None-Match": answer.headers["etag"]})
        seconds, answer = await _awaited(again)
        assert answer.status_code == 304
        took[1].append(seconds)
        seconds, answer = await _awaited(lambda: it.client.get(f"{API}/free-busy", params=week))
        assert answer.status_code == 200
        took[2].append(seconds)
    return min(took[0]), min(took[1]), min(took[2])


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


async def _awaited(work: Callable[[], Awaitable[httpx.Response]]) -> tuple[float, httpx.Response]:
    began = time.perf_counter()
    answer = await work()
    return time.perf_counter() - began, answer


if __name__ == "__main__":
    asyncio.run(main())
