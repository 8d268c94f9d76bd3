"""Forming coalitions, joining and leaving them, and saying what they want, do and pay for."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session, selectinload

from services.registry.commands.editing import expect_version, must_exist, remember, set_fields
from services.registry.commands.facts import initiative_facts
from services.registry.domain.permissions import (
    may_edit_initiative,
    may_form_initiative,
    may_join_initiative,
    may_lead_initiative,
)
from services.registry.domain.plans import Changes, InitiativePlan
from services.registry.models import Initiative, InitiativeMember, InitiativeProblem, Organisation, Problem
from services.registry.problems import NobodyLeads, NothingHere, unknown
from services.registry.queries.initiatives import owner_of, unknown_events
from shared import clock, outbox
from shared.messages.registry import InitiativeChanged, InitiativeFormed, InitiativeRole
from shared.people import Person, must
from shared.problems import InvalidInput

EVERYTHING = (selectinload(Initiative.members), selectinload(Initiative.problems))


def form_initiative(session: Session, *, by: Person, plan: InitiativePlan) -> Initiative:
    """Form a coalition; the first of its organisations leads it, and its founder speaks for one of them.

    Raises `NotAllowed`, `InvalidInput`.
    """
    for place, organisation_id in enumerate(plan.organisation_ids):
        must_exist(session, Organisation, organisation_id, f"/organisation_ids/{place}")
    _refuse_unknown_problems(session, plan.problem_ids)
    must(may_form_initiative(by, plan.organisation_ids))
    now = clock.now()
    initiative = Initiative(
        title=plan.title,
        goal=plan.goal,
        members=[
            InitiativeMember(organisation_id=one, role="partner" if place else "lead", since_at=now)
            for place, one in enumerate(dict.fromkeys(plan.organisation_ids))
        ],
        problems=[InitiativeProblem(problem_id=one) for one in sorted(set(plan.problem_ids))],
        event_ids=[],
        created_at=now,
    )
    session.add(initiative)
    session.flush()
    remember(session, by, initiative, "formed")
    outbox.publish(session, initiative_facts(InitiativeFormed, initiative))
    return initiative


def change_initiative(
    session: Session, *, by: Person, initiative_id: str, version: int, changes: Changes
) -> Initiative:
    """Say anew what a coalition wants, does and pays for. Raises `NotAllowed`, `ChangedMeanwhile`, `InvalidInput`."""
    initiative = locked_initiative(session, initiative_id)
    must(may_edit_initiative(by, initiative.organisations_as("lead", "partner")))
    expect_version(initiative, version)
    _refuse_unknown_problems(session, changes.get("problem_ids", ()))
    _refuse_unknown_events(session, initiative.id, changes.get("event_ids", ()))
    _refuse_unknown_names(session, initiative, changes)
    fields = {name: value for name, value in changes.items() if name != "problem_ids"}
    differences = set_fields(initiative, fields)
    if "problem_ids" in changes and (wanted := sorted(set(changes["problem_ids"]))) != initiative.problem_ids:
        differences["problem_ids"] = [initiative.problem_ids, wanted]
        known = {one.problem_id: one for one in initiative.problems}
        initiative.problems = [known.get(one) or InitiativeProblem(problem_id=one) for one in wanted]
        initiative.version += 0 if len(differences) > 1 else 1
    if differences:
        _tell(session, by, initiative, "changed", differences)
    return initiative


def join_initiative(
    session: Session, *, by: Person, initiative_id: str, organisation_id: str, role: InitiativeRole
) -> Initiative:
    """Let an organisation join a coalition, or have another role in it; who leads is said by who leads already.

    Raises `NotAllowed`, `NothingHere`, `NobodyLeads`.
    """
    must_exist(session, Organisation, organisation_id, "/organisation_id")
    initiative = locked_initiative(session, initiative_id)
    leaders = initiative.organisations_as("lead")
    if role == "lead" and organisation_id not in leaders:
        must(may_lead_initiative(by, leaders))
    else:
        must(may_join_initiative(by, organisation_id))
    member = next((one for one in initiative.members if one.organisation_id == organisation_id), None)
    before = member.role if member else None
    if before == role:
        return initiative
    if member is None:
        member = InitiativeMember(organisation_id=organisation_id, role=role, since_at=clock.now())
        initiative.members.append(member)
    member.role = role
    _refuse_without_lead(initiative)
    initiative.version += 1
    _tell(session, by, initiative, "joined", {"role": [before, role], "organisation_id": [None, organisation_id]})
    return initiative


def leave_initiative(session: Session, *, by: Person, initiative_id: str, organisation_id: str) -> Initiative:
    """Let an organisation leave a coalition. Raises `NotAllowed`, `NothingHere`, `NobodyLeads`."""
    must(may_join_initiative(by, organisation_id))
    initiative = locked_initiative(session, initiative_id)
    member = next((one for one in initiative.members if one.organisation_id == organisation_id), None)
    if member is None:
        raise NothingHere
    initiative.members.remove(member)
    _refuse_without_lead(initiative)
    initiative.version += 1
    _tell(session, by, initiative, "left", {"organisation_id": [organisation_id, None]})
    return initiative


def locked_initiative(session: Session, initiative_id: str) -> Initiative:
    """Find a coalition that is about to change, with its members and problems. Raises `NothingHere`."""
    initiative = session.get(Initiative, initiative_id, with_for_update=True, options=EVERYTHING)
    if initiative is None:
        raise NothingHere
    return initiative


def _tell(session: Session, by: Person, initiative: Initiative, action: str, changes: Changes) -> None:
    session.flush()
    remember(session, by, initiative, action, changes)
    outbox.publish(session, initiative_facts(InitiativeChanged, initiative))


def _refuse_without_lead(initiative: Initiative) -> None:
    """Refuse that nobody leads a coalition, or nobody is in it any more."""
    if not initiative.organisations_as("lead"):
        raise NobodyLeads


def _refuse_unknown_problems(session: Session, problem_ids: Sequence[str]) -> None:
    for place, problem_id in enumerate(problem_ids):
        must_exist(session, Problem, problem_id, f"/problem_ids/{place}")


def _refuse_unknown_events(session: Session, initiative_id: str, event_ids: Sequence[str]) -> None:
    """Refuse events of which the calendar told nothing; the door has waited for them."""
    faults = [
        (f"/event_ids/{place}", "There is nothing with this identifier")
        for place in unknown_events(session, initiative_id, event_ids)
    ]
    if faults:
        raise InvalidInput(*faults)


def _refuse_unknown_names(session: Session, initiative: Initiative, changes: Changes) -> None:
    """Refuse new pledges and tasks of an organisation that is not here, and pledges of nothing or of others' things."""
    for field in ("pledges", "tasks"):
        for place, line in enumerate(changes.get(field, ())):
            if line in getattr(initiative, field):  # it was right when it was written; a merge may have come since
                continue
            must_exist(session, Organisation, line["organisation_id"], f"/{field}/{place}/organisation_id")
            if field == "pledges" and line["resource_id"] is None and not line["what"].strip():
                raise InvalidInput((f"/{field}/{place}/what", "Choose what is given, or say it in words"))
            if line.get("resource_id") is not None:
                _must_be_theirs(session, line, f"/{field}/{place}/resource_id")


def _must_be_theirs(session: Session, pledge: Mapping[str, Any], pointer: str) -> None:
    owner_id = owner_of(session, pledge["resource_id"])
    if owner_id is None:
        raise unknown(pointer)
    if owner_id != pledge["organisation_id"]:
        raise InvalidInput((pointer, "This belongs to another institution than the one that gives it"))
