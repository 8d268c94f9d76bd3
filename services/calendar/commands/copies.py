"""Copies of what the registry owns: each message brings all facts, and a stale one is ignored."""

from typing import Any

from sqlalchemy.orm import Session

from services.calendar.commands.rechecking import see_change
from services.calendar.commands.requests import pass_on_requests
from services.calendar.models import Organisation, Problem, Resource, Venue
from shared.copies import Kind, Values
from shared.messages import Message
from shared.messages.registry import OrganisationFacts, ProblemNamed, ResourceFacts, VenueFacts


def organisation_row(message: OrganisationFacts) -> Values:
    """Copy an organisation."""
    return message.model_dump(include={"id", "version", "name", "kind", "url", "merged_into_id"})


def venue_row(message: VenueFacts) -> Values:
    """Copy a venue."""
    row = message.model_dump(
        include={
            "id", "version", "name", "organisation_id", "capacity", "one_at_a_time", "set_up_minutes",
            "clear_up_minutes", "inside_venue_id", "address", "latitude", "longitude", "url", "opening_hours",
            "step_free", "needs_approval", "status",
        }
    )  # fmt: skip
    return {**row, "ancestor_ids": list(message.ancestor_ids), "equipment": list(message.equipment)}


def resource_row(message: ResourceFacts) -> Values:
    """Copy a resource."""
    return message.model_dump(
        include={"id", "version", "name", "organisation_id", "quantity", "needs_approval", "status", "url"}
    )


def problem_row(message: ProblemNamed) -> Values:
    """Copy a problem."""
    return message.model_dump(include={"id", "version", "status"}) | {"title": message.title[:300]}


ORGANISATIONS = Kind(Organisation, organisation_row)
VENUES = Kind(Venue, venue_row)
RESOURCES = Kind(Resource, resource_row)
PROBLEMS = Kind(Problem, problem_row)


def copy_organisation(session: Session, message: OrganisationFacts) -> None:
    """Keep the copy of an organisation; a school's venues have school holidays."""
    _keep(session, ORGANISATIONS, message)


def copy_venue(session: Session, message: VenueFacts) -> None:
    """Keep the copy of a venue; what it changes for the events there is laid out and checked again.

    A new owner answers what waits.
    """
    _keep(session, VENUES, message)
    pass_on_requests(session, "venue", message.id, message.organisation_id)


def copy_resource(session: Session, message: ResourceFacts) -> None:
    """Keep the copy of a resource; another quantity may suffice no more, or again."""
    _keep(session, RESOURCES, message)
    pass_on_requests(session, "resource", message.id, message.organisation_id)


def _keep(session: Session, kind: Kind[Any], message: Message) -> None:
    if kind.keep(session, message):
        see_change(session, session.get_one(kind.head, message.id, populate_existing=True))
