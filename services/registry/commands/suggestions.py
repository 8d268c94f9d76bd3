"""Answering a coalition that is suggested: it is formed, or an organisation declines and is not asked again."""

from sqlalchemy.orm import Session

from services.registry.commands.editing import locked, remember
from services.registry.commands.initiatives import form_initiative
from services.registry.domain.coalitions import FEWEST
from services.registry.domain.permissions import may_answer_suggestion
from services.registry.domain.plans import InitiativePlan
from services.registry.models import Initiative, InitiativeSuggestion
from services.registry.problems import SuggestionSettled
from shared.people import Person, must


def accept_suggestion(session: Session, *, by: Person, suggestion_id: str) -> Initiative:
    """Form the coalition that was suggested, with its problem. Raises `NotAllowed`, `SuggestionSettled`."""
    row = _to_answer(session, by, suggestion_id)
    ids = sorted(row.organisation_ids, key=lambda one: (not may_answer_suggestion(by, (one,)), one))
    problem_ids = (row.problem_id,) if row.problem_id else ()
    plan = InitiativePlan(title=row.title, organisation_ids=tuple(ids), problem_ids=problem_ids)
    initiative = form_initiative(session, by=by, plan=plan)
    row.state, row.initiative_id = "accepted", initiative.id
    row.version += 1
    remember(session, by, row, "accepted")
    return initiative


def decline_suggestion(
    session: Session, *, by: Person, suggestion_id: str, organisation_id: str, because: str
) -> InitiativeSuggestion:
    """Say that an organisation does not want it; it is not asked again, and the rest go on if they are enough.

    Raises `NotAllowed`, `SuggestionSettled`.
    """
    row = _to_answer(session, by, suggestion_id)
    must(organisation_id in row.organisation_ids and may_answer_suggestion(by, (organisation_id,)))
    row.organisation_ids = [one for one in row.organisation_ids if one != organisation_id]
    row.declined_ids = [*row.declined_ids, organisation_id]
    row.because = because
    if len(row.organisation_ids) < FEWEST:
        row.state = "declined"
    row.version += 1
    remember(session, by, row, "declined", {"organisation_id": [organisation_id, None]})
    return row


def _to_answer(session: Session, by: Person, suggestion_id: str) -> InitiativeSuggestion:
    row = locked(session, InitiativeSuggestion, suggestion_id)
    must(may_answer_suggestion(by, tuple(row.organisation_ids)))
    if row.state != "suggested":
        raise SuggestionSettled
    return row
