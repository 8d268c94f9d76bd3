"""Feeds: the events of a filter, as they are exported."""

import hashlib
import json
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, String, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from services.calendar.domain.exporting import ExportedEvent, ZoneYears
from services.calendar.domain.syndication import MOST_ENTRIES, Entry
from services.calendar.models import Event, Inbox, Meeting, Occurrence, Venue
from services.calendar.queries.agendas import Agendas, agendas_of, with_agendas, with_dates
from services.calendar.queries.events import Filter, clauses_of
from services.calendar.queries.plans import instants_of, override_of
from services.calendar.queries.visibility import visible_to
from shared.people import Person
from shared.problems import NotFound

EVENTS_A_PIECE = 500
LATEST = 300
"""More than one unit of work changes: what is committed late, behind others, is among these all the same."""


@dataclass(frozen=True)
class Mark:
    """What says whether anything that a feed shows has changed: a tag, and since when nothing can have.

    Copies of venues have no date: one came with a message at the latest.
    """

    tag: str
    changed_at: datetime | None


def change_mark(session: Session) -> Mark:
    """Read the mark off the index of what changed last; another one after each change of event, agenda or venue."""
    latest = select(Event.id, Event.version, Event.changed_at).order_by(Event.changed_at.desc(), Event.id).limit(LATEST)
    events = session.execute(latest).all()
    venues = session.execute(select(func.count(), func.sum(Venue.version)).select_from(Venue)).one()
    meetings = session.execute(select(func.count(), func.sum(Meeting.version), func.max(Meeting.changed_at))).one()
    text = json.dumps([[row.id, row.version] for row in events] + [list(venues), list(meetings[:2])], default=str)
    tag = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
    heard_at = session.scalar(select(func.max(Inbox.received_at)))
    instants = (heard_at, meetings[2], events[0].changed_at if events else None)
    return Mark(tag, max(filter(None, instants), default=None))


def exported_zones(session: Session, wanted: Filter) -> list[ZoneYears]:
    """Give the zones of a feed with the years in which they are used, without reading its events."""
    shown = (*_shown(wanted), Event.all_day.is_(False), Event.floating.is_(False), Event.zone != "UTC")
    years = select(Event.zone, func.min(Event.starts_at), func.max(Event.starts_at)).where(*shown).group_by(Event.zone)
    found = {zone: (first.year, last.year) for zone, first, last in session.execute(years)}
    odd = or_(cast(Event.rdates, String) != "[]", cast(Event.overrides, String) != "[]")
    for zone, rdates, overrides in session.execute(
        select(Event.zone, Event.rdates, Event.overrides).where(*shown, odd)
    ):
        named = [
            int(text[:4])
            for text in (*rdates, *(one[at] for one in overrides for at in ("recurrence_at", "starts_at")))
        ]
        first, last = found.get(zone, (named[0], named[0]))
        found[zone] = min(first, *named), max(last, *named)
    return [(zone, first, last) for zone, (first, last) in found.items()]


class Shown(NamedTuple):
    """An event of a feed, with all that its text there follows from: for the same `Shown` the text is the same."""

    id: str
    version: int
    venue_version: int | None
    related_uids: tuple[str, ...]
    meeting_version: int | None
    """Of what is written about a meeting, its agenda among it."""


class Piece(NamedTuple):
    """Some events of a feed in their order, those of them that were asked for, and after which the next one begins."""

    shown: list[Shown]
    exported: dict[Shown, list[ExportedEvent]]
    after_id: str
    """Empty when this is the last piece."""


