"""Feeds: the events of a filter, as they are exported."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar.domain.exporting import ExportedEvent
from services.calendar.models import Event, Venue
from services.calendar.queries.events import Filter, clauses_of, event
from services.calendar.queries.plans import plan_of


def exported(session: Session, wanted: Filter, address: str) -> list[ExportedEvent]:
    """Give every event of the filter, cancelled ones too: a calendar program must learn that they are off."""
    statement = (
        select(Event, Venue)
        .outerjoin(Venue, Venue.id == Event.venue_id)
        .where(*clauses_of(wanted))
        .order_by(Event.starts_at, Event.id)
    )
    return [part for one, venue in session.execute(statement) for part in _parts(one, venue, address)]


def exported_event(session: Session, event_id: str, address: str) -> list[ExportedEvent]:
    """Give one event; raises `NotFound`."""
    one = event(session, event_id)
    return list(_parts(one, session.get(Venue, one.venue_id) if one.venue_id else None, address))


def _parts(stored: Event, venue: Venue | None, address: str) -> Iterator[ExportedEvent]:
    """Give an event, then each of its dates that differs from its rule (RFC 5545 §3.8.4.4)."""
    plan = plan_of(stored)
    whole = ExportedEvent(
        uid=stored.uid,
        title=plan.title,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        zone=plan.zone,
        changed_at=stored.changed_at,
        all_day=plan.all_day,
        description=plan.description,
        rrule=plan.rrule,
        rdates=plan.rdates,
        exdates=plan.exdates,
        location=", ".join(part for part in (venue.name, venue.address) if part) if venue else "",
        latitude=plan.latitude if plan.latitude is not None or venue is None else venue.latitude,
        longitude=plan.longitude if plan.longitude is not None or venue is None else venue.longitude,
        status=plan.status,
        categories=plan.themes,
        url=f"{address}/calendar/events/{stored.id}",
        sequence=plan.sequence,
    )
    yield whole
    for one in plan.overrides:
        yield replace(
            whole,
            recurrence_at=one.recurrence_at,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            title=one.title or plan.title,
            status="cancelled" if one.cancelled else plan.status,
            rrule=None,
            rdates=(),
            exdates=(),
        )
