"""One date of a meeting: which one is meant, when it is, and the ones before and after it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from services.calendar.domain.held import ALL, address_of, name_of, query_of
from services.calendar.models import AgendaItem, Decision, Event, Meeting, MinutesVersion, Occurrence, Task
from services.calendar.queries.satisfaction import repeats
from shared import clock
from shared.problems import NotFound

WRITTEN = (Meeting, AgendaItem, Decision, Task, MinutesVersion)
"""Where something is written of one date of a meeting."""


@dataclass(frozen=True)
class MeetingAt:
    """Where and on which day a meeting was held at which something was agreed; an instant where it is held once."""

    address: str
    day: date | datetime

    @classmethod
    def of(cls, event: Event, held_on: str) -> Self:
        """Say it of a meeting and the name of one of its dates."""
        return cls(address_of(event.id, held_on), date.fromisoformat(held_on) if held_on else event.starts_at)


@dataclass(frozen=True)
class Held:
    """A meeting at one of its dates; `held_on` names it (`domain.held`), and is empty where it is held once.

    `before` and `after` name the dates of a series next to it that are not cancelled.
    """

    event: Event
    held_on: str
    starts_at: datetime
    ends_at: datetime
    title: str
    cancelled: bool
    before: str | None = None
    after: str | None = None

    @property
    def address(self) -> str:
        """Give the path of its page."""
        return address_of(self.event.id, self.held_on)

    @property
    def query(self) -> str:
        """Give what chooses this date in other addresses of the meeting."""
        return query_of(self.held_on)

    @property
    def day(self) -> str:
        """Give the day that its rule gives it, on the meeting's clock, as "2026-12-01"."""
        return self.held_on or name_of(self.starts_at, self.event.zone)

    @property
    def neighbours(self) -> dict[str, MeetingAt]:
        """Give the dates next to this one, `before` and `after`, as far as there are any."""
        named = {"before": self.before, "after": self.after}
        return {which: MeetingAt.of(self.event, name) for which, name in named.items() if name}

    @property
    def minutes_long(self) -> int:
        """Say how long it is, in minutes."""
        return round((self.ends_at - self.starts_at).total_seconds() / 60)


def held(session: Session, event: Event, held_on: str | None = None) -> Held:
    """Give the date of a meeting that is named; where none is, that which goes on or comes next, else the last one.

    Raises `NotFound` where the meeting has no such date and nothing is written of one.
    """
    if not repeats(event):
        if held_on and not _is_written(session, event.id, held_on):
            raise NotFound
        return Held(event, held_on or ALL, event.starts_at, event.ends_at, event.title, event.status == "cancelled")
    row = _named(session, event, held_on) if held_on else _current(session, event)
    if row is not None:
        return _of_row(session, event, row)
    if held_on and not _is_written(session, event.id, held_on):
        raise NotFound
    starts_at = _at_that_hour(event, held_on) if held_on else event.starts_at
    day = held_on or name_of(event.starts_at, event.zone)
    return Held(event, day, starts_at, starts_at + (event.ends_at - event.starts_at), event.title, cancelled=True)


def names_written(session: Session, event_id: str) -> list[str]:
    """Name the dates of a meeting of which something is written, the earliest first; `ALL` is one of them."""
    names = [select(one.held_on).where(one.event_id == event_id) for one in WRITTEN]
    return sorted(session.scalars(union(*names)))


def _named(session: Session, event: Event, held_on: str) -> Occurrence | None:
    begins = datetime.combine(date.fromisoformat(held_on), datetime.min.time(), ZoneInfo(event.zone)).timestamp()
    near = Occurrence.recurrence.between(int(begins), int(begins) + 90_000)  # a day has 25 hours at most
    rows = session.scalars(
        select(Occurrence).where(Occurrence.event_id == event.id, near).order_by(Occurrence.recurrence)
    )
    return next((row for row in rows if name_of(row.recurrence, event.zone) == held_on), None)


def _current(session: Session, event: Event) -> Occurrence | None:
    standing = select(Occurrence).where(Occurrence.event_id == event.id, Occurrence.cancelled.is_(False))
    ahead = standing.where(Occurrence.end > int(clock.now().timestamp())).order_by(Occurrence.start)
    return (
        session.scalars(ahead.limit(1)).first()
        or session.scalars(standing.order_by(Occurrence.start.desc()).limit(1)).first()
    )


def _of_row(session: Session, event: Event, row: Occurrence) -> Held:
    others = select(Occurrence.recurrence).where(Occurrence.event_id == event.id, Occurrence.cancelled.is_(False))
    before = session.scalar(
        others.where(Occurrence.recurrence < row.recurrence).order_by(Occurrence.recurrence.desc()).limit(1)
    )
    after = session.scalar(
        others.where(Occurrence.recurrence > row.recurrence).order_by(Occurrence.recurrence).limit(1)
    )
    return Held(
        event=event,
        held_on=name_of(row.recurrence, event.zone),
        starts_at=datetime.fromtimestamp(row.start, UTC),
        ends_at=datetime.fromtimestamp(row.end, UTC),
        title=row.title or event.title,
        cancelled=row.cancelled or event.status == "cancelled",
        before=None if before is None else name_of(before, event.zone),
        after=None if after is None else name_of(after, event.zone),
    )


def _at_that_hour(event: Event, held_on: str) -> datetime:
    """Give when a date would begin that the series has no more: what was written of it stays to be read."""
    zone = ZoneInfo(event.zone)
    return datetime.combine(date.fromisoformat(held_on), event.starts_at.astimezone(zone).time(), zone)


def _is_written(session: Session, event_id: str, held_on: str) -> bool:
    return held_on in names_written(session, event_id)