def exported(session: Session, wanted: Filter, address: str, known: Container[Shown] = (), after_id: str = "") -> Piece:
    """Give a piece of a feed; what is `known` is not read.

    Cancelled events are among them: a calendar program must learn that they are off. By id, each comes exactly once.
    """
    columns: tuple[Any, ...] = (
        Event.id,
        Event.version,
        Event.related_ids,
        Event.joined_into_id,
        Venue.version.label("venue_version"),
        select(func.sum(Meeting.version))
        .where(Meeting.event_id == Event.id)
        .scalar_subquery()
        .label("meeting_version"),
    )
    its = select(*columns).outerjoin(Venue, Venue.id == Event.venue_id).where(*_shown(wanted))
    its = its.where(Event.id > after_id) if after_id else its
    rows = session.execute(its.order_by(Event.id).limit(EVENTS_A_PIECE)).all()
    uids = _related_uids(session, rows, wanted.seen_by)
    shown = [Shown(row.id, row.version, row.venue_version, _named(row, uids), row.meeting_version) for row in rows]
    new = {one.id: one for one in shown if one not in known}
    # filtered once more: what is hidden between the two questions stays hidden
    found = session.execute(_rows().where(Event.id.in_(new), visible_to(wanted.seen_by))).all() if new else ()
    agendas = agendas_of(session, new)
    parts = {
        new[row.id]: _told(session, row, list(_parts(row, address, new[row.id].related_uids)), agendas) for row in found
    }
    return Piece(shown, parts, rows[-1].id if len(rows) == EVENTS_A_PIECE else "")


def exported_event(session: Session, event_id: str, address: str, seen_by: Person | None = None) -> list[ExportedEvent]:
    """Give one event, and after one that was joined the joint event, where that is to be seen too.

    Raises `NotFound`, also where it is not to be seen.
    """
    row = session.execute(_rows().where(Event.id == event_id, visible_to(seen_by))).first()
    if row is None:
        raise NotFound
    uids = _related_uids(session, [row], seen_by)
    parts = _told(session, row, list(_parts(row, address, _named(row, uids))), agendas_of(session, [event_id]))
    if row.joined_into_id not in uids:
        return parts
    return [*parts, *exported_event(session, row.joined_into_id, address, seen_by)]


def parts_for_the_invited(
    session: Session, event_id: str, address: str, *, with_agenda: bool = False
) -> list[ExportedEvent]:
    """Give one event to those who are invited to it, whoever else may see it. Raises `NotFound`."""
    row = session.execute(_rows().where(Event.id == event_id)).first()
    if row is None:
        raise NotFound
    parts = list(_parts(row, address, ()))
    return _told(session, row, parts, agendas_of(session, [event_id])) if with_agenda else parts


def entries(session: Session, wanted: Filter, address: str, now: datetime) -> list[Entry]:
    """Give what a feed reader shows: of the events that are not over, those that changed last."""
    ahead = Occurrence.event_id == Event.id, Occurrence.end > int(now.timestamp()), Occurrence.cancelled.is_(False)
    start, end = (
        select(column).where(*ahead).order_by(Occurrence.start).limit(1).scalar_subquery()
        for column in (Occurrence.start, Occurrence.end)
    )
    statement = (
        _rows()
        .add_columns(Event.kind, Event.created_at, start.label("next_start"), end.label("next_end"))
        .where(*_shown(wanted), Event.until_at.is_(None) | (Event.until_at > now))
        .order_by(Event.changed_at.desc(), Event.id)
        .limit(MOST_ENTRIES)
    )
    return [_entry(row, address) for row in session.execute(statement)]


