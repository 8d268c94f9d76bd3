"""The map: boxes of about 50 places each, among 1 k, 20 k and 200 k, asked over 1 and 8 connections; clusters; rebuild.

The peer is pygeoapi with a GeoPackage through OGR, on the same places and boxes, in turns in the same run; the floor a
bare query of an R*Tree in this process. A request's CPU is what the server's processes took, divided by requests.
"""

import asyncio
import csv
import json
import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from deploy.embedded_nats import EmbeddedNats
from services.map import commands, queries
from services.map.app import create_app
from services.map.domain.areas import Box
from services.map.settings import Settings
from shared import clock
from shared.identifiers import new_id
from shared.messages.registry import OrganisationRegistered
from shared.migrations import migrate
from shared.paging import Paging
from shared.rebuild import rebuild
from shared.replay import connected
from tests.bench import figures, pygeoapi
from tests.system.bus.history import operator, put
from tests.system.stack import Program, free_port

SIZES = (1_000, 20_000, 200_000)
CONNECTIONS = (1, 8)
SECONDS = 6.0
ROUNDS = 2
HITS = 50
WEST, SOUTH, EAST, NORTH = 19.75, 49.95, 20.15, 50.15
REBUILT = 50_000
WANTED = 10_000
"""Places a second that a rebuild should make on a machine at rest."""
ZOOMS = (3, 8, 11, 14, 17)
Row = tuple[str, str, str, str, str, float, float]


@dataclass(frozen=True)
class Load:
    """What a server did under one load: milliseconds of each request, and of its CPU for one; bytes, errors."""

    took: list[float]
    cpu: float
    errors: int
    items: int

    @property
    def p50(self) -> float:
        """The median, in milliseconds."""
        return statistics.median(self.took)


def main() -> None:
    """Measure, print and write `build/bench/map.json`."""
    why_not = pygeoapi.install()
    if why_not:
        print(why_not)
    rows: list[dict[str, Any]] = []
    for number in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            rows += asyncio.run(_of_size(number, Path(folder), has_peer=why_not is None))
    with tempfile.TemporaryDirectory() as folder:
        rows.append(asyncio.run(_rebuilt(Path(folder))))
    figures.write("map", rows)


async def _of_size(number: int, folder: Path, *, has_peer: bool) -> list[dict[str, Any]]:
    places = list(_places(number))
    rows = await _filled(folder, places)
    found = await _queries(folder, number, places)
    with _our_server(folder) as (address, pid):
        found += await _clusters(address, number)
        if not has_peer:
            return found
        file = folder / "places.csv"
        with file.open("w", newline="") as target:
            csv.writer(target).writerows(places)
        with pygeoapi.served(folder, file) as (peer_address, peer_pids):
            found += await _against(number, (address, [pid]), (peer_address, peer_pids))
    assert rows == number
    return found


async def _against(
    number: int, ours: tuple[str, Sequence[int]], peer: tuple[str, Sequence[int]]
) -> list[dict[str, Any]]:
    """Ask both for the same boxes, in turns, the best of each; then weigh their memory."""
    found = []
    for connections in CONNECTIONS:
        loads: tuple[list[Load], list[Load]] = ([], [])
        for _ in range(ROUNDS):
            loads[0].append(await _load(*ours, number, connections, "items"))
            loads[1].append(await _load(*peer, number, connections, "features"))
        mine, theirs = (min(each, key=lambda one: one.cpu) for each in loads)
        name = f"map: box of {HITS} among {number:,}, {connections} at a time"
        errors = sum(load.errors for load in loads[0])
        items = mine.items / len(mine.took) / (theirs.items / len(theirs.took))
        assert 0.9 < items < 1.1, f"not the same answers: {mine.items} and {theirs.items}"
        found += [
            figures.row(f"{name}, CPU", mine.cpu, "ms", theirs.cpu, "≤ 0.2 × pygeoapi", 0.2),
            figures.row(f"{name}, p50", mine.p50, "ms", theirs.p50, "≤ 0.2 × pygeoapi", 0.2),
            figures.row(f"{name}, errors", errors, "", 1, "none", 0),
        ]
    memory, peer_memory = (sum(_megabytes(pid) for pid in pids) for _, pids in (ours, peer))
    name = f"map: memory after boxes among {number:,}"
    return [*found, figures.row(name, memory, "MB", peer_memory, "≤ 0.5 × pygeoapi", 0.5)]


