"""Whom an event or a conflict concerns beside its hosts: whose things are taken, and who is invited."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar.models import Conflict, Event, Invitation, Resource, Venue
from shared.identifiers import is_id


def owners_of_event(session: Session, event: Event) -> tuple[str, ...]:
    """Give whose venue and resources an event takes, without its hosts."""
    venue = session.get(Venue, event.venue_id) if event.venue_id else None
    borrowed = [session.get(Resource, one["resource_id"]) for one in event.borrowed or ()]
    return _but([one.organisation_id for one in (venue, *borrowed) if one is not None], event.host_ids)


def owners_of_conflict(session: Session, row: Conflict, host_ids: Iterable[str]) -> tuple[str, ...]:
    """Give whose venue or resource a conflict is about, without the hosts of its events."""
    if row.kind not in ("venue", "resource") or not is_id(row.key):
        return ()
    thing = session.get(Venue, row.key) if row.kind == "venue" else session.get(Resource, row.key)
    return _but([thing.organisation_id] if thing is not None else [], host_ids)


def invited_to(session: Session, event: Event) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the organisations and the people that are invited to a meeting; guests are known here alone."""
    if event.kind != "meeting":
        return (), ()
    wanted = select(Invitation.organisation_id, Invitation.person_id).where(Invitation.event_id == event.id)
    rows = session.execute(wanted.order_by(Invitation.id)).all()
    organisations = _but([one.organisation_id for one in rows if one.organisation_id], event.host_ids)
    return organisations, tuple(dict.fromkeys(one.person_id for one in rows if one.person_id))


def _but(organisation_ids: Iterable[str], host_ids: Iterable[str]) -> tuple[str, ...]:
    hosts = set(host_ids)
    return tuple(one for one in dict.fromkeys(organisation_ids) if one not in hosts)
