"""Looking at what a plan would wait for: whose agreement it needs, before anybody is asked."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.calendar.domain.approval import Need
from services.calendar.domain.plans import EventPlan
from services.calendar.models import Event, Resource, Venue
from services.calendar.queries.events import organisation_names
from services.calendar.queries.plans import plan_of
from services.calendar.queries.requests import goes_on, needs_of, requests_of


@dataclass(frozen=True)
class Awaited:
    """A venue or resource that is given only by agreement, and the organisation that is asked."""

    thing: str
    owner: str


def awaited(session: Session, plan: EventPlan, event_id: str | None) -> list[Awaited]:
    """List what has no agreement yet; nothing where the hosts themselves call it tentative, which asks for nothing."""
    asked = [row for row in requests_of(session, event_id) if row.state != "withdrawn"] if event_id else []
    if plan.status == "tentative" and not asked:
        return []
    before = plan_of(session.get_one(Event, event_id)) if asked else None
    granted = [row for row in asked if row.state == "accepted"]
    needs = [need for need in needs_of(session, plan) if not any(goes_on(row, need, before, plan) for row in granted)]
    owners = organisation_names(session, {need.owner_id for need in needs})
    return [Awaited(_name_of(session, need), owners.get(need.owner_id, "")) for need in needs]


def _name_of(session: Session, need: Need) -> str:
    if need.kind == "venue":
        return session.get_one(Venue, need.key).name
    return session.get_one(Resource, need.key).name
