"""The bus against its floor: raw commit, raw JetStream acknowledgement, raw commit, measured in the same run."""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from nats.js import JetStreamContext

from deploy.embedded_nats import EmbeddedNats
from shared.messages.registry import ProblemNamed
from shared.pace import Pace
from tests.bench.figures import row, write
from tests.bench.floor import BODY, RawFile, floor_once, percentile, raw_stream
from tests.system.bus.eventually import eventually
from tests.system.bus.tiny import Tiny, hear, tell, tiny

SAMPLES = 300
PER_SECOND = 20
MANY = 3000


async def measure() -> list[dict[str, Any]]:
    """Run everything once; gives one row per figure."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        server = EmbeddedNats(data)
        await server.start()
        try:
            async with raw_stream(data) as jetstream:
                floor = await _floor(jetstream, RawFile(data / "one.sqlite"), RawFile(data / "two.sqlite"))
                window = await _windowed(jetstream)
            return [*await _paced(data, floor), *await _flat_out(data, floor, window)]
        finally:
            await server.stop()


async def _floor(jetstream: JetStreamContext, one: RawFile, two: RawFile) -> list[float]:
    """Measure the floor at the same pace as ours: seconds for each."""
    took = []
    for _ in range(SAMPLES):
        took.append(await floor_once(jetstream, one, two))
        await asyncio.sleep(1 / PER_SECOND)
    return took


async def _windowed(jetstream: JetStreamContext) -> float:
    """Publish with 64 in flight: messages a second."""
    began = time.perf_counter()
    for _ in range(0, MANY, 64):
        await asyncio.gather(*(jetstream.publish("raw.x", BODY) for _ in range(64)))
    return MANY / (time.perf_counter() - began)


async def _paced(data: Path, floor: list[float]) -> list[dict[str, Any]]:
    """From the command's start to the other service's committed effect, 20 a second."""
    teller, listener = tiny("registry", data, pace=Pace()), tiny("map", data, pace=Pace())
    ended: dict[str, float] = {}
    _note_effects(listener, ended)
    await listener.start()
    await teller.start()
    await eventually(lambda: _both_connected(teller, listener))
    began: dict[str, float] = {}
    for number in range(SAMPLES):
        now = time.perf_counter()
        began[await teller.database.write(tell, str(number))] = now
        await asyncio.sleep(1 / PER_SECOND)
    await eventually(lambda: _are(ended, SAMPLES))
    took = [ended[key] - began[key] for key in began]
    await teller.stop()
    await listener.stop()
    return [
        row(
            "bus: POST to effect p50 (SQLite)", percentile(took, 50), "ms", percentile(floor, 50), "≤ 3.0 × floor", 3.0
        ),
        row(
            "bus: POST to effect p99 (SQLite)",
            percentile(took, 99),
            "ms",
            percentile(floor, 99),
            "≤ 2.5 × floor p99",
            2.5,
        ),
    ]


async def _flat_out(data: Path, floor: list[float], window: float) -> list[dict[str, Any]]:
    """Sixteen callers at once, then a backlog that was written while the bus was away."""
    teller, listener = tiny("registry", data, pace=Pace()), tiny("map", data, pace=Pace())
    ended: dict[str, float] = {}
    _note_effects(listener, ended)
    await listener.start()
    await teller.start()
    await eventually(lambda: _both_connected(teller, listener))
    began = time.perf_counter()
    await asyncio.gather(*(_call(teller, MANY // 16) for _ in range(16)))
    await eventually(lambda: _are(ended, MANY // 16 * 16), 120)
    sustained = len(ended) / (time.perf_counter() - began)
    await teller.bus.stop()
    await asyncio.gather(*(_call(teller, MANY // 16) for _ in range(16)))
    await listener.stop()
    again = tiny("registry", data, pace=Pace())
    await again.database.start()
    await again.bus.start()
    await eventually(lambda: _is_connected(again))
    began, before = time.perf_counter(), again.bus.relay.published
    await eventually(lambda: _has_published(again, before + MANY // 16 * 16), 120)
    caught_up = MANY / (time.perf_counter() - began)
    await again.stop()
    await teller.database.stop()
    sequential = 1 / statistics.mean(floor)
    return [
        row(
            "bus: sustained, 16 callers (SQLite)",
            sustained,
            "1/s",
            sequential,
            "≥ 1.0 × sequential floor",
            1.0,
            is_rate=True,
        ),
        row(
            "bus: catch-up of the outbox (SQLite)",
            caught_up,
            "1/s",
            window,
            "≥ 0.8 × windowed publish",
            0.8,
            is_rate=True,
        ),
    ]


def _note_effects(listener: Tiny, ended: dict[str, float]) -> None:
    listener.bus.hears(ProblemNamed, hear)
    take_in = listener.bus.pipeline.take_in

    async def noted(delivery: Any, also: Any = None) -> bool:
        is_new = await take_in(delivery, also)
        ended[delivery.headers["ce-subject"]] = time.perf_counter()
        return is_new

    listener.bus.pipeline.take_in = noted  # type: ignore[method-assign]


async def _call(teller: Tiny, times: int) -> None:
    for number in range(times):
        await teller.database.write(tell, str(number))


async def _is_connected(service: Tiny) -> bool:
    return service.bus.is_connected


async def _both_connected(one: Tiny, two: Tiny) -> bool:
    return one.bus.is_connected and two.bus.is_connected


async def _are(ended: dict[str, float], number: int) -> bool:
    return len(ended) >= number


async def _has_published(service: Tiny, number: int) -> bool:
    return service.bus.relay.published >= number


def main() -> list[dict[str, Any]]:
    """Measure, print a table, write `build/bench/bus.json`."""
    rows = asyncio.run(measure())
    write("bus", rows)
    return rows


if __name__ == "__main__":
    main()
