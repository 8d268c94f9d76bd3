"""The embedded stack as people run it: from a POST to the stored alert, the whole feed, memory, and the first answer.

The floor of the alert is that of the bus: raw commit, raw JetStream acknowledgement, raw commit, on the same server and
disk, in turns with what is measured. The way itself is longer: three commits and two messages between them.
"""

import asyncio
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import icalendar
from nats.js import JetStreamContext

from tests.bench.figures import row, write
from tests.bench.floor import RawFile, floor_once, percentile, raw_stream
from tests.system.stack import ROOT, Embedded, event, eventually, servers_on

ROUNDS, SAMPLES = 5, 20
FEED_EVENTS = 10_000
MOST_MEMORY_MB = 250
APPS = "; ".join(f"import services.{name}.app" for name in ("registry", "calendar", "map", "notifications"))


def measure() -> list[dict[str, Any]]:
    """Run everything once, first with an empty neighbourhood, then with the demo."""
    with tempfile.TemporaryDirectory() as folder:
        empty = Embedded(Path(folder) / "empty")
        empty.start()
        try:
            figures = asyncio.run(_alerts(empty))
            figures += _feed(empty)
        finally:
            empty.stop()
        return figures + _demo(Path(folder) / "demo")


# --- from a POST to the stored alert


async def _alerts(stack: Embedded) -> list[dict[str, Any]]:
    """Plan events that collide with one other each, in turns with the floor."""
    hosts = stack.organisation("Klub Seniora"), stack.organisation("Szkoła")
    venue = stack.venue("Dom Kultury", hosts[0], one_at_a_time=False)
    floor, took = [], []
    async with raw_stream(stack.data) as jetstream, httpx.AsyncClient(base_url=stack.address, timeout=15) as client:
        client.headers["Authorization"] = f"Bearer {stack.token}"
        one, two = (RawFile(stack.data / f"raw-{name}.sqlite") for name in ("one", "two"))
        for round_ in range(ROUNDS):
            floor += [await _floor_after_a_pause(jetstream, one, two) for _ in range(SAMPLES)]
            days = range(10 + round_ * SAMPLES, 10 + (round_ + 1) * SAMPLES)
            took += [await _alert_once(client, stack.data, venue, hosts, day) for day in days]
    return [
        _latency("POST to alert stored, p50", 50, took, floor, limit=6.0),
        _latency("POST to alert stored, p99", 99, took, floor, limit=6.0),
    ]


async def _alert_once(client: httpx.AsyncClient, data: Path, venue: str, hosts: Sequence[str], days: int) -> float:
    """Plan an event, then one that collides with it; give the seconds until the second one's alert is committed."""
    path = "/calendar/api/v1/events"
    first = await client.post(path, json=event("Festyn", venue, hosts[0], days=days))
    first.raise_for_status()
    await asyncio.sleep(0.1)
    store = sqlite3.connect(f"file:{data}/notifications.sqlite?mode=ro", uri=True)
    began = time.perf_counter()
    second = await client.post(path, json=event("Koncert", venue, hosts[1], days=days))
    second.raise_for_status()
    told = ("SELECT 1 FROM alert_event WHERE event_id = ?", (second.json()["id"],))
    while not store.execute(*told).fetchone():  # noqa: ASYNC110 — another process writes it
        await asyncio.sleep(0.001)
    took = time.perf_counter() - began
    store.close()
    return took


async def _floor_after_a_pause(jetstream: JetStreamContext, one: RawFile, two: RawFile) -> float:
    await asyncio.sleep(0.02)
    return await floor_once(jetstream, one, two)


def _latency(name: str, percent: int, took: Sequence[float], floor: Sequence[float], limit: float) -> dict[str, Any]:
    mine, least = percentile(took, percent), percentile(floor, percent)
    return row(f"stack: {name}", mine, "ms", least, f"≤ {limit} × floor", limit)


# --- the whole feed


