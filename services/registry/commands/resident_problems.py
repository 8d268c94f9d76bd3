"""What residents do without an account: name a problem, which waits to be let through, and support one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from services.registry.commands.editing import expect_version, locked, remember
from services.registry.commands.problems import new_problem
from services.registry.domain.permissions import may_moderate_problems
from services.registry.domain.plans import ResidentProblemPlan, WaitingState
from services.registry.domain.secrets import hash_of, new_secret
from services.registry.models import Problem, ResidentDeed, WaitingProblem
from services.registry.problems import NothingHere, TooManyDeeds, TooManyWaiting, WaitingSettled
from shared import clock
from shared.inserting import insert_into
from shared.people import Person, must

MOST_WAITING = 500
"""More than so many are not read by anybody, but written by a program."""
NAMED_A_DAY = 20
"""So many problems are named from one address on one day: a library or a school may share one."""
SUPPORTED_A_DAY = 1


@dataclass(frozen=True)
class Waiting:
    """A problem that waits now, and the secret with which whoever named it may look what became of it."""

    id: str
    version: int
    secret: str


def name_as_resident(session: Session, *, plan: ResidentProblemPlan, who: str, on: date) -> Waiting:
    """Let a problem wait until somebody lets it through; `who` is a hash that holds one day (`shared/daily_hash.py`).

    Nothing is told, and no public list has it. Raises `TooManyDeeds`, `TooManyWaiting`.
    """
    _count(session, who, on, NAMED_A_DAY)
    waiting = select(func.count()).select_from(WaitingProblem).where(WaitingProblem.state == "waiting")
    if (session.scalar(waiting) or 0) >= MOST_WAITING:
        raise TooManyWaiting
    secret = new_secret()
    row = WaitingProblem(
        title=plan.title,
        description=plan.description,
        address=plan.address,
        latitude=plan.latitude,
        longitude=plan.longitude,
        secret_hash=hash_of(secret),
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return Waiting(row.id, row.version, secret)


def let_through(
    session: Session, *, by: Person, waiting_id: str, version: int, wording: Mapping[str, str] | None = None
) -> Problem:
    """Make a problem of what a resident named, with the `wording` of its texts where there is one: it is public now.

    Raises `NotAllowed`, `NothingHere`, `ChangedMeanwhile`, `WaitingSettled`.
    """
    row = _to_settle(session, by, waiting_id, version)
    said = {"title": row.title, "description": row.description, "address": row.address, **(wording or {})}
    plan = ResidentProblemPlan(latitude=row.latitude, longitude=row.longitude, **said)
    problem = new_problem(session, by=by, plan=plan)
    row.problem_id = problem.id
    _settle(session, by, row, "let_through", "let through")
    return problem


def refuse_waiting(session: Session, *, by: Person, waiting_id: str, version: int, because: str) -> WaitingProblem:
    """Refuse what a resident named, with a reason that they can read; its text is blanked at once.

    Raises `NotAllowed`, `NothingHere`, `ChangedMeanwhile`, `WaitingSettled`.
    """
    row = _to_settle(session, by, waiting_id, version)
    row.because = because
    _settle(session, by, row, "refused", "refused")
    return row


def support_as_resident(session: Session, *, problem_id: str, who: str, on: date) -> bool:
    """Count that a resident supports a problem, once a day for one `who`; gives whether it counted now."""
    if session.get(Problem, problem_id) is None:
        raise NothingHere
    if _times(session, who, on) > SUPPORTED_A_DAY:
        return False
    more = update(Problem).where(Problem.id == problem_id).values(resident_supports=Problem.resident_supports + 1)
    session.execute(more.execution_options(synchronize_session=False))
    return True


def forget_resident_deeds(session: Session, *, today: date) -> None:
    """Forget what was counted on the days before: the key of those hashes is gone already."""
    session.execute(delete(ResidentDeed).where(ResidentDeed.done_on < today))


def _to_settle(session: Session, by: Person, waiting_id: str, version: int) -> WaitingProblem:
    must(may_moderate_problems(by))
    row = locked(session, WaitingProblem, waiting_id)
    if row.state != "waiting":
        raise WaitingSettled
    expect_version(row, version)
    return row


def _settle(session: Session, by: Person, row: WaitingProblem, state: WaitingState, action: str) -> None:
    """Settle it and blank what it said: a problem has it now, or nobody."""
    row.state, row.settled_at = state, clock.now()
    row.title = row.description = row.address = ""
    row.latitude = row.longitude = None
    row.version += 1
    session.flush()
    remember(session, by, row, action)


def _count(session: Session, who: str, on: date, most: int) -> None:
    if _times(session, who, on) > most:
        raise TooManyDeeds


def _times(session: Session, who: str, on: date) -> int:
    """Count one deed more of a hash; gives how many there are."""
    row = insert_into(session, ResidentDeed).values(hash=who, done_on=on, times=1)
    more = row.on_conflict_do_update(index_elements=["hash"], set_={"times": ResidentDeed.times + 1})
    return int(session.execute(more.returning(ResidentDeed.times)).scalar_one())
