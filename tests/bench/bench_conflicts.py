"""The conflict check, for one event and for a series of 52 dates, among few and very many stored occurrences.

Keys grow with what is stored (a venue for each 500 occurrences, a resource and a leader for each 300, an audience for
each 2,000), so that a check meets as few others among a million as among a thousand: what is measured is the search.
The floor is the same search, sent bare to the driver. All sizes are measured in turns, so that noise falls on each
alike. A million takes minutes to fill: `python -m tests.bench.bench_conflicts 1000 1000000`.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, insert, text
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.domain.claims import Dated, Party, probes_of
from services.calendar.models import Base, Claim, Event, Occurrence, Organisation, Resource, Venue
from services.calendar.queries.claims import search
from services.calendar.queries.subjects import Subject
from shared.database import Database, sqlite_url
from shared.identifiers import new_id
from shared.migrations import migrate
from tests.bench import figures
from tests.postgres import PostgresServer, programs

SIZES = (1_000, 100_000)
DATES_PER_EVENT = 20
HOUR, DAY, WEEK = 3_600, 86_400, 604_800
CANDIDATES = 30
ROUNDS = 7
GROWTH = 2.0
OVER_BARE, GOAL = 5.0, "≤ 5 × the bare query"
CHUNK = 50_000


@dataclass(frozen=True)
class Corpus:
    """A database with so many occurrences, and the things that they are at."""

    size: int
    engine: Engine
    venue_ids: list[str]
    resource_ids: list[str]
    audiences: list[str]
    leader_ids: list[str]
    begins: int


def main() -> list[dict[str, Any]]:
    """Measure on both databases, print a table, write `build/bench/conflicts.json`."""
    sizes = tuple(int(size) for size in sys.argv[1:]) or SIZES
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        rows += measure("SQLite", [filled(sqlite_url(Path(folder) / f"{size}.sqlite"), size) for size in sizes])
    if (found := programs()) is not None:
        server = PostgresServer(found)
        try:
            server.start()
            rows += measure("PostgreSQL", [filled(server.url(server.create()), size) for size in sizes])
        finally:
            server.stop()
    figures.write("conflicts", rows)
    return rows


def measure(kind: str, corpora: list[Corpus]) -> list[dict[str, Any]]:
    """Time the check and its floor in every corpus, for one date and for 52."""
    rows = []
    for dates, words in ((1, "one event"), (52, "52 dates")):
        took, bare = timed(corpora, dates)
        for number, corpus in enumerate(corpora):
            name = f"conflicts: {words} among {corpus.size:,} ({kind})"
            rows.append(figures.row(name, took[number] * 1e3, "ms", bare[number] * 1e3, GOAL, OVER_BARE))
        name = f"conflicts: growth for {words}, {corpora[0].size:,} to {corpora[-1].size:,} ({kind})"
        rows.append(figures.row(name, took[-1] * 1e3, "ms", took[0] * 1e3, f"≤ {GROWTH} ×", GROWTH))
    for corpus in corpora:
        corpus.engine.dispose()
    return rows


def timed(corpora: list[Corpus], dates: int) -> tuple[list[float], list[float]]:
    """Give the median seconds of the check and of the bare search in each corpus, measured in turns."""
    subjects = [[a_subject(corpus, dates, random.Random(seed)) for seed in range(CANDIDATES)] for corpus in corpora]
    checks: list[list[float]] = [[] for _ in corpora]
    searches: list[list[float]] = [[] for _ in corpora]
    for turn in range(ROUNDS + 1):
        for number, corpus in enumerate(corpora):
            mine = subjects[number]
            with Session(corpus.engine) as session:
                check_times = [seconds(partial(queries.check, session, one)) for one in mine]
                search_times = [seconds(bare_search(session, one)) for one in mine]
            if turn:  # the first turn warms caches and prepared statements
                checks[number] += check_times
                searches[number] += search_times
    return [statistics.median(times) for times in checks], [statistics.median(times) for times in searches]


def bare_search(session: Session, subject: Subject) -> Callable[[], Any]:
    """Make the same search without the ORM: the statement as the driver takes it."""
    statement, values = search(session, probes_of(subject.party, subject.site, subject.dates))
    compiled = statement.compile(dialect=session.get_bind().dialect)
    bound = compiled.construct_params({**values, "event_id": subject.party.id})
    driver: Any = session.connection().connection.driver_connection
    parameters: Any = bound if not compiled.positional else tuple(bound[name] for name in compiled.positiontup or ())
    return lambda: driver.execute(str(compiled), parameters).fetchall()


def seconds(work: Callable[[], Any]) -> float:
    """Time one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def a_subject(corpus: Corpus, dates: int, chance: random.Random) -> Subject:
    """Make an event that nobody stored: weekly, two hours, at a venue, with a resource, for an audience."""
    start = corpus.begins + chance.randrange(200) * DAY + chance.randrange(8, 20) * HOUR
    site_id = chance.choice(corpus.venue_ids)
    with Session(corpus.engine) as session:
        site = queries.site_of(session.get_one(Venue, site_id))
    party = Party(
        id=queries.NOBODY,
        title="Nowe",
        zone="Europe/Warsaw",
        audiences=(chance.choice(corpus.audiences),),
        leader_ids=(chance.choice(corpus.leader_ids),),
        venue_id=site_id,
        point=site.point,
        borrowed=((chance.choice(corpus.resource_ids), 1),),
    )
    weekly = tuple(Dated(at, at, at + 2 * HOUR) for at in range(start, start + dates * WEEK, WEEK))
    return Subject(party, site, weekly)


