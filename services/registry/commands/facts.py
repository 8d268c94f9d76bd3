"""Rows told as messages: the public facts of each thing, with the address where people may look."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import object_session

from services.registry.models import (
    Initiative,
    InitiativeSuggestion,
    Need,
    Organisation,
    Problem,
    Resource,
    SigningKey,
    Site,
    Theme,
    Venue,
)
from services.registry.queries.exchange import MatchCard
from shared.auth import public_part
from shared.messages import registry as messages
from shared.messages.base import Reason

O = TypeVar("O", bound=messages.OrganisationFacts)  # noqa: E741
I = TypeVar("I", bound=messages.InitiativeFacts)  # noqa: E741
V = TypeVar("V", bound=messages.VenueFacts)
R = TypeVar("R", bound=messages.ResourceFacts)
N = TypeVar("N", bound=messages.NeedFacts)
M = TypeVar("M", bound=messages.MatchFacts)
S = TypeVar("S", bound=messages.SuggestionFacts)


def organisation_facts(message: type[O], row: Organisation, sites: Sequence[Site] | None = None) -> O:
    """Tell of an organisation; its sites are read where they are not given."""
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
        url=organisation_address(row.merged_into_id or row.id),
        merged_into_id=row.merged_into_id,
        confidential=row.confidential,
        description_en=row.description_en,
        plain_description=row.plain_description,
        links=tuple(messages.Link(**link) for link in row.links),
        opening_hours=row.opening_hours,
        step_free=row.step_free,
        parent_id=row.parent_id,
        status=row.status,
        confirmed_on=row.confirmed_on,
        sites=tuple(map(_site_facts, sites_of(row) if sites is None else sites)),
    )


def sites_of(row: Organisation) -> Sequence[Site]:
    """Read the further sites of an organisation, the oldest first; its row must be in a session."""
    session = object_session(row)
    if session is None:
        return ()
    return session.scalars(select(Site).where(Site.organisation_id == row.id).order_by(Site.id)).all()


def _site_facts(row: Site) -> messages.SiteFacts:
    return messages.SiteFacts(
        id=row.id, name=row.name, address=row.address, latitude=row.latitude, longitude=row.longitude
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
        confidential=row.confidential,
        inside_venue_id=row.inside_venue_id,
        ancestor_ids=tuple(row.ancestor_ids),
        address=row.address,
        latitude=row.latitude,
        longitude=row.longitude,
        url=f"{organisation_address(row.organisation_id)}#venue-{row.id}",
        **_terms(row),
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
        unit=row.unit,
        availability=row.availability,
        latitude=row.latitude,
        longitude=row.longitude,
        url=f"{organisation_address(row.organisation_id)}#resource-{row.id}",
        **_terms(row),
    )


def _terms(row: Venue | Resource) -> dict[str, Any]:
    """Say on which terms something is lent."""
    names = ("description", "conditions", "cost", "cost_pln", "cost_per", "lends_to", "status")
    return {**{name: getattr(row, name) for name in names}, "themes": tuple(row.themes)}


def theme_changed(row: Theme) -> messages.ThemeChanged:
    """Tell of a theme."""
    return messages.ThemeChanged(
        id=row.id,
        version=row.version,
        code=row.code,
        name_pl=row.name_pl,
        name_en=row.name_en,
        parent_code=row.parent_code,
        synonyms=tuple(row.synonyms),
        retired=row.retired,
        url=f"/registry/themes#theme-{row.code}",
    )


def need_facts(message: type[N], row: Need, **more: Any) -> N:
    """Tell of a need; `more` is what only this message says."""
    return message(
        id=row.id,
        version=row.version,
        title=row.title,
        organisation_id=row.organisation_id,
        kind=row.kind,
        quantity=row.quantity,
        until_on=row.until_on,
        description=row.description,
        themes=tuple(row.themes),
        address=row.address,
        latitude=row.latitude,
        longitude=row.longitude,
        venue_id=row.venue_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        weekdays=tuple(row.weekdays),
        hours=row.hours,
        urgency=row.urgency,
        status=row.status,
        **{"url": f"{organisation_address(row.organisation_id)}#need-{row.id}", **more},
    )


def match_facts(message: type[M], card: MatchCard, **more: Any) -> M:
    """Tell of a match, its need and what answers it; `more` is what only this message says."""
    row, need = card.match, card.need
    return message(
        id=row.id,
        version=row.version,
        need_id=need.id,
        need_title=need.title,
        need_organisation_id=row.need_organisation_id,
        need_organisation_name=card.names.get(row.need_organisation_id, ""),
        resource_id=row.resource_id,
        resource_name=card.resource_name,
        resource_organisation_id=row.resource_organisation_id,
        resource_organisation_name=card.names.get(row.resource_organisation_id, ""),
        kind=row.kind,
        score=row.score,
        reasons=tuple(Reason.model_validate(reason) for reason in row.reasons),
        organisation_ids=(row.need_organisation_id, row.resource_organisation_id),
        stated_at=need.created_at,
        starts_at=need.starts_at,
        ends_at=need.ends_at,
        url=f"/registry/matches/{row.id}",
        **more,
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
        url=problem_address(row.id),
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
        url=initiative_address(row.id),
        members=tuple(
            messages.InitiativeMemberFacts(organisation_id=one.organisation_id, role=one.role)
            for one in sorted(row.members, key=lambda one: one.organisation_id)
        ),
        event_ids=tuple(row.event_ids),
        themes=themes_of(row),
        application_deadline_on=date.fromisoformat(deadline) if deadline else None,
    )


def themes_of(row: Initiative) -> tuple[str, ...]:
    """Give the themes of a coalition's problems, in a stable order."""
    session = object_session(row)
    if session is None or not row.problem_ids:
        return ()
    rows = session.scalars(select(Problem.themes).where(Problem.id.in_(row.problem_ids)))
    return tuple(sorted({theme for themes in rows for theme in themes}))


def suggestion_facts(message: type[S], row: InitiativeSuggestion, **more: Any) -> S:
    """Tell of a coalition that is suggested, and who answered; `more` is what only this message says."""
    return message(
        id=row.id,
        version=row.version,
        title=row.title,
        organisation_ids=tuple(row.organisation_ids),
        problem_id=row.problem_id,
        reasons=tuple(Reason(**one) for one in row.reasons),
        suggested_at=row.created_at,
        accepted_ids=tuple(row.accepted_ids),
        declined_ids=tuple(row.declined_ids),
        initiative_id=row.initiative_id,
        url=initiative_address(row.initiative_id)
        if row.initiative_id
        else f"/registry/initiatives#suggestion-{row.id}",
        **more,
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


def problem_address(problem_id: str) -> str:
    """Name the page of a problem."""
    return f"/registry/problems/{problem_id}"


def initiative_address(initiative_id: str) -> str:
    """Name the page of a coalition."""
    return f"/registry/initiatives/{initiative_id}"


def organisation_address(organisation_id: str) -> str:
    """Name the page of an organisation."""
    return f"/registry/organisations/{organisation_id}"
