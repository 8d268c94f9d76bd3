"""The bus against its floor: raw commit, raw JetStream acknowledgement, raw commit, in turns with ours in the same run.

Its peers are publishing to a stream with nothing around it, and the outbox as it is usually written (`naive.py`).
"""

import asyncio
import os
import shutil
import signal
import socket
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from nats.js import JetStreamContext

from deploy.embedded_nats import EmbeddedNats
from shared.broker.pipeline import Delivery
from shared.database import Database
from shared.messages.registry import ProblemNamed
from shared.pace import Pace
from tests.bench.figures import row, write
from tests.bench.floor import BODY, Raw, RawFile, RawTable, floor_once, percentile, raw_stream
from tests.bench.naive import Naive
from tests.postgres import PostgresServer, programs
from tests.system.bus.eventually import eventually
from tests.system.bus.tiny import Base, Tiny, hear, tell, tiny

SAMPLES = 300
PAUSE = 1 / 40
"""Between a sample of the floor and one of ours, so that each comes twenty times a second."""
SECONDS_OF_IDLENESS = 30
CALLERS, CALLS = 16, 200
BACKLOG = 4096
WINDOW = 64


@dataclass(frozen=True)
class Ground:
    """Where one kind of database is measured: the NATS server, its folder, a raw stream, and new databases."""

    name: str
    server: EmbeddedNats
    data: Path
    stream: JetStreamContext
    postgres: PostgresServer | None

    def url(self, name: str) -> str:
        """Make a database."""
        return self.postgres.url(self.postgres.create()) if self.postgres else f"sqlite:///{self.data}/{name}.sqlite"

    def raw(self, name: str) -> Raw:
        """Make a raw one."""
        return RawTable(self.url(name)) if self.postgres else RawFile(self.data / f"{name}.sqlite")


async def measure() -> list[dict[str, Any]]:
    """Run everything once on each database; gives one row per figure."""
    rows = []
    for kind in ("SQLite", "PostgreSQL"):
        with _postgres(kind) as postgres:
            if kind == "PostgreSQL" and postgres is None:
                print("PostgreSQL is not installed (apt-get install postgresql): not measured")
                continue
            async with _ground(kind, postgres) as ground:
                floor, figures = await _paced(ground)
                rows += figures
                rows += await _idle(ground)
            async with _ground(kind, postgres) as ground:
                rows += await _sustained(ground, floor)
            async with _ground(kind, postgres) as ground:
                rows += await _backlog(ground)
            async with _ground(kind, postgres) as ground:
                rows += await _killed_server(ground)
    return rows


@contextmanager
def _postgres(kind: str) -> Iterator[PostgresServer | None]:
    folder = programs()
    if kind == "SQLite" or folder is None:
        yield None
        return
    server = PostgresServer(folder, durable=True)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@asynccontextmanager
async def _ground(name: str, postgres: PostgresServer | None) -> AsyncIterator[Ground]:
    data = Path(tempfile.mkdtemp())
    server = EmbeddedNats(data)
    await server.start()
    try:
        async with raw_stream(data) as stream:
            yield Ground(name, server, data, stream, postgres)
    finally:
        await server.stop()
        shutil.rmtree(data)


@asynccontextmanager
async def _pair(ground: Ground, ended: dict[str, float]) -> AsyncIterator[tuple[Tiny, Tiny]]:
    """Start a teller and a listener that notes when an effect was committed."""
    pair = tuple(tiny(name, ground.data, ground.url(name), pace=Pace()) for name in ("registry", "map"))
    teller, listener = pair
    listener.bus.hears(ProblemNamed, hear)
    take_in = listener.bus.pipeline.take_in

    async def noted(delivery: Delivery, also: Any = None) -> bool:
        is_new = await take_in(delivery, also)
        ended[delivery.headers["ce-subject"]] = time.perf_counter()
        return is_new

    listener.bus.pipeline.take_in = noted  # type: ignore[method-assign]
    for service in pair:
        await service.start()
    try:
        await eventually(lambda: _are_connected(teller, listener))
        yield teller, listener
    finally:
        for service in pair:
            await service.stop()


# --- one at a time


async def _paced(ground: Ground) -> tuple[list[float], list[dict[str, Any]]]:
    """From the command's start to the other service's committed effect; gives the floor's seconds as well."""
    one, two = ground.raw("one"), ground.raw("two")
    floor: list[float] = []
    began: dict[str, float] = {}
    ended: dict[str, float] = {}
    async with _pair(ground, ended) as (teller, _):
        for number in range(SAMPLES + 20):
            floor.append(await floor_once(ground.stream, one, two))
            await asyncio.sleep(PAUSE)
            now = time.perf_counter()
            began[await teller.database.write(tell, str(number))] = now
            await asyncio.sleep(PAUSE)
        await eventually(lambda: _are(ended, len(began)))
    one.close()
    two.close()
    took, floor = [ended[key] - began[key] for key in began][20:], floor[20:]
    label = f"bus: a command to its effect elsewhere, {ground.name}"
    middle = row(f"{label}, p50", percentile(took, 50), "ms", percentile(floor, 50), "≤ 3.0 × floor", 3.0)
    tail = row(f"{label}, p99", percentile(took, 99), "ms", percentile(floor, 99), "≤ 2.5 × floor p99", 2.5)
    return floor, [middle, tail]