def filled(url: str, size: int) -> Corpus:
    """Make a database with so many occurrences, in two years from next week."""
    database = Database(url, Base.metadata, "calendar")
    migrate(database.engine, "calendar", Base.metadata)
    database.engine.dispose()
    engine = create_engine(database.engine.url)
    begins = int((datetime.now(UTC) + timedelta(days=7)).timestamp()) // DAY * DAY
    corpus = Corpus(
        size,
        engine,
        [new_id() for _ in range(max(1, size // 500))],
        [new_id() for _ in range(max(1, size // 300))],
        [f"audience {number}" for number in range(max(1, size // 2_000))],
        [new_id() for _ in range(max(1, size // 300))],
        begins,
    )
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA synchronous=OFF")
        _fill_copies(connection, corpus)
        _fill_events(connection, corpus)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return corpus


def _fill_copies(connection: Any, corpus: Corpus) -> None:
    owner = new_id()
    organisation = {"id": owner, "version": 1, "name": "Dom kultury", "kind": "other", "url": "/"}
    connection.execute(insert(Organisation), [organisation])
    common = {"version": 1, "organisation_id": owner, "url": "/"}
    venue: dict[str, Any] = {
        "capacity": 50,
        "one_at_a_time": True,
        "set_up_minutes": 0,
        "clear_up_minutes": 0,
        "inside_venue_id": None,
        "ancestor_ids": [],
        "address": "",
        "latitude": 50.09,
        "longitude": 19.92,
    }
    venues = [{"id": one, "name": "Sala", **common, **venue} for one in corpus.venue_ids]
    connection.execute(insert(Venue), venues)
    resources = [{"id": one, "name": "Krzesła", "quantity": 1_000_000, **common} for one in corpus.resource_ids]
    connection.execute(insert(Resource), resources)


def _fill_events(connection: Any, corpus: Corpus) -> None:
    """Write events of twenty weekly dates each, with their dates and claims, as the commands lay them out."""
    chance = random.Random(corpus.size)
    events, dates, claims = [], [], []
    for _ in range(max(1, corpus.size // DATES_PER_EVENT)):
        event = _an_event(corpus, chance)
        start = corpus.begins + chance.randrange(730 - 7 * DATES_PER_EVENT) * DAY + chance.randrange(8, 20) * HOUR
        events.append(event)
        for at in range(start, start + DATES_PER_EVENT * WEEK, WEEK):
            on = datetime.fromtimestamp(at, UTC).date()
            dates.append((event["id"], at, at, at + 2 * HOUR, on, None, False))
            claims += list(_claims(event, at))
        if len(dates) >= CHUNK:
            _write(connection, events, dates, claims)
    _write(connection, events, dates, claims)


def _an_event(corpus: Corpus, chance: random.Random) -> dict[str, Any]:
    event_id, now = new_id(), datetime.now(UTC)
    return {
        "id": event_id,
        "version": 1,
        "kind": "course",
        "title": "Zajęcia",
        "starts_at": now,
        "ends_at": now + timedelta(hours=2),
        "zone": "Europe/Warsaw",
        "venue_id": chance.choice(corpus.venue_ids),
        "audiences": [chance.choice(corpus.audiences)],
        "leader_ids": [chance.choice(corpus.leader_ids)],
        "borrowed": [{"resource_id": chance.choice(corpus.resource_ids), "quantity": 1}],
        "status": "confirmed",
        "source": "local",
        "uid": event_id,
        "created_at": now,
        "changed_at": now,
        "laid_until_at": now + timedelta(days=730),
    }


def _claims(event: dict[str, Any], at: int) -> Iterator[tuple[Any, ...]]:
    keys = (
        ("venue", event["venue_id"], True),
        ("resource", event["borrowed"][0]["resource_id"], True),
        ("audience", event["audiences"][0], False),
        ("person", event["leader_ids"][0], False),
    )
    for kind, key, hard in keys:
        yield kind, key, at, at + 2 * HOUR, event["id"], at, True, hard, 1


def _write(connection: Any, events: list[Any], dates: list[Any], claims: list[Any]) -> None:
    """Write what was collected and begin anew."""
    if events:
        connection.execute(insert(Event), events)
        _bulk(connection, Occurrence.__table__, dates)
        _bulk(connection, Claim.__table__, claims)
    for rows in (events, dates, claims):
        rows.clear()


def _bulk(connection: Any, table: Any, rows: list[Any]) -> None:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    driver = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" for _ in table.columns)
        plain = [tuple(value.isoformat() if hasattr(value, "isoformat") else value for value in row) for row in rows]
        driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", plain)
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


if __name__ == "__main__":
    main()
