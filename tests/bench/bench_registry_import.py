"""Import of a messy table of 10,000 organisations by HTTP, against reading and inserting them bare in the same run.

The floor is what no import can do without: `csv.reader` over the same bytes, and one bare INSERT a row, of organisation
and contact, in transactions of 200 in a file of SQLite as ours is. Ours also finds columns and encodings, repairs,
searches every row for organisations that it looks like, writes history, outbox and index, and answers row by row.
"""

import asyncio
import csv
import io
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx

from services.registry.app import create_app
from services.registry.settings import Settings
from tests.bench import figures
from tests.builders import an_administrator
from tests.harness import Running, quiet, running

ROWS = 10_000
A_UNIT = 200
HEADING = "Identyfikator;Nazwa;Rodzaj;Opis;Adres;Kod pocztowy;Szerokość;Długość;Tematy;Telefon;E-mail;Widoczność\r\n"
SORTS = (
    "Szkoła Podstawowa nr {n}",
    "Klub Seniora „{w}”",
    "Fundacja {w}",
    "Stowarzyszenie {w} {n}",
    "SP {n}",
    "DPS {w}",
)
SYLLABLES = ("ba", "ce", "do", "fi", "go", "ha", "ki", "la", "mo", "ne", "po", "ra", "si", "tu", "wo", "łą", "żó")


def messy_table(most: int) -> bytes:
    """Write a table as offices do: cp1250, `;`, decimal commas, points exchanged, several phones, open quotes, gaps."""
    chance = random.Random(113)
    rows = (_messy_row(chance, number) for number in range(most))
    return (HEADING + "".join(rows)).encode("cp1250")


def _messy_row(chance: random.Random, number: int) -> str:
    word = "".join(chance.choice(SYLLABLES) for _ in range(3)).capitalize()
    name = chance.choice(SORTS).format(n=number, w=word)
    north, east = 50.05 + chance.random() / 10, 19.85 + chance.random() / 10
    point = f"{north:.5f};{east:.5f}" if number % 9 else f"{east:.5f};{north:.5f}"
    cells = [
        f"k-{number}",
        name if number % 97 else "",
        chance.choice(("szkoła", "ngo", "stowarzyszenie", "knajpa", "")),
        '"Opis; ze średnikiem"' if number % 101 else '"cudzysłów bez końca',
        f"ul. Różyckiego {number % 300}",
        chance.choice(("31-234", "31234", "")),
        point.replace(".", ","),
        "sport, muzyka",
        f"12 {600_0000 + number % 3_000_000} lub 600{number:06}" if number % 5 else "brak",
        f"biuro{number}@example.org" if number % 3 else "",
        "publiczne",
    ]
    return ";".join(cells) + "\r\n"


async def main() -> None:
    """Measure, print and write `build/bench/registry_import.json`; an argument says how many rows."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    data = messy_table(most)
    with tempfile.TemporaryDirectory() as folder:
        bare = await asyncio.to_thread(_bare, data, Path(folder) / "bare.db")
        async with running(create_app, Settings(**quiet(data=Path(folder)))) as it:
            figures.write("registry_import", await _figures(it, data, most, bare))


async def _figures(it: Running, data: bytes, most: int, bare: float) -> list[dict[str, Any]]:
    headers = it.headers(an_administrator()) | {"Content-Type": "text/csv"}

    def sent(query: str) -> Callable[[], Awaitable[httpx.Response]]:
        address = f"/registry/api/v1/imports?duplicates=add{query}"
        return lambda: it.client.post(address, content=data, headers=headers, timeout=None)

    dry, looked = await _awaited(sent("&dry_run=true"))
    first, answer = await _awaited(sent(""))
    report = answer.json()
    assert len(report["items"]) == len(looked.json()["items"]) == most, "a row was lost"
    assert report["imported"] + report["repaired"] > 0.95 * most, answer.text[:500]
    again, answer = await _awaited(sent(""))
    assert answer.json()["unchanged"] == report["imported"] + report["repaired"]
    floor = bare * 1000
    return [
        figures.row(f"import: {most} messy rows, dry run", dry * 1000, "ms", floor, "≤ 60 × bare", 60.0),
        figures.row(f"import: {most} messy rows, written", first * 1000, "ms", floor, "≤ 200 × bare", 200.0),
        figures.row("import: the same table again", again * 1000, "ms", first * 1000, "≤ 1/4 of the first", 0.25),
    ]


def _bare(data: bytes, file: Path) -> float:
    """Read and insert the same rows with nothing between; gives the seconds."""
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE organisation (key TEXT PRIMARY KEY, name TEXT, kind TEXT, text TEXT, address TEXT)")
    database.execute("CREATE TABLE contact (organisation TEXT, kind TEXT, value TEXT)")
    began = time.perf_counter()
    rows = list(csv.reader(io.StringIO(data.decode("cp1250"), newline=""), delimiter=";"))[1:]
    for start in range(0, len(rows), A_UNIT):
        database.execute("BEGIN IMMEDIATE")
        for row in rows[start : start + A_UNIT]:
            whole = [*row, *5 * [""]][:5]  # in the last row a quotation mark is opened that swallows the rest
            database.execute("INSERT INTO organisation VALUES (?, ?, ?, ?, ?)", whole)
            database.execute("INSERT INTO contact VALUES (?, 'phone', ?)", (row[0], row[-3]))
        database.execute("COMMIT")
    took = time.perf_counter() - began
    database.close()
    return took


async def _awaited(work: Callable[[], Awaitable[httpx.Response]]) -> tuple[float, httpx.Response]:
    began = time.perf_counter()
    answer = await work()
    took = time.perf_counter() - began
    assert answer.status_code == 200, answer.text[:500]
    return took, answer


if __name__ == "__main__":
    asyncio.run(main())