async def _idle(ground: Ground) -> list[dict[str, Any]]:
    """One message a second: what fell asleep must wake."""
    began: dict[str, float] = {}
    ended: dict[str, float] = {}
    async with _pair(ground, ended) as (teller, _):
        for number in range(SECONDS_OF_IDLENESS):
            now = time.perf_counter()
            began[await teller.database.write(tell, str(number))] = now
            await asyncio.sleep(1)
        await eventually(lambda: _are(ended, len(began)))
    latest = max(ended[key] - began[key] for key in began) * 1000
    return [row(f"bus: the latest at one message a second, {ground.name}", latest, "ms", 50.0, "≤ 50 ms", 1.0)]


# --- as many as there can be


async def _sustained(ground: Ground, floor: list[float]) -> list[dict[str, Any]]:
    """Sixteen callers at once, ours and the naive peer, in turns."""
    ours, naive = [], []
    for round_ in range(2):
        ended: dict[str, float] = {}
        async with _pair(ground, ended) as (teller, _):
            began = time.perf_counter()
            await asyncio.gather(*(_call(teller, CALLS) for _ in range(CALLERS)))
            await eventually(partial(_are, ended, CALLERS * CALLS), 120)
            ours.append(CALLERS * CALLS / (time.perf_counter() - began))
        engines = [Database(ground.url(f"naive-{round_}-{n}"), Base.metadata, "naive").engine for n in "ab"]
        peer = Naive(ground.stream, *engines)
        began = time.perf_counter()
        await peer.sustained(CALLERS, CALLS // 8)
        naive.append(CALLERS * (CALLS // 8) / (time.perf_counter() - began))
        await ground.stream.delete_stream("NAIVE")
        for engine in engines:
            engine.dispose()
    label = f"bus: sustained, {CALLERS} callers, {ground.name}"
    sequential, best = 1 / statistics.mean(floor), max(ours)
    on_floor = row(label, best, "1/s", sequential, "≥ 1.0 × floor", 1.0 if not ground.postgres else None, is_rate=True)
    on_naive = row(label, best, "1/s", max(naive), "≥ 2 × naive", 2.0 if ground.postgres else None, is_rate=True)
    return [on_floor, on_naive]


async def _backlog(ground: Ground) -> list[dict[str, Any]]:
    """What was written while the bus was away leaves in windows, and again in atomic batches."""
    began = time.perf_counter()
    for _ in range(0, BACKLOG, WINDOW):
        await asyncio.gather(*(ground.stream.publish("raw.x", BODY) for _ in range(WINDOW)))
    published = BACKLOG / (time.perf_counter() - began)
    in_windows = await _catch_up(ground, "windows", singly=BACKLOG)
    in_batches = await _catch_up(ground, "batches", singly=0)
    label = f"bus: catch-up of the outbox, {ground.name}"
    return [
        row(f"{label}, in windows", in_windows, "1/s", published, "≥ 0.8 × published", 0.8, is_rate=True),
        row(f"{label}, in batches", in_batches, "1/s", in_windows, "≥ 3 × in windows", 3.0, is_rate=True),
    ]


async def _catch_up(ground: Ground, name: str, *, singly: int) -> float:
    teller = tiny("registry", ground.data, ground.url(name), pace=Pace())
    Base.metadata.create_all(teller.database.engine)
    await teller.database.start()
    await asyncio.gather(*(_call(teller, BACKLOG // CALLERS) for _ in range(CALLERS)))
    teller.bus.relay._singly = singly
    await teller.bus.start()
    await eventually(lambda: _has_published(teller, 1), 30)
    began, before = time.perf_counter(), teller.bus.relay.published
    await eventually(lambda: _has_published(teller, BACKLOG), 120)
    rate = (BACKLOG - before) / (time.perf_counter() - began)
    await teller.stop()
    return rate


# --- after a fault


async def _killed_server(ground: Ground) -> list[dict[str, Any]]:
    """From the open port of a server that was killed to the first effect."""
    ended: dict[str, float] = {}
    took = []
    async with _pair(ground, ended) as (teller, _):
        for _ in range(3):
            assert ground.server.pid is not None
            os.kill(ground.server.pid, signal.SIGKILL)
            told = await teller.database.write(tell, "after")
            await asyncio.to_thread(_wait_for_port, ground.server.url)
            opened = time.perf_counter()
            await eventually(partial(_is_in, ended, told), 60)
            took.append(max(0.0, ended[told] - opened))
            await asyncio.sleep(1)
    label = f"bus: first delivery after a killed server's port opens, {ground.name}"
    return [row(label, max(took), "s", 2.0, "≤ 2 s", 1.0)]


def _wait_for_port(url: str) -> None:
    host, _, port = url.removeprefix("nats://").partition(":")
    while True:
        try:
            socket.create_connection((host, int(port)), 0.2).close()
            return
        except OSError:
            time.sleep(0.005)


async def _call(teller: Tiny, times: int) -> None:
    for number in range(times):
        await teller.database.write(tell, str(number))


async def _are_connected(one: Tiny, two: Tiny) -> bool:
    return one.bus.is_connected and two.bus.is_connected


async def _are(ended: dict[str, float], number: int) -> bool:
    return len(ended) >= number


async def _is_in(ended: dict[str, float], key: str) -> bool:
    return key in ended


async def _has_published(service: Tiny, number: int) -> bool:
    return service.bus.relay.published >= number


def main() -> None:
    """Measure, print a table, write `build/bench/bus.json`."""
    write("bus", asyncio.run(measure()))


if __name__ == "__main__":
    main()
