"""A free time for eight organisations over four weeks, alone and with a room, among few and very many stored dates.

The floor is the same questions to the database, sent bare to the driver: what is left is the thinking. Organisations
and venues grow with what is stored, so that each has as much to do among many dates as among few.
"""

import random
import statistics
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from services.calendar.domain.slots import Needs, Question, Series
from services.calendar.models import Event, EventHost, Organisation
from services.calendar.queries.free_times import MOST_ROOMS, free_times, holding, hosting
from shared import clock
from shared.database import sqlite_url
from shared.identifiers import new_id
from tests.bench import figures
from tests.bench.bench_conflicts import Corpus, filled, seconds
from tests.postgres import PostgresServer, programs

SIZES = (10_000, 100_000)
"""Among fewer dates there are fewer rooms than a search looks at, and growth would be that of their number."""
DATES_PER_ORGANISATION = 100
INVITED = 8
ROUNDS = 5
QUESTIONS = 10
GROWTH = 2.0
OVER_BARE = 25.0
"""A guard: how many times as long as the bare questions the whole answer may take."""
WEEKS = timedelta(weeks=4)
KINDS: dict[str, dict[str, Any]] = {
    "8 organisations": {},
    "8 organisations and a room": {"needs": Needs(capacity=40)},
    "8 organisations and a room, 8 weeks running": {"needs": Needs(capacity=40), "series": Series(8)},
}


def main() -> list[dict[str, Any]]:
    """Measure on both databases, print a table, write `build/bench/slots.json`."""
    sizes = tuple(int(size) for size in sys.argv[1:]) or SIZES
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        rows += measure("SQLite", [hosted(sqlite_url(Path(folder) / f"{size}.sqlite"), size) for size in sizes])
    if (found := programs()) is not None:
        server = PostgresServer(found)
        try:
            server.start()
            rows += measure("PostgreSQL", [hosted(server.url(server.create()), size) for size in sizes])
        finally:
            server.stop()
    figures.write("slots", rows)
    return rows


def hosted(url: str, size: int) -> tuple[Corpus, list[str]]:
    """Fill a database and say who hosts each event."""
    corpus, chance = filled(url, size), random.Random(size)
    ids = [new_id() for _ in range(max(INVITED, size // DATES_PER_ORGANISATION))]
    with corpus.engine.begin() as connection:
        common = {"version": 1, "kind": "other", "url": "/"}
        connection.execute(insert(Organisation), [{"id": one, "name": "Klub", **common} for one in ids])
        events = connection.scalars(select(Event.id)).all()
        connection.execute(
            insert(EventHost), [{"event_id": one, "organisation_id": chance.choice(ids)} for one in events]
        )
    return corpus, ids


def measure(kind: str, corpora: list[tuple[Corpus, list[str]]]) -> list[dict[str, Any]]:
    """Time each kind of question and its floor in every corpus, in turns."""
    rows = []
    for words, values in KINDS.items():
        took = [timed(corpus, ids, values) for corpus, ids in corpora]
        for (corpus, _), (ours, bare) in zip(corpora, took, strict=True):
            name = f"free time: {words} among {corpus.size:,} ({kind})"
            rows.append(figures.row(name, ours * 1e3, "ms", bare * 1e3, f"≤ {OVER_BARE:g} × bare", OVER_BARE))
        first, last = took[0][0], took[-1][0]
        rows.append(
            figures.row(f"free time: growth, {words} ({kind})", last * 1e3, "ms", first * 1e3, f"≤ {GROWTH} ×", GROWTH)
        )
    for corpus, _ in corpora:
        corpus.engine.dispose()
    return rows


def timed(corpus: Corpus, ids: list[str], values: dict[str, Any]) -> tuple[float, float]:
    """Give the median seconds of the answer, and of the bare questions to the database."""
    ours, bare = [], []
    for turn in range(ROUNDS + 1):
        for seed in range(QUESTIONS):
            question = a_question(corpus, random.Random(seed).sample(ids, INVITED), values)
            with Session(corpus.engine) as session:
                took = seconds(partial(free_times, session, question, now=clock.now()))
                floor = seconds(bare_questions(session, question, corpus))
            if turn:  # the first turn warms caches and prepared statements
                ours.append(took)
                bare.append(floor)
    return statistics.median(ours), statistics.median(bare)


def a_question(corpus: Corpus, ids: list[str], values: dict[str, Any]) -> Question:
    """Ask for two hours within four weeks."""
    from_at = clock.now() + timedelta(days=30)
    return Question(from_at, from_at + WEEKS, "Europe/Warsaw", organisation_ids=tuple(ids), **values)


def bare_questions(session: Session, question: Question, corpus: Corpus) -> Callable[[], Any]:
    """Make the same questions without the ORM: the statements as the driver takes them."""
    low = int(question.from_at.timestamp())
    window = (low, low + int((WEEKS + timedelta(weeks=question.series.weeks - 1)).total_seconds()))
    statements: list[Select[*tuple[Any, ...]]] = [hosting(question.organisation_ids, window)]
    if question.needs:
        statements.append(holding({"venue": corpus.venue_ids[:MOST_ROOMS]}, window))
    ready = [_as_the_driver_takes_it(session, statement) for statement in statements]
    driver: Any = session.connection().connection.driver_connection
    return lambda: [driver.execute(text, parameters).fetchall() for text, parameters in ready]


def _as_the_driver_takes_it(session: Session, statement: Select[*tuple[Any, ...]]) -> tuple[str, Any]:
    compiled = statement.compile(dialect=session.get_bind().dialect, compile_kwargs={"render_postcompile": True})
    processors = compiled._bind_processors
    bound = {
        name: processors[name](value) if name in processors else value  # type: ignore[operator]
        for name, value in compiled.construct_params().items()
    }
    if compiled.positional:
        return str(compiled), tuple(bound[name] for name in compiled.positiontup or ())
    return str(compiled), bound


if __name__ == "__main__":
    main()
