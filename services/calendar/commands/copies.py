"""Copies of what the registry owns: each message brings all facts, and a stale one is ignored."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.checking import check_event
from services.calendar.commands.laying import STANDING, drop_claims, lay_claims
from services.calendar.models import Claim, Event, Organisation, Resource, Venue
from shared import clock
from shared.copies import Kind, Values
from shared.messages.registry import OrganisationFacts, ResourceFacts, VenueFacts

MATTERS_OF_A_VENUE = (
    "capacity", "one_at_a_time", "set_up_minutes", "clear_up_minutes", "ancestor_ids", "latitude", "longitude",
)  # fmt: skip
"""A change of any of these changes what events at the venue claim, or what they meet."""


def organisation_row(message: OrganisationFacts) -> Values:
    """Copy an organisation."""
    return {
        "id": message.id, "version": message.version, "name": message.name, "kind": message.kind, "url": message.url
    }  # fmt: skip


def venue_row(message: VenueFacts) -> Values:
    """Copy a venue."""
    row = message.model_dump(
        include={
            "id", "version", "name", "organisation_id", "capacity", "one_at_a_time", "set_up_minutes",
            "clear_up_minutes", "inside_venue_id", "address", "latitude", "longitude", "url", "opening_hours",
            "step_free", "needs_approval",
        }
    )  # fmt: skip
    return {**row, "ancestor_ids": list(message.ancestor_ids), "equipment": list(message.equipment)}


def resource_row(message: ResourceFacts) -> Values:
    """Copy a resource."""
    return message.model_dump(include={"id", "version", "name", "organisation_id", "quantity", "needs_approval", "url"})


ORGANISATIONS = Kind(Organisation, organisation_row)
VENUES = Kind(Venue, venue_row)
RESOURCES = Kind(Resource, resource_row)


def copy_venue(session: Session, message: VenueFacts) -> None:
    """Keep the copy of a venue; what it changes for the events there is laid out and checked again."""
    before = session.get(Venue, message.id, with_for_update={"key_share": True})
    if VENUES.keep(session, message) and before and _differs(before, venue_row(message), MATTERS_OF_A_VENUE):
        session.refresh(before)
        _claim_again(session, message.id)
        _check_again(session, "venue", message.id)


def copy_resource(session: Session, message: ResourceFacts) -> None:
    """Keep the copy of a resource; another quantity may suffice no more, or again."""
    before = session.get(Resource, message.id, with_for_update={"key_share": True})
    if RESOURCES.keep(session, message) and before and _differs(before, resource_row(message), ("quantity",)):
        session.refresh(before)
        _check_again(session, "resource", message.id)


def _differs(before: Venue | Resource, row: Values, names: Iterable[str]) -> bool:
    return any(getattr(before, name) != row[name] for name in names)


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
