"""Feeds: the events of a filter, as they are exported."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from services.calendar.domain.exporting import ExportedEvent
from services.calendar.models import Event, Venue
from services.calendar.queries.events import Filter, clauses_of
from services.calendar.queries.plans import instants_of, override_of
from services.calendar.queries.visibility import visible_to
from shared.people import Person
from shared.problems import NotFound


def exported(session: Session, wanted: Filter, address: str) -> list[ExportedEvent]:
    """Give every event of the filter, cancelled ones too: a calendar program must learn that they are off."""
    statement = _rows().where(*clauses_of(wanted)).order_by(Event.starts_at, Event.id)
    rows = session.execute(statement).all()
    uids = _related_uids(session, rows)
    return [part for row in rows for part in _parts(row, address, uids)]


def exported_event(session: Session, event_id: str, address: str, seen_by: Person | None = None) -> list[ExportedEvent]:
    """Give one event, and after one that was joined the joint event.

    Raises `NotFound`, also where it is not to be seen.
    """
    row = session.execute(_rows().where(Event.id == event_id, visible_to(seen_by))).first()
    if row is None:
        raise NotFound
    parts = list(_parts(row, address, _related_uids(session, [row])))
    return [*parts, *exported_event(session, row.joined_into_id, address, seen_by)] if row.joined_into_id else parts


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


def _related_uids(session: Session, rows: Iterable[Row[Any]]) -> dict[str, str]:
    """Give the UIDs of the events that these name, by id."""
    ids = {one for row in rows for one in _related(row)}
    return dict(session.execute(select(Event.id, Event.uid).where(Event.id.in_(ids))).all()) if ids else {}


def _related(row: Row[Any]) -> list[str]:
    return [*row.related_ids, row.joined_into_id] if row.joined_into_id else row.related_ids


def _parts(row: Row[Any], address: str, uids: Mapping[str, str]) -> Iterator[ExportedEvent]:
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
        related_uids=tuple(uids[one] for one in _related(row) if one in uids),
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
