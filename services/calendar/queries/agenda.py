"""What is on: the dates of events as somebody may see them, with the names that a reader needs, in a few queries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from services.calendar.domain.claims import Dated
from services.calendar.domain.dates import seconds
from services.calendar.models import Event, Occurrence, Organisation, Venue
from services.calendar.queries import beyond
from services.calendar.queries.beyond import series_beyond
from services.calendar.queries.events import Filter, clauses_of, organisation_names

MOST_DATES = 500
MOST_BEYOND = 100
"""Past the horizon at most so many dates of each series are given."""
_SHOWN: tuple[Any, ...] = (
    Event.id,
    Event.title.label("event_title"),
    Event.kind,
    Event.zone,
    Event.all_day,
    Event.status,
    Event.rrule,
    Event.rdates,
    Event.venue_id,
    Venue.name.label("venue_name"),
    Event.host_ids,
    Event.audiences,
)
"""Whole events take three times as long to read."""


@dataclass(frozen=True)
class AgendaItem:
    """One date of one event, in words' reach: local times, names beside ids."""

    event_id: str
    recurrence: int
    title: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    all_day: bool
    status: str
    cancelled: bool
    repeats: bool
    venue_id: str | None
    venue_name: str | None
    hosts: tuple[tuple[str, str], ...]
    """Pairs of organisation id and name; the name is empty where the copy has not arrived."""
    audiences: tuple[str, ...]


def agenda(
    session: Session, from_at: datetime, until_at: datetime, wanted: Filter | None = None, most: int = MOST_DATES
) -> list[AgendaItem]:
    """List the first `most` dates in a half-open time, the earliest first; what is cancelled is among them, marked."""
    start, end = seconds(from_at), seconds(until_at)
    clauses = clauses_of(wanted or Filter())
    laid = (
        select(Occurrence, *_SHOWN)
        .join(Event, Event.id == Occurrence.event_id)
        .outerjoin(Venue, Venue.id == Event.venue_id)
        .where(*clauses, Occurrence.start < end, Occurrence.end > start)
        .order_by(Occurrence.start, Occurrence.event_id)
        .limit(most)
    )
    found: list[tuple[Dated, Any]] = [(_dated(row.Occurrence), row) for row in session.execute(laid)]
    found += _beyond(session, from_at, until_at, clauses)
    found = sorted(found, key=lambda pair: (pair[0].start, pair[1].id))[:most]
    names = organisation_names(session, {host for _, its in found for host in its.host_ids})
    return [_item(one, its, names) for one, its in found]


def dates_beyond(
    session: Session, from_at: datetime, until_at: datetime, clauses: Sequence[ColumnElement[bool]]
) -> Iterator[tuple[Dated, Event]]:
    """Give the dates of endless series that are not laid out yet, where a time reaches past the horizon."""
    for event in series_beyond(session, until_at, *clauses):
        for one in beyond.dates_beyond(event, from_at, until_at, MOST_BEYOND):
            yield one, event


def _beyond(
    session: Session, from_at: datetime, until_at: datetime, clauses: Sequence[ColumnElement[bool]]
) -> list[tuple[Dated, Any]]:
    unlaid = [(one, event.id) for one, event in dates_beyond(session, from_at, until_at, clauses)]
    if not unlaid:
        return []
    statement = select(*_SHOWN).outerjoin(Venue, Venue.id == Event.venue_id)
    rows = session.execute(statement.where(Event.id.in_(sorted({event_id for _, event_id in unlaid}))))
    by_id = {row.id: row for row in rows}
    return [(one, by_id[event_id]) for one, event_id in unlaid]


def _dated(row: Occurrence) -> Dated:
    return Dated(row.recurrence, row.start, row.end, row.title, row.cancelled)


def _item(one: Dated, its: Any, names: dict[str, str]) -> AgendaItem:
    zone = ZoneInfo(its.zone)
    return AgendaItem(
        event_id=its.id,
        recurrence=one.recurrence,
        title=one.title or its.event_title,
        kind=its.kind,
        starts_at=datetime.fromtimestamp(one.start, UTC).astimezone(zone),
        ends_at=datetime.fromtimestamp(one.end, UTC).astimezone(zone),
        zone=its.zone,
        all_day=its.all_day,
        status=its.status,
        cancelled=one.cancelled or its.status == "cancelled",
        repeats=bool(its.rrule or its.rdates),
        venue_id=its.venue_id,
        venue_name=its.venue_name,
        hosts=tuple((host, names.get(host, "")) for host in its.host_ids),
        audiences=tuple(its.audiences),
    )


def offered(session: Session) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Give the organisations and the venues that a filter can name, as pairs of id and name."""
    listed = select(Organisation.id, Organisation.name).where(Organisation.merged_into_id.is_(None))
    organisations = session.execute(listed.order_by(Organisation.name))
    venues = session.execute(select(Venue.id, Venue.name).order_by(Venue.name))
    return [(row.id, row.name) for row in organisations], [(row.id, row.name) for row in venues]
