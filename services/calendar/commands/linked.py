"""Buttons in letters: what somebody pressed there is done by the ordinary command, with that person's permissions."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from services.calendar.commands.conflicts import accept_conflict
from services.calendar.commands.proposals import accept_proposal, decline
from services.calendar.commands.requests import accept_request, refuse_request
from services.calendar.commands.tasks import finish_task
from services.calendar.domain.plans import HORIZON_DAYS
from services.calendar.problems import (
    ConflictSettled,
    EventBegun,
    EventBlocked,
    EventOver,
    OpportunitySettled,
    ProposalOutdated,
    RequestSettled,
)
from shared import clock
from shared.messages.calendar import ActionAnswered, ActionOutcome
from shared.messages.notifications import ActionAsked, FinishAsked
from shared.outbox import publish, published
from shared.people import Person
from shared.problems import ChangedMeanwhile, InvalidInput, NotAllowed, NotFound, Problem

OUTCOMES: tuple[tuple[type[Problem], ActionOutcome], ...] = (
    (ChangedMeanwhile, "changed"),
    (ProposalOutdated, "changed"),
    (OpportunitySettled, "settled"),
    (RequestSettled, "settled"),
    (ConflictSettled, "settled"),
    (EventOver, "settled"),
    (EventBegun, "settled"),
    (EventBlocked, "blocked"),
    (NotAllowed, "not_allowed"),
    (NotFound, "gone"),
)
"""How a refusal is told to who pressed the button; the first that fits, and `refused` where none does."""
NEEDS_WORDS = frozenset({"accept_conflict", "refuse_request"})
"""Here the other side is owed a reason, as at every other door."""


def carry_out(session: Session, *, asked: ActionAsked | FinishAsked, horizon_days: int = HORIZON_DAYS) -> ActionOutcome:
    """Do what somebody pressed in a letter, or nothing of it, and answer; never raises a `Problem`.

    They act in the one role that notifications knew of them, so for one organisation alone, or for themselves.
    """
    before = len(published(session))
    try:
        with session.begin_nested():
            if isinstance(asked, FinishAsked):
                finish_task(session, by=_who(asked), task_id=asked.subject_id, version=asked.subject_version)
            else:
                _act(session, asked, horizon_days)
        outcome: ActionOutcome = "done"
    except Problem as problem:
        del published(session)[before:]  # what did not happen is not told
        outcome = next((told for kind, told in OUTCOMES if isinstance(problem, kind)), "refused")
    publish(session, ActionAnswered(id=asked.id, version=1, outcome=outcome))
    return outcome


def _who(asked: ActionAsked | FinishAsked) -> Person:
    roles = {asked.organisation_id: asked.role} if asked.organisation_id and asked.role else {}
    return Person(id=asked.person_id, roles=roles)


def _act(session: Session, asked: ActionAsked, horizon_days: int) -> None:
    by = _who(asked)
    because, version, one = asked.because.strip(), asked.subject_version, asked.subject_id
    if asked.action in NEEDS_WORDS and not because:
        raise InvalidInput(("/because", "Say why, so that the others understand."))
    acts: dict[str, Callable[[], object]] = {
        "accept_conflict": lambda: accept_conflict(
            session, by=by, conflict_id=one, because=because, now=clock.now(), version=version
        ),
        "accept_proposal": lambda: accept_proposal(
            session, by=by, opportunity_id=one, version=version, horizon_days=horizon_days
        ),
        "decline_opportunity": lambda: decline(session, by=by, opportunity_id=one, because=because, version=version),
        "accept_request": lambda: accept_request(
            session, by=by, request_id=one, because=because, version=version, horizon_days=horizon_days
        ),
        "refuse_request": lambda: refuse_request(session, by=by, request_id=one, because=because, version=version),
    }
    acts[asked.action]()
