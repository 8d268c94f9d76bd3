"""A calendar of before meetings had dates: what was written of a series goes to the date at which it was written."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from services.calendar.models import AgendaItem, Base, Decision, Event, Meeting, MinutesVersion, Occurrence, Task
from shared import clock, columns, migrations
from shared.database import Database
from shared.identifiers import new_id
from tests.service.test_agenda_migration import VERSIONS, an_event

FIRST = clock.now().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=20)
DAYS = [FIRST + timedelta(days=14 * number) for number in range(3)]
NAMES = [one.date().isoformat() for one in DAYS]


def test_what_was_written_of_a_series_goes_to_its_date(database_url: str, tmp_path: Path) -> None:
    for file in sorted(VERSIONS.glob("00[0-9][0-9]_*.py")):
        if file.name < "0050":
            shutil.copy(file, tmp_path)
    database = Database(database_url, Base.metadata, "calendar")
    migrations.migrate(database.engine, "calendar", Base.metadata, tmp_path)
    series, once = new_id(), new_id()
    talked, coming = new_id(), new_id()
    with database.engine.begin() as connection:
        kept = {"kind": "meeting", "zone": "UTC", "starts_at": FIRST, "ends_at": FIRST}
        connection.execute(sa.insert(Event).values({**an_event(series), **kept, "rrule": "FREQ=DAILY;INTERVAL=14"}))
        connection.execute(sa.insert(Event).values({**an_event(once), **kept, "rdates": []}))
        for day in DAYS:
            at = int(day.timestamp())
            times = {"recurrence": at, "start": at, "end": at + 3600, "starts_on": day.date(), "cancelled": False}
            connection.execute(sa.insert(Occurrence).values(event_id=series, **times))
        _write(connection, series, talked, coming)
        _write(connection, once, new_id(), new_id())
    migrations.migrate(database.engine, "calendar", Base.metadata)
    with database.engine.connect() as connection:
        written: dict[Any, list[str]] = {
            table: list(connection.scalars(sa.select(table.held_on).where(table.event_id == series)))
            for table in (Decision, Task, MinutesVersion)
        }
        items = {row.id: row.held_on for row in connection.execute(sa.select(AgendaItem.id, AgendaItem.held_on))}
        meetings = connection.execute(sa.select(Meeting.__table__).order_by(Meeting.held_on)).all()
        others = {
            *connection.scalars(sa.select(Decision.held_on).where(Decision.event_id == once)),
            *connection.scalars(sa.select(AgendaItem.held_on).where(AgendaItem.event_id == once)),
        }
    assert written == {Decision: [NAMES[1]], Task: [NAMES[1]], MinutesVersion: [NAMES[1]]}
    assert (items[talked], items[coming]) == (NAMES[0], NAMES[2])
    whole, dated = [row for row in meetings if row.event_id == series]
    assert (whole.held_on, whole.link, whole.minutes, whole.attendance) == ("", "https://x.test", "", [])
    assert (dated.held_on, dated.link, dated.minutes, dated.guests) == (NAMES[1], "", "Zapisane.", 3)
    [single] = [row for row in meetings if row.event_id == once]
    assert (single.held_on, single.minutes, single.guests) == ("", "Zapisane.", 3)
    assert others == {""}
    database.engine.dispose()


def _write(connection: sa.Connection, event_id: str, talked: str, coming: str) -> None:
    """Write as the calendar of before did: everything with the event alone."""
    after_second = DAYS[1] + timedelta(hours=2)
    for item_id, minutes_at in ((talked, DAYS[0] + timedelta(minutes=5)), (coming, None)):
        _insert(
            connection, AgendaItem, id=item_id, event_id=event_id, title="x", state="accepted",
            minutes_changed_at=minutes_at,
        )  # fmt: skip
    _insert(connection, Decision, id=new_id(), event_id=event_id, text="x", created_at=after_second)
    _insert(connection, Task, id=new_id(), event_id=event_id, text="x", created_at=after_second)
    _insert(connection, MinutesVersion, id=new_id(), event_id=event_id, published_at=after_second)
    _insert(
        connection, Meeting, event_id=event_id, minutes="Zapisane.", guests=3, link="https://x.test", attendance=[],
        minutes_changed_at=after_second,
    )  # fmt: skip


def _insert(connection: sa.Connection, model: Any, **values: Any) -> None:
    """Fill what must be filled of a row of before this revision, with as little as it takes."""
    for column in sa.inspect(model).columns:
        if column.name == "held_on" or column.nullable or column.name in values:
            continue
        kind = column.type
        plain: Any = "x"
        if isinstance(kind, columns.Instant):
            plain = datetime(2026, 1, 1, tzinfo=UTC)
        elif isinstance(kind, sa.Boolean):
            plain = False
        elif isinstance(kind, sa.Integer):
            plain = 1
        values[column.name] = plain
    names = [column for column in sa.inspect(model).columns if column.name in values]
    table = sa.table(model.__tablename__, *(sa.column(one.name, one.type) for one in names))
    connection.execute(table.insert().values(values))