# --- places


def _places(number: int) -> Iterator[Row]:
    chance = random.Random(number)
    for n in range(number):
        words = chance.choice(("Klub", "Świetlica", "Szkoła", "Ogród", "Przychodnia"))
        yield (
            new_id(),
            "organisation",
            f"{words} nr {n}",
            "Zajęcia dla dzieci i dorosłych, codziennie po południu, także w wakacje.",
            f"ul. Elsnera {n % 200}, Kraków",
            round(chance.uniform(SOUTH, NORTH), 6),
            round(chance.uniform(WEST, EAST), 6),
        )


def _told(rows: Sequence[Row]) -> list[OrganisationRegistered]:
    return [
        OrganisationRegistered(
            id=place_id,
            version=1,
            name=name,
            kind="ngo",
            description=description,
            address=address,
            latitude=latitude,
            longitude=longitude,
            url=f"/registry/organisations/{place_id}",
        )
        for place_id, _, name, description, address, latitude, longitude in rows
    ]


async def _filled(folder: Path, places: Sequence[Row]) -> int:
    """Give the map its places, as a listener would write them."""
    database = _app(folder).state.database
    await asyncio.to_thread(migrate, database.engine, "map", database.outbox_table.metadata)
    await database.start()
    rows = 0
    for start in range(0, len(places), 500):
        rows += await database.write(commands.ORGANISATIONS.keep_all, _told(places[start : start + 500]))
    await database.stop()
    return rows


def _app(folder: Path) -> Any:
    return create_app(Settings(data=folder, database_url=f"sqlite:///{folder}/map.sqlite"))


def _boxes(number: int) -> Iterator[Box]:
    """Give boxes that hold about as many places each, wherever they are; the same for everybody who asks."""
    chance = random.Random(number + 1)
    part = (HITS / number) ** 0.5
    width, height = (EAST - WEST) * part, (NORTH - SOUTH) * part
    while True:
        west, south = chance.uniform(WEST, EAST - width), chance.uniform(SOUTH, NORTH - height)
        yield Box(round(west, 5), round(south, 5), round(west + width, 5), round(south + height, 5))


# --- in this process: our query, and a bare one


async def _queries(folder: Path, number: int, places: Sequence[Row]) -> list[dict[str, Any]]:
    database = _app(folder).state.database
    bare = sqlite3.connect(":memory:")
    bare.execute("CREATE VIRTUAL TABLE box USING rtree (n, west, east, south, north)")
    bare.execute(
        "CREATE TABLE place (n INTEGER PRIMARY KEY, id, kind, name, description, address, latitude, longitude)"
    )
    points = ((n, one[6], one[6], one[5], one[5]) for n, one in enumerate(places))
    bare.executemany("INSERT INTO box VALUES (?, ?, ?, ?, ?)", points)
    bare.executemany("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?)", ((n, *one) for n, one in enumerate(places)))
    statement = (
        "SELECT place.* FROM box JOIN place USING (n)"
        " WHERE west >= ? AND east <= ? AND south >= ? AND north <= ? ORDER BY name LIMIT 50"
    )
    boxes, bare_boxes = _boxes(number), _boxes(number)

    async def ours() -> None:
        wanted = queries.Wanted(box=next(boxes))
        await database.read(queries.places, wanted, Paging(limit=HITS), now=clock.now())

    async def floor() -> None:
        box = next(bare_boxes)
        bare.execute(statement, (box.west, box.east, box.south, box.north)).fetchall()

    mine, least = await figures.in_turns(ours, floor, 100, 3)
    await database.stop()
    name = f"map: query of a box among {number:,}, with events and owners, in a thread of its own"
    return [figures.row(name, mine, "ms", least, "for information; bare R*Tree", None)]


# --- over HTTP


@contextmanager
def _our_server(folder: Path) -> Iterator[tuple[str, int]]:
    port = free_port()
    environment = {
        "DATA": str(folder),
        "PORT": str(port),
        "OSIEDLE_DATABASE_URL": f"sqlite:///{folder}/map.sqlite",
        "OSIEDLE_CONNECTED": "false",
    }
    program = Program(folder / "map.log", "services.map", "serve", **environment)
    address = f"http://127.0.0.1:{port}/map/api/v1/places"
    try:
        _wait(f"{address}?limit=1")
        yield address, program.process.pid
    finally:
        program.stop()


