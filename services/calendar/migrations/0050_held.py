"""Each date of a meeting that repeats is a meeting of its own: what was written of the series goes to its date."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from alembic import op

from services.calendar.domain.held import name_of
from shared import clock, columns

revision: str = "0050"
down_revision: str | None = "0041"
contracts = "a meeting is found by its event and date: an older calendar finds several rows where it expects one"

TABLES = ("agenda_item", "decision", "meeting_task", "minutes_version", "meeting")


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    for name in TABLES:
        op.add_column(name, sa.Column("held_on", sa.String(length=10), nullable=False, server_default=""))
    with op.batch_alter_table("meeting") as table:
        table.drop_constraint("pk_meeting", type_="primary")
        table.create_primary_key("pk_meeting", ["event_id", "held_on"])
    with op.batch_alter_table("minutes_version") as table:
        table.drop_constraint("uq_minutes_version_event_id_version", type_="unique")
        table.create_unique_constraint(
            "uq_minutes_version_event_id_held_on_version", ["event_id", "held_on", "version"]
        )
    _attach()


def _attach() -> None:
    """Give what was written of a series to the date at which it was: the last one that had begun, else the first.

    What is on the agenda and was not talked about yet goes to the next date.
    """
    connection, now = op.get_bind(), clock.now()
    event = sa.table(
        "event", *(sa.column(one) for one in ("id", "kind", "rrule", "zone")), sa.column("rdates", sa.JSON())
    )
    event.append_column(sa.column("starts_at", columns.Instant()))
    meetings = sa.select(event.c.id, event.c.rrule, event.c.rdates, event.c.zone, event.c.starts_at)
    for row in connection.execute(meetings.where(event.c.kind == "meeting")).all():
        if row.rrule or row.rdates:
            dates = _dates(connection, row.id) or [int(row.starts_at.timestamp())]
            names = [name_of(one, row.zone) for one in dates]
            _attach_rows(connection, row.id, _Calendar(dates, names, now).at)


class _Calendar:
    """The dates of one series, to find the one at which something happened."""

    def __init__(self, dates: list[int], names: list[str], now: datetime) -> None:
        self.dates, self.names, self.now = dates, names, now

    def at(self, when: datetime | None) -> str:
        """Name the last date that had begun by then; of nothing yet, the next one from now."""
        if when is None:
            number = bisect_right(self.dates, int(self.now.timestamp()))
            return self.names[min(number, len(self.names) - 1)]
        return self.names[max(0, bisect_right(self.dates, int(when.timestamp())) - 1)]


def _dates(connection: sa.Connection, event_id: str) -> list[int]:
    occurrence = sa.table("occurrence", *(sa.column(one) for one in ("event_id", "recurrence", "cancelled")))
    mine = occurrence.c.event_id == event_id, occurrence.c.cancelled == sa.false()
    found = sa.select(occurrence.c.recurrence).where(*mine).order_by(occurrence.c.recurrence)
    return list(connection.scalars(found))


def _attach_rows(connection: sa.Connection, event_id: str, at: Callable[[datetime | None], str]) -> None:
    for name, moment in (
        ("agenda_item", "minutes_changed_at"),
        ("decision", "created_at"),
        ("meeting_task", "created_at"),
        ("minutes_version", "published_at"),
    ):
        table = sa.table(name, *(sa.column(one) for one in ("id", "event_id", "held_on")))
        table.append_column(sa.column(moment, columns.Instant()))
        for row in connection.execute(sa.select(table.c.id, table.c[moment]).where(table.c.event_id == event_id)):
            update = sa.update(table).where(table.c.id == row.id)
            connection.execute(update.values(held_on=at(row._mapping[moment])))
    _part_meeting(connection, event_id, at)


def _part_meeting(connection: sa.Connection, event_id: str, at: Callable[[datetime | None], str]) -> None:
    """Leave the link with the series, and give attendance and minutes to the date at which they were written."""
    meeting = sa.table(
        "meeting",
        *(sa.column(one, columns.Id()) for one in ("event_id", "minutes_by_id", "minutes_for_id")),
        *(sa.column(one) for one in ("held_on", "version", "attendance_version", "guests", "minutes")),
        *(sa.column(one) for one in ("minutes_version", "link", "reminded_until")),
        *(sa.column(one, columns.Instant()) for one in ("minutes_changed_at", "changed_at")),
        sa.column("attendance", sa.JSON()),
    )
    row = connection.execute(sa.select(meeting).where(meeting.c.event_id == event_id)).one_or_none()
    if row is None or not (row.attendance or row.guests or row.minutes):
        return
    written = {**row._mapping, "held_on": at(row.minutes_changed_at or row.changed_at), "link": ""}
    connection.execute(meeting.insert().values({**written, "reminded_until": None}))
    left = {"attendance": [], "guests": 0, "minutes": "", "minutes_version": 0, "attendance_version": 0}
    blank = {"minutes_changed_at": None, "minutes_by_id": None, "minutes_for_id": None}
    here = meeting.c.event_id == event_id, meeting.c.held_on == ""
    connection.execute(sa.update(meeting).where(*here).values({**left, **blank}))
