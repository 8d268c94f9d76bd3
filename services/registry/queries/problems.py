"""Problems with all that belongs to them, and what residents named that waits to be let through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from services.registry.domain.permissions import may_moderate_problems, may_see_people
from services.registry.domain.plans import WaitingState
from services.registry.domain.secrets import hash_of
from services.registry.models import (
    History,
    Initiative,
    InitiativeProblem,
    KnownEvent,
    Organisation,
    Person,
    Problem,
    ProblemStage,
    ProblemStatusChange,
    ProblemSupport,
    WaitingProblem,
)
from services.registry.problems import NothingHere
from services.registry.queries.disclosures import disclose
from shared import people
from shared.identifiers import is_id
from shared.messages.registry import ProblemStatus
from shared.paging import Paging

EVERYTHING = (selectinload(Problem.supports), selectinload(Problem.stages))


@dataclass(frozen=True)
class StatusSaid:
    """What became of a problem, when and why; `by_name` says who for those who may see names."""

    status: ProblemStatus
    at: datetime
    because: str
    by_person_id: str | None = None
    by_name: str | None = None


@dataclass(frozen=True)
class ProblemCard:
    """Everything that one page shows of a problem: with the names of its supporters, by id, and its coalitions."""

    problem: Problem
    supporters: Sequence[Organisation]
    statuses: Sequence[StatusSaid]
    initiatives: Sequence[Initiative]


@dataclass(frozen=True)
class Settlement:
    """What became of a problem that a resident named."""

    state: WaitingState
    because: str
    problem_id: str | None


def problems(
    session: Session, *, paging: Paging, status: ProblemStatus | None = None, theme: str | None = None
) -> Sequence[Problem]:
    """Give problems in the order in which they were named, with their supports and steps."""
    wanted = select(Problem).options(*EVERYTHING).where(paging.beyond(Problem.id)).order_by(Problem.id)
    if status is not None:
        wanted = wanted.where(Problem.status == status)
    if theme is None:
        return session.scalars(wanted.limit(paging.rows)).all()
    named = [row for row in session.scalars(wanted) if theme in row.themes]
    return named[: paging.rows]


def problem(session: Session, problem_id: str) -> Problem:
    """Find a problem with its supports and steps. Raises `NothingHere`."""
    row = session.get(Problem, problem_id, options=EVERYTHING)
    if row is None:
        raise NothingHere
    return row


def problem_card(session: Session, *, viewer: people.Person | None, problem_id: str) -> ProblemCard:
    """Give a problem with all that its page shows to this viewer. Raises `NothingHere`."""
    row = problem(session, problem_id)
    supporting = select(Organisation).join(ProblemSupport, ProblemSupport.organisation_id == Organisation.id)
    solving = select(Initiative).join(InitiativeProblem, InitiativeProblem.initiative_id == Initiative.id)
    return ProblemCard(
        problem=row,
        supporters=session.scalars(
            supporting.where(ProblemSupport.problem_id == problem_id).order_by(Organisation.name, Organisation.id)
        ).all(),
        statuses=statuses_of(session, viewer=viewer, problem_id=problem_id),
        initiatives=session.scalars(
            solving.where(InitiativeProblem.problem_id == problem_id).order_by(Initiative.id)
        ).all(),
    )


def statuses_of(session: Session, *, viewer: people.Person | None, problem_id: str) -> list[StatusSaid]:
    """Give what became of a problem, the oldest first; who said so only to those who may see people."""
    rows = session.scalars(
        select(ProblemStatusChange)
        .where(ProblemStatusChange.problem_id == problem_id)
        .order_by(ProblemStatusChange.position)
    ).all()
    who = _who_said(session, problem_id) if may_see_people(viewer) else {}
    said = []
    for row in rows:
        person_id, name = who.get(row.version, (None, None))
        if person_id is not None:
            disclose(session, viewer=viewer, subject_id=person_id, field="name")
        said.append(StatusSaid(row.status, row.at, row.because, person_id, name))
    return said


def waiting_problems(session: Session, *, viewer: people.Person, paging: Paging) -> Sequence[WaitingProblem]:
    """Give what waits to be let through, the oldest first, to those who may. Raises `NotAllowed`."""
    people.must(may_moderate_problems(viewer))
    wanted = select(WaitingProblem).where(WaitingProblem.state == "waiting", paging.beyond(WaitingProblem.id))
    return session.scalars(wanted.order_by(WaitingProblem.id).limit(paging.rows)).all()


def settlement(session: Session, *, secret: str) -> Settlement:
    """Give what became of the problem that was named with this secret; never what it said. Raises `NothingHere`."""
    row = session.scalar(select(WaitingProblem).where(WaitingProblem.secret_hash == hash_of(secret)))
    if row is None:
        raise NothingHere
    return Settlement(row.state, row.because, row.problem_id)


def _who_said(session: Session, problem_id: str) -> dict[int, tuple[str, str]]:
    """Give by version who changed a problem, as far as they are still here."""
    changes = session.execute(
        select(History.version, History.by_person_id).where(
            History.aggregate == "problem",
            History.aggregate_id == problem_id,
            History.action.in_(("named", "moved")),
            History.by_person_id.is_not(None),
        )
    ).all()
    ids = {row.by_person_id for row in changes if is_id(row.by_person_id)}
    people_here = select(Person.id, Person.name).where(Person.id.in_(ids), Person.erased_at.is_(None))
    names = {row.id: row.name for row in session.execute(people_here)}
    return {row.version: (row.by_person_id, names[row.by_person_id]) for row in changes if row.by_person_id in names}


def is_event_unknown(session: Session, problem_id: str, event_id: str) -> bool:
    """Say whether the calendar told nothing of an event, and no step of the problem has it already."""
    has = select(ProblemStage.stage).where(ProblemStage.problem_id == problem_id, ProblemStage.event_id == event_id)
    return session.get(KnownEvent, event_id) is None and session.execute(has.limit(1)).first() is None
