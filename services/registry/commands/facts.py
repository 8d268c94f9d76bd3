"""Rows told as messages: the public facts of each thing, with the address where people may look."""

from datetime import date
from typing import TypeVar

from services.registry.models import (
    Initiative,
    InitiativeSuggestion,
    Need,
    Organisation,
    Problem,
    Resource,
    SigningKey,
    Venue,
)
from shared.auth import public_part
from shared.messages import registry as messages
from shared.messages.base import Reason

O = TypeVar("O", bound=messages.OrganisationFacts)  # noqa: E741
I = TypeVar("I", bound=messages.InitiativeFacts)  # noqa: E741
V = TypeVar("V", bound=messages.VenueFacts)
R = TypeVar("R", bound=messages.ResourceFacts)


def organisation_facts(message: type[O], row: Organisation) -> O:
    """Tell of an organisation."""
    return message(
        id=row.id,
        version=row.version,
        name=row.name,
        kind=row.kind,
        description=row.description,
        address=row.address,
        latitude=row.latitude,
        longitude=row.longitude,
        audiences=tuple(row.audiences),
        themes=tuple(row.themes),
        url=organisation_address(row.id),
    )


def venue_facts(message: type[V], row: Venue) -> V:
    """Tell of a venue and of what it lies in."""
    return message(
        id=row.id,
        version=row.version,
        name=row.name,
        organisation_id=row.organisation_id,
        capacity=row.capacity,
        one_at_a_time=row.one_at_a_time,
        set_up_minutes=row.set_up_minutes,
        clear_up_minutes=row.clear_up_minutes,
        opening_hours=row.opening_hours,
        equipment=tuple(row.equipment),
        step_free=row.step_free,
        needs_approval=row.needs_approval,
        inside_venue_id=row.inside_venue_id,
        ancestor_ids=tuple(row.ancestor_ids),
        address=row.address,
        latitude=row.latitude,
        longitude=row.longitude,
        url=f"{organisation_address(row.organisation_id)}#venue-{row.id}",
    )


def resource_facts(message: type[R], row: Resource) -> R:
    """Tell of a resource that is not a venue."""
    return message(
        id=row.id,
        version=row.version,
        name=row.name,
        kind=row.kind,
        organisation_id=row.organisation_id,
        quantity=row.quantity,
        needs_approval=row.needs_approval,
        description=row.description,
        latitude=row.latitude,
        longitude=row.longitude,
        url=f"{organisation_address(row.organisation_id)}#resource-{row.id}",
    )


def need_stated(row: Need) -> messages.NeedStated:
    """Tell of a need."""
    return messages.NeedStated(
        id=row.id,
        version=row.version,
        title=row.title,
        organisation_id=row.organisation_id,
        kind=row.kind,
        quantity=row.quantity,
        until_on=row.until_on,
        url=f"{organisation_address(row.organisation_id)}#need-{row.id}",
    )


def problem_named(row: Problem) -> messages.ProblemNamed:
    """Tell of a problem; its supports must have been read."""
    return messages.ProblemNamed(
        id=row.id,
        version=row.version,
        title=row.title,
        description=row.description,
        latitude=row.latitude,
        longitude=row.longitude,
        url=f"/registry/problems/{row.id}",
        address=row.address,
        status=row.status,
        audiences=tuple(row.audiences),
        themes=tuple(row.themes),
        supporter_ids=tuple(row.supporter_ids),
    )


def initiative_facts(message: type[I], row: Initiative) -> I:
    """Tell of a coalition; its members and problems must have been read. Its money is not told."""
    deadline = (row.application or {}).get("deadline_on")
    return message(
        id=row.id,
        version=row.version,
        title=row.title,
        goal=row.goal,
        organisation_ids=tuple(row.organisation_ids),
        problem_ids=tuple(row.problem_ids),
        url=f"/registry/initiatives/{row.id}",
        members=tuple(
            messages.InitiativeMemberFacts(organisation_id=one.organisation_id, role=one.role)
            for one in sorted(row.members, key=lambda one: one.organisation_id)
        ),
        event_ids=tuple(row.event_ids),
        application_deadline_on=date.fromisoformat(deadline) if deadline else None,
    )


def initiative_suggested(row: InitiativeSuggestion) -> messages.InitiativeSuggested:
    """Tell that organisations could form a coalition."""
    return messages.InitiativeSuggested(
        id=row.id,
        version=row.version,
        title=row.title,
        organisation_ids=tuple(row.organisation_ids),
        problem_id=row.problem_id,
        reasons=tuple(Reason(**one) for one in row.reasons),
        suggested_at=row.created_at,
        url=f"/registry/initiatives#suggestion-{row.id}",
    )


def key_published(row: SigningKey) -> messages.KeyPublished:
    """Tell the public part of a signing key."""
    return messages.KeyPublished(
        id=row.id,
        version=1,
        public_key=public_part(row.private_jwk),
        not_before_at=row.not_before_at,
        expires_at=row.expires_at,
    )


def organisation_address(organisation_id: str) -> str:
    """Name the page of an organisation."""
    return f"/registry/organisations/{organisation_id}"
