"""What counting costs: a write that is counted beside the same write where the operator switched the limits off."""

import asyncio
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from tests.bench.figures import row, write
from tests.builders import a_person
from tests.harness import Running, running
from tests.service import sample
from tests.service.sample import THINGS, settings_for

TURNS, WRITES = 40, 25
PEOPLE = 20_000
"""So many have a counter already."""


def measure() -> list[dict[str, Any]]:
    """Write in turns, with and without limits; compare the medians of the turns."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> list[dict[str, Any]]:
    took: dict[bool, list[float]] = {True: [], False: []}
    async with AsyncExitStack() as stack:
        services = {}
        for counted in (True, False):
            settings = settings_for(f"sqlite:///{folder}/{counted}/s.sqlite", writes_per_minute=10**6 if counted else 0)
            services[counted] = await stack.enter_async_context(running(sample.create_app, settings))
        for number in range(PEOPLE):
            await services[True].app.state.limits.count("write", f"somebody-{number}")
        for turn in range(TURNS):
            for counted in (True, False) if turn % 2 else (False, True):
                took[counted].append(await _turn(services[counted], turn))
    mine, floor = (statistics.median(took[counted]) / WRITES * 1000 for counted in (True, False))
    return [row("limits: a write that is counted", mine, "ms", floor, "≤ 1.05 × not counted", 1.05)]


async def _turn(it: Running, turn: int) -> float:
    headers = it.headers(a_person())
    began = time.perf_counter()
    for number in range(WRITES):
        answer = await it.client.post(THINGS, json={"name": f"{turn}-{number}"}, headers=headers)
        assert answer.status_code == 201
    return time.perf_counter() - began


def main() -> list[dict[str, Any]]:
    """Measure, print a table, write `build/bench/limits.json`."""
    rows = measure()
    write("limits", rows)
    return rows


if __name__ == "__main__":
    main()
