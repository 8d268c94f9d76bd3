"""A calendar of before agenda items: each line of an agenda becomes an item, minutes stay, decisions are agreed."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from services.calendar.models import AgendaItem, Base, Decision, Event, Meeting
from shared import columns, migrations
from shared.database import Database
from shared.identifiers import new_id

VERSIONS = Path(migrations.__file__).resolve().parents[2] / "services" / "calendar" / "migrations"
WRITTEN_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
LONG = "Bardzo długi punkt " * 20
OLD_MEETING = sa.table(
    "meeting",
    sa.column("event_id", columns.Id()),
    sa.column("version", sa.Integer()),
    sa.column("agenda", sa.JSON()),
    sa.column("attendance", sa.JSON()),
    sa.column("minutes", sa.Text()),
    sa.column("link", sa.Text()),
    sa.column("changed_at", columns.Instant()),
)
OLD_DECISION = sa.table(
    "decision",
    *(sa.column(name, columns.Id()) for name in ("id", "event_id")),
    sa.column("version", sa.Integer()),
    sa.column("text", sa.Text()),
    sa.column("done", sa.Boolean()),
    sa.column("created_at", columns.Instant()),
)


def test_nothing_that_was_written_about_a_meeting_is_lost(database_url: str, tmp_path: Path) -> None:
    for file in sorted(VERSIONS.glob("00[0-9][0-9]_*.py")):
        if file.name < "0021":
            shutil.copy(file, tmp_path)
    database = Database(database_url, Base.metadata, "calendar")
    migrations.migrate(database.engine, "calendar", Base.metadata, tmp_path)
    full, bare = new_id(), new_id()
    with database.engine.begin() as connection:
        for event_id in (full, bare):
            connection.execute(sa.insert(Event).values(an_event(event_id)))
        came = [{"organisation_id": new_id(), "people": 3}]
        plain: dict[str, Any] = {"version": 4, "link": "", "changed_at": WRITTEN_AT}
        text = {"agenda": ["Park", LONG, "Park"], "attendance": came, "minutes": "Było miło.\n\nI tyle."}
        connection.execute(OLD_MEETING.insert().values(event_id=full, **text, **plain))
        connection.execute(OLD_MEETING.insert().values(event_id=bare, agenda=[], attendance=[], minutes="", **plain))
        decided = {"id": new_id(), "event_id": full, "version": 2, "text": "Kupić", "done": True}
        connection.execute(OLD_DECISION.insert().values(**decided, created_at=WRITTEN_AT))
    migrations.migrate(database.engine, "calendar", Base.metadata)
    with database.engine.connect() as connection:
        items = connection.execute(sa.select(AgendaItem.__table__).order_by(AgendaItem.position)).all()
        meetings = {row.event_id: row for row in connection.execute(sa.select(Meeting.__table__))}
        [decision] = connection.execute(sa.select(Decision.__table__)).all()
    assert [(row.position, row.title) for row in items] == [(1, "Park"), (2, LONG[:300]), (3, "Park")]
    assert [row.description for row in items] == ["", LONG, ""]
    assert {(row.event_id, row.state, row.version, row.minutes, row.minutes_version) for row in items} == {
        (full, "accepted", 1, "", 0)
    }
    kept = meetings[full]
    assert (kept.version, kept.minutes, kept.attendance) == (4, "Było miło.\n\nI tyle.", came)
    assert (kept.minutes_version, kept.minutes_changed_at, kept.guests) == (1, WRITTEN_AT, 0)
    assert (meetings[bare].minutes_version, meetings[bare].minutes_changed_at) == (0, None)
    assert (decision.state, decision.item_id, decision.done, decision.version) == ("agreed", None, True, 2)
    database.engine.dispose()


def an_event(event_id: str) -> dict[str, Any]:
    """Fill every column of an event that must be filled, with as little as it takes."""
    values: dict[str, Any] = {"id": event_id}
    for column in sa.inspect(Event).columns:
        if column.nullable or column.name in values:
            continue
        kind = column.type
        if isinstance(kind, columns.Instant):
            values[column.name] = WRITTEN_AT
        elif isinstance(kind, sa.Boolean):
            values[column.name] = False
        elif isinstance(kind, sa.Integer):
            values[column.name] = 1
        elif isinstance(kind, sa.JSON):
            values[column.name] = []
        else:
            values[column.name] = event_id if column.name == "uid" else "x"
    return values
