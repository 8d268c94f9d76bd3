"""Coalitions with all that belongs to them, and those that are suggested."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from services.registry.domain.permissions import may_answer_suggestion
from services.registry.domain.plans import SuggestionState
from services.registry.models import (
    Initiative,
    InitiativeMember,
    InitiativeSuggestion,
    KnownEvent,
    Problem,
    Resource,
    Venue,
)
from services.registry.problems import NothingHere
from services.registry.queries.names import organisation_names
from shared.paging import Paging
from shared.people import Person

MOST_TO_CHOOSE_FROM = 500
OPEN: tuple[SuggestionState, ...] = ("suggested", "accepted")
"""A suggestion that somebody may still answer is in one of these."""
EVERYTHING = (selectinload(Initiative.members), selectinload(Initiative.problems))


@dataclass(frozen=True)
class Pledgeable:
    """A resource or venue that a member of a coalition could give."""

    id: str
    name: str
    organisation_id: str


@dataclass(frozen=True)
class InitiativeCard:
    """Everything that one page shows of a coalition; names and titles by id, of what is named in it."""

    initiative: Initiative
    organisations: Mapping[str, str]
    problems: Mapping[str, str]
    events: Mapping[str, str]
    resources: Mapping[str, str]
    offered: Sequence[Pledgeable]


def initiatives(session: Session, *, paging: Paging) -> Sequence[Initiative]:
    """Give coalitions in the order in which they were formed, with their members and problems."""
    wanted = select(Initiative).options(*EVERYTHING).where(paging.beyond(Initiative.id))
    return session.scalars(wanted.order_by(Initiative.id).limit(paging.rows)).all()


def initiative(session: Session, initiative_id: str) -> Initiative:
    """Find a coalition with its members and problems. Raises `NothingHere`."""
    row = session.get(Initiative, initiative_id, options=EVERYTHING)
    if row is None:
        raise NothingHere
    return row


def initiative_card(session: Session, *, initiative_id: str) -> InitiativeCard:
    """Give a coalition with the names of all that it names. Raises `NothingHere`."""
    row = initiative(session, initiative_id)
    lines = [*row.pledges, *row.tasks]
    organisation_ids = {*row.organisation_ids, *(one["organisation_id"] for one in lines if one["organisation_id"])}
    resource_ids = {one["resource_id"] for one in row.pledges if one["resource_id"]}
    return InitiativeCard(
        initiative=row,
        organisations=organisation_names(session, organisation_ids),
        problems=_named(session, Problem, Problem.title, row.problem_ids),
        events={
            id: title for id, title in _named(session, KnownEvent, KnownEvent.title, row.event_ids).items() if title
        },
        resources=_named(session, Resource, Resource.name, resource_ids)
        | _named(session, Venue, Venue.name, resource_ids),
        offered=what_members_have(session, row.organisation_ids),
    )


def unknown_events(session: Session, initiative_id: str, event_ids: Sequence[str]) -> list[int]:
    """Say at which places stand events of which the calendar told nothing, apart from those that it has already."""
    row = session.get(Initiative, initiative_id)
    known = set(session.scalars(select(KnownEvent.id).where(KnownEvent.id.in_(event_ids))))
    known |= set(row.event_ids if row else event_ids)
    return [place for place, one in enumerate(event_ids) if one not in known]


def what_members_have(session: Session, organisation_ids: Collection[str]) -> list[Pledgeable]:
    """Give what these organisations offer, venues too, by name; of very much the first."""
    found = [
        Pledgeable(row.id, row.name, row.organisation_id)
        for model in (Resource, Venue)
        for row in session.execute(
            select(model.id, model.name, model.organisation_id)
            .where(model.organisation_id.in_(organisation_ids), model.status == "offered")
            .order_by(model.name, model.id)
            .limit(MOST_TO_CHOOSE_FROM)
        )
    ]
    return sorted(found, key=lambda one: (one.name.casefold(), one.id))


def owner_of(session: Session, resource_id: str) -> str | None:
    """Say whose a resource or venue is; None where there is none."""
    found = session.get(Resource, resource_id) or session.get(Venue, resource_id)
    return None if found is None else found.organisation_id


def suggestions(
    session: Session, *, viewer: Person | None, paging: Paging, problem_id: str | None = None
) -> Sequence[InitiativeSuggestion]:
    """Give the coalitions that are suggested to those for whom the viewer speaks, the oldest first, with the answers.

    One that is formed is suggested still to those who did not answer; `problem_id` leaves only those around a problem.
    """
    wanted = select(InitiativeSuggestion).options(selectinload(InitiativeSuggestion.answers))
    wanted = wanted.where(InitiativeSuggestion.state.in_(OPEN), paging.beyond(InitiativeSuggestion.id))
    if problem_id is not None:
        wanted = wanted.where(InitiativeSuggestion.problem_id == problem_id)
    rows = session.scalars(wanted.order_by(InitiativeSuggestion.id)).all()
    members = _members(session, [row.initiative_id for row in rows if row.initiative_id])
    mine = [row for row in rows if may_answer_suggestion(viewer, _asked(row, members))]
    return mine[: paging.rows]


def _asked(row: InitiativeSuggestion, members: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Give those to whom a suggestion is shown: all; once it is formed, who neither answered nor is in it."""
    if row.initiative_id is None:
        return tuple(row.organisation_ids)
    settled = {*row.accepted_ids, *members.get(row.initiative_id, ())}
    return tuple(one for one in row.organisation_ids if one not in settled)


def _members(session: Session, initiative_ids: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in session.scalars(select(InitiativeMember).where(InitiativeMember.initiative_id.in_(initiative_ids))):
        found.setdefault(row.initiative_id, set()).add(row.organisation_id)
    return found


def _named(session: Session, model: type, column: object, ids: Sequence[str] | set[str]) -> dict[str, str]:
    rows = session.execute(select(model.id, column).where(model.id.in_(list(ids))))  # type: ignore[attr-defined, call-overload]
    return {row[0]: row[1] for row in rows}