def _entry(row: Row[Any], address: str) -> Entry:
    zone = ZoneInfo(row.zone)
    starts_at, ends_at = row.starts_at.astimezone(zone), row.ends_at.astimezone(zone)
    if row.next_start:
        starts_at, ends_at = (datetime.fromtimestamp(at, zone) for at in (row.next_start, row.next_end))
    return Entry(
        id=row.id,
        url=f"{address}/calendar/events/{row.id}",
        title=row.title,
        text=row.description,
        place=", ".join(part for part in (row.venue, row.address) if part),
        starts_at=starts_at,
        ends_at=ends_at,
        zone=row.zone,
        all_day=row.all_day,
        rrule=row.rrule,
        kind=row.kind,
        status=row.status,
        themes=tuple(row.themes),
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def _shown(wanted: Filter) -> list[ColumnElement[bool]]:
    """Say which events of a filter a feed has."""
    clauses = clauses_of(wanted)
    dated = [Occurrence.event_id == Event.id]
    if wanted.from_at is not None:
        dated.append(Occurrence.end > int(wanted.from_at.timestamp()))
    if wanted.until_at is not None:
        dated.append(Occurrence.start < int(wanted.until_at.timestamp()))
    if len(dated) == 1:
        return clauses
    goes_on: list[ColumnElement[bool]] = [
        Event.until_at.is_(None)
    ]  # past the rows, too: a calendar program works its dates out by itself
    if wanted.until_at is not None:
        goes_on.append(Event.laid_until_at < wanted.until_at)
    return [*clauses, or_(exists().where(*dated), and_(*goes_on))]


def _rows() -> Select[*tuple[Any, ...]]:
    """Choose only what a feed shows: reading whole events takes three times as long."""
    return select(
        Event.id,
        Event.uid,
        Event.title,
        Event.description,
        Event.starts_at,
        Event.ends_at,
        Event.zone,
        Event.all_day,
        Event.floating,
        Event.rrule,
        Event.rdates,
        Event.exdates,
        Event.overrides,
        Event.latitude,
        Event.longitude,
        Event.status,
        Event.themes,
        Event.sequence,
        Event.changed_at,
        Event.joined_into_id,
        Event.related_ids,
        Venue.name.label("venue"),
        Venue.address,
        Venue.latitude.label("venue_latitude"),
        Venue.longitude.label("venue_longitude"),
    ).outerjoin(Venue, Venue.id == Event.venue_id)


def _related_uids(session: Session, rows: Iterable[Row[Any]], seen_by: Person | None) -> dict[str, str]:
    """Give the UIDs of the events that these name, by id; of those alone that are to be seen."""
    ids = {one for row in rows for one in _related(row)}
    its = select(Event.id, Event.uid).where(Event.id.in_(ids), visible_to(seen_by))
    return dict(session.execute(its).all()) if ids else {}


def _related(row: Row[Any]) -> list[str]:
    return [*row.related_ids, row.joined_into_id] if row.joined_into_id else row.related_ids


def _named(row: Row[Any], uids: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(uids[one] for one in _related(row) if one in uids)


def _told(
    session: Session, row: Row[Any], parts: list[ExportedEvent], agendas: Mapping[str, Agendas]
) -> list[ExportedEvent]:
    """Add the agendas of a meeting to what is told of it; an event has none."""
    its = agendas.get(row.id)
    return with_agendas(parts, with_dates(session, row.id, its, row.zone)) if its else parts


def _parts(row: Row[Any], address: str, related_uids: tuple[str, ...]) -> Iterator[ExportedEvent]:
    """Give an event, then each of its dates that differs from its rule (RFC 5545 §3.8.4.4)."""
    zone = ZoneInfo(row.zone)
    has_point = row.latitude is not None
    whole = ExportedEvent(
        uid=row.uid,
        title=row.title,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        zone=row.zone,
        changed_at=row.changed_at,
        all_day=row.all_day,
        floating=row.floating,
        description=row.description,
        rrule=row.rrule,
        rdates=instants_of(row.rdates, zone),
        exdates=instants_of(row.exdates, zone),
        location=", ".join(part for part in (row.venue, row.address) if part),
        latitude=row.latitude if has_point else row.venue_latitude,
        longitude=row.longitude if has_point else row.venue_longitude,
        status=row.status,
        categories=tuple(row.themes),
        url=f"{address}/calendar/events/{row.id}",
        sequence=row.sequence,
        related_uids=related_uids,
    )
    yield whole
    for one in (override_of(kept, zone) for kept in row.overrides):
        yield replace(
            whole,
            recurrence_at=one.recurrence_at,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            title=one.title or row.title,
            status="cancelled" if one.cancelled else row.status,
            rrule=None,
            rdates=(),
            exdates=(),
        )
