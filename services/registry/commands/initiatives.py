"""Naming the neighbourhood's problems, and forming coalitions to solve them."""

from sqlalchemy.orm import Session

from services.registry.commands.editing import expect_version, locked, must_exist, remember, set_fields
from services.registry.commands.facts import initiative_formed, problem_named
from services.registry.domain.permissions import may_form_initiative, may_name_problem
from services.registry.domain.plans import Changes, InitiativePlan, ProblemPlan
from services.registry.models import Initiative, InitiativeMember, InitiativeProblem, Organisation, Problem
from shared import clock, outbox
from shared.people import Person, must


def name_problem(session: Session, *, by: Person, plan: ProblemPlan) -> Problem:
    """Give a problem of the neighbourhood a name; everybody with a role here may. Raises `NotAllowed`."""
    must(may_name_problem(by))
    problem = Problem(
        title=plan.title,
        description=plan.description,
        latitude=plan.latitude,
        longitude=plan.longitude,
        created_at=clock.now(),
    )
    session.add(problem)
    session.flush()
    remember(session, by, problem, "named")
    outbox.publish(session, problem_named(problem))
    return problem


def change_problem(session: Session, *, by: Person, problem_id: str, version: int, changes: Changes) -> Problem:
    """Reword a problem; the message tells all of it again. Raises `NotAllowed`, `NothingHere`, `ChangedMeanwhile`."""
    problem = locked(session, Problem, problem_id)
    must(may_name_problem(by))
    expect_version(problem, version)
    differences = set_fields(problem, changes)
    if differences:
        session.flush()
        remember(session, by, problem, "changed", differences)
        outbox.publish(session, problem_named(problem))
    return problem


def form_initiative(session: Session, *, by: Person, plan: InitiativePlan) -> Initiative:
    """Form a coalition; its founder speaks for one of its organisations. Raises `NotAllowed`, `InvalidInput`."""
    for place, organisation_id in enumerate(plan.organisation_ids):
        must_exist(session, Organisation, organisation_id, f"/organisation_ids/{place}")
    for place, problem_id in enumerate(plan.problem_ids):
        must_exist(session, Problem, problem_id, f"/problem_ids/{place}")
    must(may_form_initiative(by, plan.organisation_ids))
    initiative = Initiative(
        title=plan.title,
        goal=plan.goal,
        members=[InitiativeMember(organisation_id=one) for one in sorted(set(plan.organisation_ids))],
        problems=[InitiativeProblem(problem_id=one) for one in sorted(set(plan.problem_ids))],
        created_at=clock.now(),
    )
    session.add(initiative)
    session.flush()
    remember(session, by, initiative, "formed")
    outbox.publish(session, initiative_formed(initiative))
    return initiative
