"""Forming coalitions to solve what is wrong in the neighbourhood."""

from sqlalchemy.orm import Session

from services.registry.commands.editing import must_exist, remember
from services.registry.commands.facts import initiative_formed
from services.registry.domain.permissions import may_form_initiative
from services.registry.domain.plans import InitiativePlan
from services.registry.models import Initiative, InitiativeMember, InitiativeProblem, Organisation, Problem
from shared import clock, outbox
from shared.people import Person, must


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
