"""Planning through the door: a series checked, stored and told, and how soon a conflict is on the bus.

The calendar runs in this process, on a real bus. The floor of a series is a raw transaction that writes as many rows of
the same size as the series becomes; the floor of a conflict is that of the bus: raw commit, raw JetStream
acknowledgement, raw commit. Both are measured in turns with ours, on the same disk.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import nats
from nats.aio.subscription import Subscription
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deploy.embedded_nats import EmbeddedNats
from services.calendar.models import Claim, Event, Occurrence, Outbox
from shared.database import sqlite_url
from shared.messages.calendar import ConflictDetected
from shared.settings import ServiceSettings
from tests.bench import figures
from tests.bench.floor import Raw, RawFile, RawTable, floor_once, percentile, raw_stream
from tests.builders import an_administrator
from tests.harness import Running
from tests.postgres import PostgresServer, programs
from tests.service.calendar.builders import API, a_calendar, a_venue, an_event, an_organisation, next_monday

DATES = 52
TABLES = (Event, Occurrence, Claim, Outbox)
"""What a plan becomes."""
SERIES, PAIRS, ROUNDS = 10, 20, 5
PATIENCE = 15.0


def main() -> list[dict[str, Any]]:
    """Measure on both databases, print a table, write `build/bench/planning.json`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        raws = [RawFile(folder / f"raw-{number}.sqlite") for number in (1, 2)]
        rows = asyncio.run(measure("SQLite", sqlite_url(folder / "calendar.sqlite"), folder / "sqlite", *raws))
        if (found := programs()) is not None:
            server = PostgresServer(found, durable=True)
            try:
                server.start()
                tables = [RawTable(server.url(server.create())) for _ in raws]
                rows += asyncio.run(measure("PostgreSQL", server.url(server.create()), folder / "postgresql", *tables))
            finally:
                server.stop()
    figures.write("planning", rows)
    return rows


async def measure(kind: str, url: str, data: Path, one: Raw, two: Raw) -> list[dict[str, Any]]:
    """Measure both on one database."""
    server = EmbeddedNats(data)
    await server.start()
    try:
        async with a_calendar(url, data=data, connected=True) as calendar, _told(server, data) as told:
            headers = calendar.headers(an_administrator())
            rows = await _series(kind, calendar, headers, one)
            async with raw_stream(data) as jetstream:
                floor, took = [], []
                for round_ in range(ROUNDS):
                    floor += [await floor_once(jetstream, one, two) for _ in range(PAIRS)]
                    took += await _pairs(calendar, headers, told, round_)
            for percent in (50, 99):
                mine, least = percentile(took, percent), percentile(floor, percent)
                name = f"planning: POST to its conflict on the bus, {kind}, p{percent}"
                rows.append(figures.row(name, mine, "ms", least, "≤ 5 × floor", 5.0))
            return rows
    finally:
        await server.stop()


async def _series(kind: str, calendar: Running, headers: dict[str, str], raw: Raw) -> list[dict[str, Any]]:
    """Plan series of 52 dates, each at a time of its own, in turns with a bare transaction of as many rows."""
    club, hall = await _place(calendar)
    took, bare = [], []
    for number in range(SERIES * ROUNDS):
        body = an_event(
            next_monday(8 + number % 12) + timedelta(days=number // 12),
            0.5,
            venue_id=hall,
            host_ids=[club],
            rrule=f"FREQ=WEEKLY;COUNT={DATES}",
            audiences=["seniors"],
        )
        before = await calendar.database.read(_rows)
        took.append(await _planned(calendar, headers, body))
        rows = await calendar.database.read(_rows) - before
        began = time.perf_counter()
        raw.commit_many(rows)
        bare.append(time.perf_counter() - began)
    name = f"planning: POST of a series of {DATES}, checked, stored and told, {kind}"
    mine, least = percentile(took, 50), percentile(bare, 50)
    return [figures.row(name, mine, "ms", least, "a bare transaction of as many rows", None)]


async def _pairs(calendar: Running, headers: dict[str, str], told: Subscription, round_: int) -> list[float]:
    """Plan pairs that meet in a hall for several; give the seconds from the second POST to the word of it."""
    took = []
    for number in range(PAIRS):
        club, hall = await _place(calendar, one_at_a_time=False, capacity=10)
        start = next_monday(8 + number % 12, weeks=60 + round_)
        body = an_event(start, 1, venue_id=hall, host_ids=[club], expected_participants=8)
        await _planned(calendar, headers, body)
        await asyncio.sleep(0.1)
        began = time.perf_counter()
        await _planned(calendar, headers, body)
        await told.next_msg(timeout=PATIENCE)
        took.append(time.perf_counter() - began)
        await asyncio.sleep(0.1)
        while told.pending_msgs:
            await told.next_msg()
    return took


async def _place(calendar: Running, **values: Any) -> tuple[str, str]:
    club = an_organisation()
    hall = a_venue(club.id, **values)
    await calendar.deliver(club, hall)
    return club.id, hall.id


async def _planned(calendar: Running, headers: dict[str, str], body: dict[str, Any]) -> float:
    began = time.perf_counter()
    answer = await calendar.client.post(f"{API}/events", json=body, headers=headers)
    took = time.perf_counter() - began
    assert answer.status_code == 201, answer.text
    return took


def _rows(session: Session) -> int:
    return sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES)


@asynccontextmanager
async def _told(server: EmbeddedNats, data: Path) -> AsyncIterator[Subscription]:
    """Hear what is told of conflicts, as any service would."""
    client = await nats.connect(server.url, **ServiceSettings(data=data).bus_login("operator"))
    yield await client.subscribe(f"osiedle.{ConflictDetected.type}.>")
    await client.close()


if __name__ == "__main__":
    main()