def _feed(stack: Embedded) -> list[dict[str, Any]]:
    """Import many events as one file, and read them back as one feed; the peer is icalendar with the same texts.

    Between the two every event is checked against all others: that is waited for, so that the feed is measured alone.
    """
    owner = stack.organisation("Biuro wydarzeń")
    path = f"/calendar/api/v1/imports?organisation_id={owner}"
    file, headers = _file(), {"Content-Type": "text/calendar"}
    began = time.perf_counter()
    icalendar.Calendar.from_ical(file)
    parsing = time.perf_counter() - began
    began = time.perf_counter()
    answer = stack.ask("POST", path, status=200, content=file, headers=headers, timeout=600)
    importing = time.perf_counter() - began
    assert answer.json()["imported"] == FEED_EVENTS, answer.text[:500]
    eventually(lambda: _heard(stack) >= FEED_EVENTS and not _grows(lambda: _heard(stack)), 600)
    took, text = [], ""
    for _ in range(3):
        began = time.perf_counter()
        text = stack.http.get(f"{stack.address}/calendar/feed.ics", params={"organisation": owner}, timeout=60).text
        took.append(time.perf_counter() - began)
    assert text.count("BEGIN:VEVENT") >= FEED_EVENTS
    parsed = icalendar.Calendar.from_ical(text)
    began = time.perf_counter()
    parsed.to_ical()
    peer = time.perf_counter() - began
    whole = f"stack: import of {FEED_EVENTS} events, stored, guarded and answered"
    return [
        row(whole, importing, "s", parsing, "≤ 15 × icalendar parsing it", 15),
        row(f"stack: feed.ics of {FEED_EVENTS} events", min(took), "s", peer, "≤ 1.0 × icalendar writing it", 1.0),
    ]


def _heard(stack: Embedded) -> int:
    """Count the messages that the calendar has heard."""
    with closing(sqlite3.connect(f"file:{stack.data}/calendar.sqlite?mode=ro", uri=True)) as store:
        count: int = store.execute("SELECT count(*) FROM inbox").fetchone()[0]
        return count


def _grows(count: Callable[[], int]) -> bool:
    before = count()
    time.sleep(2)
    return count() > before


def _file() -> bytes:
    """Write events an hour long, one every hour from tomorrow on, each at a point of its own in time."""
    start = (datetime.now(UTC) + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//osiedle//bench//PL"]
    for number in range(FEED_EVENTS):
        begins = start + timedelta(hours=number)
        lines += [
            "BEGIN:VEVENT",
            f"UID:bench-{number}@osiedle.example",
            "DTSTAMP:20260101T000000Z",
            f"DTSTART:{begins:%Y%m%dT%H%M%SZ}",
            f"DTEND:{begins + timedelta(hours=1):%Y%m%dT%H%M%SZ}",
            f"SUMMARY:Zajęcia {number}",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


# --- the demo: memory, and the first answer


def _demo(data: Path) -> list[dict[str, Any]]:
    """Start with the demo; measure what it holds, then how soon it answers when it is started again."""
    stack = Embedded(data, demo=True)
    stack.start()
    try:
        eventually(lambda: len(stack.get("/calendar/api/v1/events")["items"]) > 5, 60)
        time.sleep(5)
        processes = [stack.program.process.pid, *servers_on(data)]
        memory = sum(_megabytes(pid) for pid in processes)
    finally:
        stack.stop()
    answers = []
    for _ in range(3):
        answers.append(stack.start())
        stack.stop()
    imports = min(_seconds_to_import() for _ in range(3))
    goal = f"≤ {MOST_MEMORY_MB} MB"
    return [
        row("stack: memory with the demo, both processes", memory, "MB", MOST_MEMORY_MB, goal, 1.0),
        row("stack: first answer, second start", min(answers), "s", imports, "≤ 2.5 × importing it", 2.5),
    ]


def _megabytes(pid: int) -> float:
    """Give a process' proportional share of memory (Pss)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise LookupError(pid)


def _seconds_to_import() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", APPS], cwd=ROOT, env=dict(os.environ), check=True)
    return time.perf_counter() - began


def main() -> list[dict[str, Any]]:
    """Measure, print a table, write `build/bench/stack.json`."""
    rows = measure()
    write("stack", rows)
    return rows


if __name__ == "__main__":
    main()