def _wait(address: str) -> None:
    for _ in range(300):
        try:
            if httpx.get(address, timeout=10).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError("The map does not answer.")


async def _load(address: str, pids: Sequence[int], number: int, connections: int, key: str) -> Load:
    """Ask for boxes over so many connections, each as soon as it is answered."""
    boxes = _boxes(number)
    took: list[float] = []
    counts = [0, 0]
    until = time.perf_counter() + SECONDS

    async def ask() -> None:
        parts = urlsplit(address)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        while time.perf_counter() < until:
            box = next(boxes)
            query = f"bbox={box.west},{box.south},{box.east},{box.north}&limit={HITS}"
            query += "&f=json" if key == "features" else ""
            began = time.perf_counter()
            status, body, stays = await _asked(reader, writer, f"{parts.path}?{query}")
            took.append((time.perf_counter() - began) * 1000)
            counts[0] += status != 200
            counts[1] += len(json.loads(body)[key]) if status == 200 else 0
            if not stays:
                writer.close()
                reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.close()

    before = sum(map(_cpu, pids))
    await asyncio.gather(*(ask() for _ in range(connections)))
    cpu = (sum(map(_cpu, pids)) - before) * 1000 / len(took)
    return Load(took, cpu, *counts)


async def _asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> tuple[int, bytes, bool]:
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    status = int(head.split(" ", 2)[1])
    length = int(head.partition("content-length:")[2].split("\r\n")[0])
    return status, await reader.readexactly(length), "connection: close" not in head


async def _clusters(address: str, number: int) -> list[dict[str, Any]]:
    """Ask for the clusters of a map of 1,024 × 768 pixels at several zooms: none takes much longer than a list."""
    async with httpx.AsyncClient(timeout=30) as client:
        parts = [client.get(address, params={"limit": HITS}) for _ in range(10)]
        lists = [(await part).elapsed.total_seconds() * 1000 for part in parts]
        worst = 0.0
        for zoom in ZOOMS:
            width = min(360.0, 4 * 360 / 2**zoom)
            west, south = max(-180.0, 19.95 - width / 2), max(-80.0, 50.05 - width / 4)
            bbox = f"{west},{south},{min(180.0, west + width)},{min(85.0, south + width / 2)}"
            url = address.replace("/places", "/clusters")
            asked = [await client.get(url, params={"bbox": bbox, "zoom": zoom}) for _ in range(5)]
            assert {one.status_code for one in asked} == {200}
            worst = max(worst, statistics.median(one.elapsed.total_seconds() * 1000 for one in asked))
    name = f"map: clusters of {number:,} at the slowest of {len(ZOOMS)} zooms, p50"
    return [figures.row(name, worst, "ms", statistics.median(lists), "≤ 10 × a list of 50", 10)]


def _cpu(pid: int) -> float:
    """Give the seconds of CPU that a process took so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _megabytes(pid: int) -> float:
    """Give a process' proportional share of memory (Pss)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise LookupError(pid)


# --- rebuild


async def _rebuilt(folder: Path) -> dict[str, Any]:
    """Rebuild the map from a stream of places, each told once: from the first message to the swap's commit."""
    server = EmbeddedNats(folder)
    await server.start()
    try:
        async with operator(server, folder) as client:
            await put(client, _told(list(_places(REBUILT))))
        app = _app(folder)
        database = app.state.database
        await asyncio.to_thread(migrate, database.engine, "map", database.outbox_table.metadata)
        async with connected(app.state.settings, "map") as client:
            began = time.perf_counter()
            outcome = await rebuild(database, app.state.bus.copies, client)
            took = time.perf_counter() - began
        await database.stop()
    finally:
        await server.stop()
    assert outcome.messages == REBUILT
    name = f"map: rebuild of {REBUILT:,} places with cells and clusters (SQLite)"
    return figures.row(name, REBUILT / took, "1/s", WANTED, f"≥ {WANTED:,}/s", 1.0, is_rate=True)


if __name__ == "__main__":
    main()
