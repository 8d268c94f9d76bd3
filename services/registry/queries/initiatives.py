"""Coalitions with all that belongs to them, and those that are suggested."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from services.registry.domain.permissions import may_answer_suggestion
from services.registry.models import Initiative, InitiativeSuggestion, KnownEvent, Problem, Resource
from services.registry.problems import NothingHere
from services.registry.queries.names import organisation_names
from shared.paging import Paging
from shared.people import Person

EVERYTHING = (selectinload(Initiative.members), selectinload(Initiative.problems))


@dataclass(frozen=True)
class InitiativeCard:
    """Everything that one page shows of a coalition; names and titles by id, of what is named in it."""

    initiative: Initiative
    organisations: Mapping[str, str]
    problems: Mapping[str, str]
    events: Mapping[str, str]
    resources: Mapping[str, str]


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
        resources=_named(session, Resource, Resource.name, resource_ids),
    )


def suggestions(session: Session, *, viewer: Person | None, paging: Paging) -> Sequence[InitiativeSuggestion]:
    """Give the coalitions that are suggested to those for whom the viewer speaks, the oldest first."""
    wanted = select(InitiativeSuggestion).where(
        InitiativeSuggestion.state == "suggested", paging.beyond(InitiativeSuggestion.id)
    )
    rows = session.scalars(wanted.order_by(InitiativeSuggestion.id))
    mine = [row for row in rows if may_answer_suggestion(viewer, tuple(row.organisation_ids))]
    return mine[: paging.rows]


def _named(session: Session, model: type, column: object, ids: Sequence[str] | set[str]) -> dict[str, str]:
    rows = session.execute(select(model.id, column).where(model.id.in_(list(ids))))  # type: ignore[attr-defined, call-overload]
    return {row[0]: row[1] for row in rows}
