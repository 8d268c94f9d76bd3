"""An incremental match: one resource that changed, one need that was stated, among 10,000 resources and 1,000 needs.

The floor is the rows that could fit, asked of the database bare: the candidates by key, and then those rows. What is
left is the reading of themes, the thinking, and the writing of keys and matches.
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

from sqlalchemy import Engine, create_engine, insert, select, text
from sqlalchemy.orm import Session

from services.registry.commands import match_need, match_offer
from services.registry.domain.matches import keys_of
from services.registry.models import Base, MatchKey, Need, Organisation, Resource
from services.registry.queries.matching import candidates
from shared import clock
from shared.database import Database, sqlite_url
from shared.identifiers import new_id
from shared.messages.registry import ResourceKind
from shared.migrations import migrate
from tests.bench import figures
from tests.postgres import PostgresServer, programs

RESOURCES, NEEDS, ORGANISATIONS = 10_000, 1_000, 300
WORDS = 2_000
"""So many words are in use; each thing has a few of them, some far more often than others."""
ROUNDS, TIMES = 5, 20
ZONE = "Europe/Warsaw"
KINDS: tuple[ResourceKind, ...] = ("equipment", "skill", "volunteers", "money", "knowledge")
OVER_BARE = 12.0
"""A guard: how many times as long as the bare rows a whole match may take, which makes ten statements more."""
GROWTH = 3.0
"""Among ten times as much, one match may take so many times as long."""


@dataclass(frozen=True)
class Filled:
    """A database with so many resources and a tenth as many needs."""

    size: int
    engine: Engine
    resources: list[tuple[str, ResourceKind, str]]
    needs: list[tuple[str, ResourceKind, str]]


def main() -> list[dict[str, Any]]:
    """Measure on both databases, print a table, write `build/bench/registry_matching.json`."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else RESOURCES
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        rows += measure("SQLite", [filled(sqlite_url(Path(folder) / f"{n}.sqlite"), n) for n in (size // 10, size)])
    if (found := programs()) is not None:
        server = PostgresServer(found)
        try:
            server.start()
            rows += measure("PostgreSQL", [filled(server.url(server.create()), n) for n in (size // 10, size)])
        finally:
            server.stop()
    figures.write("registry_matching", rows)
    return rows


def filled(url: str, size: int) -> Filled:
    """Make a database; everything has its keys already, as after it was stated."""
    database = Database(url, Base.metadata, "registry")
    migrate(database.engine, "registry", Base.metadata)
    database.engine.dispose()
    engine, chance = create_engine(database.engine.url), random.Random(size)
    owners = [new_id() for _ in range(ORGANISATIONS)]
    made = {"created_at": clock.now(), "version": 1}
    resources = [_a_thing(chance) for _ in range(size)]
    needs = [_a_thing(chance) for _ in range(size * NEEDS // RESOURCES)]
    with engine.begin() as connection:
        named = [{"id": one, "name": f"Klub {one}", "kind": "ngo", "search_text": "", **made} for one in owners]
        connection.execute(insert(Organisation), named)
        for model, things, column in ((Resource, resources, "name"), (Need, needs, "title")):
            rows = [
                {"id": one, "kind": kind, column: words, "organisation_id": chance.choice(owners), **made}
                for one, kind, words in things
            ]
            connection.execute(insert(model), rows)
        for side, things in (("offer", resources), ("need", needs)):
            keys = [
                {"side": side, "kind": kind, "key": key, "about_id": one}
                for one, kind, words in things
                for key in keys_of([words], ())
            ]
            connection.execute(insert(MatchKey), keys)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return Filled(size, engine, resources, needs)


def measure(kind: str, bases: list[Filled]) -> list[dict[str, Any]]:
    """Time both ways of matching and their floors, in a small database and in a large one."""
    rows = []
    for what, work in (("one changed resource", changed_resource), ("one new need", stated_need)):
        took = [work(base) for base in bases]
        base, (ours, bare) = bases[-1], took[-1]
        name = f"matching: {what} among {base.size:,} resources, {len(base.needs):,} needs ({kind})"
        rows.append(figures.row(name, ours * 1e3, "ms", bare * 1e3, f"≤ {OVER_BARE:g} × bare", OVER_BARE))
        small, large = took[0][0], took[-1][0]
        growth = f"matching: growth, {what} among ten times as much ({kind})"
        rows.append(figures.row(growth, large * 1e3, "ms", small * 1e3, f"≤ {GROWTH:g} ×", GROWTH))
    for base in bases:
        base.engine.dispose()
    return rows


def changed_resource(base: Filled) -> tuple[float, float]:
    """Give the median seconds of matching a resource anew, and of reading bare the needs that could fit."""
    chance = random.Random(1)

    def ours(session: Session) -> Callable[[], Any]:
        one, kind, _ = chance.choice(base.resources)
        return partial(match_offer, session, kind, one, zone=ZONE)

    def bare(session: Session) -> Callable[[], Any]:
        _, kind, words = chance.choice(base.resources)
        return lambda: _bare_rows(session, kind, "need", words)

    return timed(base.engine, ours, bare)


def stated_need(base: Filled) -> tuple[float, float]:
    """Give the median seconds of matching a need that nobody matched yet, and of reading bare the offers for it."""
    chance = random.Random(2)

    def ours(session: Session) -> Callable[[], Any]:
        _, kind, words = _a_thing(chance)
        owner = session.scalar(select(Organisation.id).limit(1))
        need = Need(organisation_id=owner, kind=kind, title=words, created_at=clock.now())
        session.add(need)
        session.flush()
        return partial(match_need, session, need.id, zone=ZONE)

    def bare(session: Session) -> Callable[[], Any]:
        _, kind, words = _a_thing(chance)
        return lambda: _bare_rows(session, kind, "offer", words)

    return timed(base.engine, ours, bare)


def timed(
    engine: Engine, ours: Callable[[Session], Callable[[], Any]], bare: Callable[[Session], Callable[[], Any]]
) -> tuple[float, float]:
    """Time both in turns, each in a transaction that is taken back, so that every one finds the same."""
    took: tuple[list[float], list[float]] = ([], [])
    for turn in range(ROUNDS + 1):
        for make, seconds in zip((ours, bare), took, strict=True):
            for _ in range(TIMES):
                with Session(engine) as session:
                    work = make(session)
                    began = time.perf_counter()
                    work()
                    session.flush()
                    if turn:  # the first turn warms caches and prepared statements
                        seconds.append(time.perf_counter() - began)
                    session.rollback()
    return statistics.median(took[0]), statistics.median(took[1])


def _bare_rows(session: Session, kind: ResourceKind, side: Any, words: str) -> None:
    """Read what could fit, by the same keys and no more than that: ids, then the rows."""
    connection = session.connection()
    ids = connection.scalars(candidates(kind, side, keys_of([words], ()))).all()
    table: Any = (Need if side == "need" else Resource).__table__
    connection.execute(select(table).where(table.c.id.in_(ids))).all()


def _a_thing(chance: random.Random) -> tuple[str, ResourceKind, str]:
    """Make something that is called by three words, the first ones of the list more often than the last."""
    words = [f"{int(WORDS * chance.random() ** 2):05}słowo" for _ in range(3)]
    return new_id(), chance.choice(KINDS), " ".join(words)


if __name__ == "__main__":
    main()
