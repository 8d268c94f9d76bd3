"""Search and list at 20,000 organisations: the query functions, beside what is bare of them in the same run.

The floor of the search is the index alone: the same words sent to the driver, which gives the twenty best and
reads no row (FTS5 and `tsvector`). The floor of the list is its bare SELECT. Both take turns, so that noise falls on
each alike; a mistyped word has no bare equal, so it is held to a search that finds something.
`python -m tests.bench.bench_registry_search 1000` takes another number.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, insert, text
from sqlalchemy.orm import Session

from services.registry import commands, queries
from services.registry.domain.searching import on_postgresql, on_sqlite, terms
from services.registry.models import Base, Organisation
from shared import clock
from shared.database import Database, sqlite_url
from shared.identifiers import new_id
from shared.migrations import migrate
from shared.paging import Paging
from tests.bench import figures
from tests.postgres import PostgresServer, programs

SIZE, FOUND, LISTED = 20_000, 20, 50
ROUNDS = 15
OVER_BARE, GOAL = 5.0, "≤ 5 × the bare query"
WHAT = ("Szkoła Podstawowa", "Klub Seniora", "Biblioteka", "Dom Kultury", "Fundacja", "Stowarzyszenie", "Przedszkole")
WHOSE = ("Sąsiedzkie", "Zielone", "Pogodne", "Krakowskie", "Nowe", "Otwarte", "Rodzinne", "Wspólne", "Młodzieżowe")
TEXTS = """
zajęcia ćwiczenia warsztaty spotkania porady pomoc muzyka teatr taniec książki seniorzy dzieci młodzież rodziny ogród
park rower sport zdrowie nauka komputer język kuchnia spacer wycieczka koncert wystawa film opieka praca
"""
TEXT = TEXTS.split()
ASKED = {
    "one word": "seniorów",
    "two words": "ćwiczenia dla rodzin",
    "a name": "nr 711",
    "a word that is begun": "biblio",
}
SLIP = "bilbioteka"
BARE_SQLITE = "SELECT rowid FROM searched_words WHERE searched_words MATCH ? ORDER BY rank LIMIT ?"
BARE_POSTGRESQL = """SELECT position FROM searched, to_tsquery('simple', %s) AS wanted WHERE searched_words @@ wanted
    ORDER BY ts_rank('{0.1, 0.1, 0.4, 1}', searched_words, wanted) DESC LIMIT %s"""
BARE_LIST = f"SELECT * FROM organisation ORDER BY name, id LIMIT {LISTED + 1}"


@dataclass(frozen=True)
class Stored:
    """A registry with so many organisations."""

    kind: str
    engine: Engine


def main() -> list[dict[str, Any]]:
    """Measure on both databases, print a table, write `build/bench/registry_search.json`."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        rows += measured(filled("SQLite", sqlite_url(Path(folder) / "registry.sqlite"), size), size)
    if (found := programs()) is not None:
        server = PostgresServer(found)
        try:
            server.start()
            rows += measured(filled("PostgreSQL", server.url(server.create()), size), size)
        finally:
            server.stop()
    figures.write("registry_search", rows)
    return rows


def measured(stored: Stored, size: int) -> list[dict[str, Any]]:
    """Time each kind of search, a mistyped one, and the list."""
    rows, name = [], f"among {size:,} ({stored.kind})"
    searches = []
    with Session(stored.engine) as session:
        for words, asked in ASKED.items():
            took, bare = timed(partial(queries.search, session, q=asked, limit=FOUND), bare_search(session, asked))
            searches.append(took)
            rows.append(figures.row(f"search: {words} {name}", took, "ms", bare, GOAL, OVER_BARE))
        slip, _ = timed(lambda: queries.search(session, q=SLIP, limit=FOUND), lambda: None)
        assert queries.search(session, q=SLIP).meant, "the mistyped word was not seen through"
        rows.append(figures.row(f"search: a slip {name}", slip, "ms", max(searches), "no goal", None))
        took, bare = timed(lambda: queries.organisations(session, paging=Paging(limit=LISTED)), bare_list(session))
        rows.append(figures.row(f"list: organisations {name}", took, "ms", bare, GOAL, OVER_BARE))
    stored.engine.dispose()
    return rows


def timed(ours: Callable[[], Any], bare: Callable[[], Any]) -> tuple[float, float]:
    """Give the median milliseconds of each, in turns; the first turn warms caches and prepared statements."""
    took: tuple[list[float], list[float]] = ([], [])
    for turn in range(ROUNDS + 1):
        for work, times in zip((ours, bare), took, strict=True):
            began = time.perf_counter()
            work()
            if turn:
                times.append((time.perf_counter() - began) * 1000)
    return statistics.median(took[0]), statistics.median(took[1])


def bare_search(session: Session, asked: str) -> Callable[[], Any]:
    """Make the search of the index alone."""
    driver: Any = session.connection().connection.driver_connection
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    write, statement = (on_sqlite, BARE_SQLITE) if is_sqlite else (on_postgresql, BARE_POSTGRESQL)
    wanted = write(terms(asked), every=True)
    assert driver.execute(statement, (wanted, FOUND)).fetchall(), f"nothing has {asked}"
    return lambda: driver.execute(statement, (wanted, FOUND)).fetchall()


def bare_list(session: Session) -> Callable[[], Any]:
    """Make the list without the ORM."""
    driver: Any = session.connection().connection.driver_connection
    return lambda: driver.execute(BARE_LIST).fetchall()


def filled(kind: str, url: str, size: int) -> Stored:
    """Make a registry with so many organisations; what is searched is written by the command that the job calls."""
    database = Database(url, Base.metadata, "registry")
    migrate(database.engine, "registry", Base.metadata)
    database.engine.dispose()
    engine = create_engine(database.engine.url)
    chance = random.Random(size)
    with Session(engine) as session:
        session.execute(insert(Organisation), [an_organisation(number, chance) for number in range(size)])
        session.commit()
        after: str | None = ""
        began = time.perf_counter()
        while after is not None:
            after = commands.catch_up(session, kind="organisation", after=after)
            session.commit()
            session.expunge_all()
        print(f"{kind}: {size:,} organisations were taken in within {time.perf_counter() - began:.0f} s")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return Stored(kind, engine)


def an_organisation(number: int, chance: random.Random) -> dict[str, Any]:
    """Make one with a name of its own and a text of a dozen words."""
    return {
        "id": new_id(),
        "version": 1,
        "created_at": clock.now(),
        "name": f"{chance.choice(WHAT)} {chance.choice(WHOSE)} nr {number}",
        "kind": "ngo",
        "description": " ".join(chance.choices(TEXT, k=12)),
        "address": f"ul. Elsnera {chance.randrange(200)}",
        "audiences": [],
        "themes": [],
        "search_text": "",
    }


if __name__ == "__main__":
    main()
