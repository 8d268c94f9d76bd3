"""Naming the neighbourhood's problems, wording them better, supporting them, and saying what becomes of them."""

from dataclasses import asdict, fields, replace

from sqlalchemy.orm import Session, selectinload

from services.registry.commands.coalitions import look_again
from services.registry.commands.editing import expect_version, must_exist, remember, set_fields
from services.registry.commands.facts import problem_named
from services.registry.commands.themes import theme_codes
from services.registry.domain.participation import out_of_order
from services.registry.domain.permissions import may_move_problem, may_name_problem, may_support_problem
from services.registry.domain.plans import (
    Changes,
    Evidence,
    ProblemPlan,
    ResidentProblemPlan,
    Stage,
    StagePlan,
    StatusPlan,
)
from services.registry.models import (
    History,
    Organisation,
    Problem,
    ProblemStage,
    ProblemStatusChange,
    ProblemSupport,
)
from services.registry.problems import NothingHere, unknown
from services.registry.queries.problems import is_event_unknown
from shared import clock, history, outbox
from shared.people import Person, must
from shared.problems import InvalidInput

EVERYTHING = (selectinload(Problem.supports), selectinload(Problem.stages))


def name_problem(session: Session, *, by: Person, plan: ProblemPlan) -> Problem:
    """Give a problem of the neighbourhood a name; whoever has a role here may. Raises `NotAllowed`, `InvalidInput`."""
    must(may_name_problem(by))
    return new_problem(session, by=by, plan=replace(plan, themes=theme_codes(session, plan.themes)))


def new_problem(session: Session, *, by: Person, plan: ProblemPlan | ResidentProblemPlan) -> Problem:
    """Write a problem down, with its first status, and tell it; whoever calls asked whether that is allowed."""
    said = {field.name: _plain(getattr(plan, field.name)) for field in fields(plan)}
    problem = Problem(**said, status="named", supports=[], stages=[], created_at=clock.now())
    session.add(problem)
    session.flush()
    session.add(ProblemStatusChange(problem_id=problem.id, version=1, status="named", at=problem.created_at))
    remember(session, by, problem, "named")
    _tell(session, problem)
    return problem


def change_problem(session: Session, *, by: Person, problem_id: str, version: int, changes: Changes) -> Problem:
    """Reword a problem; the message tells all of it again. Raises `NotAllowed`, `NothingHere`, `ChangedMeanwhile`."""
    problem = locked_problem(session, problem_id)
    must(may_name_problem(by))
    expect_version(problem, version)
    if "themes" in changes:
        changes = {**changes, "themes": theme_codes(session, changes["themes"])}
    differences = set_fields(problem, {field: _plain(value) for field, value in changes.items()})
    if differences:
        session.flush()
        remember(session, by, problem, "changed", differences)
        _tell(session, problem)
    return problem


def move_problem(session: Session, *, by: Person, problem_id: str, version: int, plan: StatusPlan) -> Problem:
    """Say what became of a problem, and why. Raises `NotAllowed`, `NothingHere`, `ChangedMeanwhile`."""
    problem = locked_problem(session, problem_id)
    must(may_move_problem(by))
    expect_version(problem, version)
    differences = set_fields(problem, {"status": plan.status})
    if differences:
        change = ProblemStatusChange(
            problem_id=problem.id,
            version=problem.version,
            status=plan.status,
            because=plan.because,
            at=clock.now(),
        )
        session.add(change)
        history.record(
            session,
            History,
            aggregate="problem",
            id=problem.id,
            version=problem.version,
            by=by,
            action="moved",
            reason=plan.because,
            changes=differences,
        )
        _tell(session, problem)
    return problem


def support_problem(session: Session, *, by: Person, problem_id: str, organisation_id: str) -> Problem:
    """Support a problem in an organisation's name; a second time changes nothing. Raises `NotAllowed`."""
    must(may_support_problem(by, organisation_id))
    must_exist(session, Organisation, organisation_id, "/organisation_id")
    problem = locked_problem(session, problem_id)
    if organisation_id not in problem.supporter_ids:
        problem.supports.append(ProblemSupport(organisation_id=organisation_id, since_at=clock.now()))
        _tell_anew(session, by, problem, "supported", {"organisation_id": [None, organisation_id]})
    return problem


def withdraw_support(session: Session, *, by: Person, problem_id: str, organisation_id: str) -> Problem:
    """Take an organisation's support back; where there is none nothing changes. Raises `NotAllowed`."""
    must(may_support_problem(by, organisation_id))
    problem = locked_problem(session, problem_id)
    found = [one for one in problem.supports if one.organisation_id == organisation_id]
    if found:
        problem.supports.remove(found[0])
        _tell_anew(session, by, problem, "support withdrawn", {"organisation_id": [organisation_id, None]})
    return problem


def enter_stage(
    session: Session, *, by: Person, problem_id: str, version: int, stage: Stage, plan: StagePlan
) -> Problem:
    """Enter a step of the participation path, or correct it; the door has waited for its event.

    Raises `InvalidInput` where the dates run backwards, or the calendar told nothing of the event.
    """
    problem = locked_problem(session, problem_id)
    must(may_move_problem(by))
    expect_version(problem, version)
    held = {one.stage: one for one in problem.stages}
    if out_of_order({**{name: one.held_on for name, one in held.items()}, stage: plan.held_on}):
        raise InvalidInput(("/held_on", "The steps come one after the other: diagnosis, poll, consultation, works"))
    if plan.event_id is not None and is_event_unknown(session, problem.id, plan.event_id):
        raise unknown("/event_id")
    row = held.get(stage)
    if row is None:
        row = ProblemStage(stage=stage, result="")
        problem.stages.append(row)
    before = None if row.held_on is None else [row.held_on.isoformat(), row.event_id, row.result]
    after = [plan.held_on.isoformat(), plan.event_id, plan.result]
    if before != after:
        row.held_on, row.event_id, row.result = plan.held_on, plan.event_id, plan.result
        _tell_anew(session, by, problem, "stage entered", {stage: [before, after]})
    return problem


def remove_stage(session: Session, *, by: Person, problem_id: str, version: int, stage: Stage) -> Problem:
    """Take a step off the participation path that was entered by mistake."""
    problem = locked_problem(session, problem_id)
    must(may_move_problem(by))
    expect_version(problem, version)
    found = [one for one in problem.stages if one.stage == stage]
    if not found:
        raise NothingHere
    problem.stages.remove(found[0])
    before = [found[0].held_on.isoformat(), found[0].event_id, found[0].result]
    _tell_anew(session, by, problem, "stage removed", {stage: [before, None]})
    return problem


def locked_problem(session: Session, problem_id: str) -> Problem:
    """Find a problem that is about to change, with all that belongs to it. Raises `NothingHere`."""
    problem = session.get(Problem, problem_id, with_for_update=True, options=EVERYTHING)
    if problem is None:
        raise NothingHere
    return problem


def _tell_anew(session: Session, by: Person, problem: Problem, action: str, changes: Changes) -> None:
    problem.version += 1
    session.flush()
    remember(session, by, problem, action, changes)
    _tell(session, problem)


def _tell(session: Session, problem: Problem) -> None:
    """Tell all of a problem, and have it looked at: a coalition may be near."""
    outbox.publish(session, problem_named(problem))
    look_again(session, "problem", [problem.id])


def _plain(value: object) -> object:
    """Write what a plan says as tables keep it: tuples as lists, evidence as plain values."""
    if isinstance(value, tuple):
        return [asdict(one) if isinstance(one, Evidence) else one for one in value]
    return value
