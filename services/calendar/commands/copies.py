"""Copies of what the registry owns: each message brings all facts, and a stale one is ignored."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.checking import check_event
from services.calendar.commands.laying import STANDING, drop_claims, lay_claims
from services.calendar.models import Claim, Event, Organisation, Resource, Venue
from shared import clock
from shared.messages.registry import OrganisationFacts, ResourceFacts, VenueFacts

MATTERS_OF_A_VENUE = (
    "capacity", "one_at_a_time", "set_up_minutes", "clear_up_minutes", "ancestor_ids", "latitude", "longitude",
)  # fmt: skip
"""A change of any of these changes what events at the venue claim, or what they meet."""


def copy_organisation(session: Session, message: OrganisationFacts) -> None:
    """Keep the copy of an organisation."""
    facts = {"name": message.name, "kind": message.kind, "url": message.url}
    _copy(session, Organisation, message.id, message.version, facts)


def copy_venue(session: Session, message: VenueFacts) -> None:
    """Keep the copy of a venue; what it changes for the events there is laid out and checked again."""
    facts = message.model_dump(
        include={
            "name", "organisation_id", "capacity", "one_at_a_time", "set_up_minutes", "clear_up_minutes",
            "inside_venue_id", "address", "latitude", "longitude", "url",
        }
    )  # fmt: skip
    facts["ancestor_ids"] = list(message.ancestor_ids)
    changed = _copy(session, Venue, message.id, message.version, facts)
    if changed & set(MATTERS_OF_A_VENUE):
        _claim_again(session, message.id)
        _check_again(session, "venue", message.id)


def copy_resource(session: Session, message: ResourceFacts) -> None:
    """Keep the copy of a resource; another quantity may suffice no more, or again."""
    facts = {
        "name": message.name,
        "organisation_id": message.organisation_id,
        "quantity": message.quantity,
        "url": message.url,
    }
    if "quantity" in _copy(session, Resource, message.id, message.version, facts):
        _check_again(session, "resource", message.id)


def _copy(session: Session, model: Any, row_id: str, version: int, facts: dict[str, Any]) -> set[str]:
    """Write a copy unless what stands is as new; give the names of what changed, none for a new row."""
    row = session.get(model, row_id, with_for_update={"key_share": True})
    if row is None:
        session.add(model(id=row_id, version=version, **facts))
        session.flush()
        return set()
    if row.version >= version:
        return set()
    changed = {name for name, value in facts.items() if getattr(row, name) != value}
    for name, value in facts.items():
        setattr(row, name, value)
    row.version = version
    session.flush()
    return changed


def _claim_again(session: Session, venue_id: str) -> None:
    """Lay the claims of the events at a venue again: it has other buffers, or lies in another venue now."""
    now = clock.now()
    for event in session.scalars(select(Event).where(Event.venue_id == venue_id, Event.status.in_(STANDING))):
        subject = queries.subject_of_event(session, event, now)
        drop_claims(session, event.id)
        lay_claims(session, subject.party, subject.site, subject.dates)


def _check_again(session: Session, kind: str, key: str) -> None:
    """Check every event that claims this thing."""
    statement = select(Claim.event_id).where(Claim.kind == kind, Claim.key == key).distinct()
    for event_id in list(session.scalars(statement)):
        check_event(session, event_id)
