"""Answering a coalition that is suggested: each organisation for itself; two that say yes form it, others follow."""

from sqlalchemy.orm import Session, selectinload

from services.registry.commands.editing import remember
from services.registry.commands.facts import suggestion_facts
from services.registry.commands.initiatives import form_initiative, join_initiative
from services.registry.domain.coalitions import FEWEST
from services.registry.domain.permissions import may_answer_suggestion
from services.registry.domain.plans import InitiativePlan, SuggestionReply
from services.registry.models import CoalitionAnswer, InitiativeSuggestion, Organisation
from services.registry.problems import NothingHere, SuggestionSettled
from services.registry.queries.initiatives import initiative
from shared import clock, outbox
from shared.messages.registry import SuggestionAccepted, SuggestionDeclined
from shared.people import Person, must


def accept_suggestion(
    session: Session, *, by: Person, suggestion_id: str, organisation_id: str
) -> InitiativeSuggestion:
    """Say that an organisation wants the coalition; it is formed when a second one does, and joined by later ones.

    Who said yes first leads it. Saying yes again changes nothing. Raises `NotAllowed`, `SuggestionSettled`.
    """
    row = _to_answer(session, by, suggestion_id, organisation_id)
    if organisation_id in row.accepted_ids:
        return row
    _answer(row, organisation_id, "accepted")
    is_formed_now = row.initiative_id is None and len(row.accepted_ids) >= FEWEST
    if is_formed_now:
        _form(session, by, row)
    elif row.initiative_id is not None:
        _join(session, by, row.initiative_id, organisation_id)
    session.flush()
    remember(session, by, row, "accepted", {"organisation_id": [None, organisation_id]})
    who = _who(session, organisation_id)
    outbox.publish(session, suggestion_facts(SuggestionAccepted, row, formed=is_formed_now, **who))
    return row


def decline_suggestion(
    session: Session, *, by: Person, suggestion_id: str, organisation_id: str, because: str
) -> InitiativeSuggestion:
    """Say that an organisation does not want it; it is not asked again, and the rest go on if they are enough.

    Until the coalition is formed a yes can be taken back so; its members leave it instead. Raises `NotAllowed`,
    `SuggestionSettled`.
    """
    row = _to_answer(session, by, suggestion_id, organisation_id)
    if row.initiative_id is not None and organisation_id in row.accepted_ids:
        raise SuggestionSettled
    _answer(row, organisation_id, "declined", because)
    row.organisation_ids = [one for one in row.organisation_ids if one != organisation_id]
    if row.state == "suggested" and len(row.organisation_ids) < FEWEST:
        row.state = "declined"
    session.flush()
    remember(session, by, row, "declined", {"organisation_id": [organisation_id, None]})
    who = _who(session, organisation_id)
    outbox.publish(session, suggestion_facts(SuggestionDeclined, row, because=because, **who))
    return row


def _to_answer(session: Session, by: Person, suggestion_id: str, organisation_id: str) -> InitiativeSuggestion:
    """Find a suggestion under lock, with its answers, for somebody who speaks for one that may still answer."""
    answers = selectinload(InitiativeSuggestion.answers)
    row = session.get(InitiativeSuggestion, suggestion_id, with_for_update=True, options=[answers])
    if row is None:
        raise NothingHere
    must(
        may_answer_suggestion(by, (organisation_id,)) and organisation_id in (*row.organisation_ids, *row.declined_ids)
    )
    if row.state not in ("suggested", "accepted") or organisation_id in row.declined_ids:
        raise SuggestionSettled
    return row


def _answer(row: InitiativeSuggestion, organisation_id: str, reply: SuggestionReply, because: str = "") -> None:
    answer = next((one for one in row.answers if one.organisation_id == organisation_id), None)
    if answer is None:
        answer = CoalitionAnswer(organisation_id=organisation_id)
        row.answers.append(answer)
    answer.answer, answer.because, answer.answered_at = reply, because, clock.now()
    row.version += 1


def _form(session: Session, by: Person, row: InitiativeSuggestion) -> None:
    problem_ids = (row.problem_id,) if row.problem_id else ()
    plan = InitiativePlan(title=row.title, organisation_ids=tuple(row.accepted_ids), problem_ids=problem_ids)
    row.state, row.initiative_id = "accepted", form_initiative(session, by=by, plan=plan).id


def _join(session: Session, by: Person, initiative_id: str, organisation_id: str) -> None:
    """Let an organisation join the coalition that was formed, unless it has done so by itself."""
    if organisation_id not in initiative(session, initiative_id).organisation_ids:
        join_initiative(session, by=by, initiative_id=initiative_id, organisation_id=organisation_id, role="partner")


def _who(session: Session, organisation_id: str) -> dict[str, str]:
    name = session.get_one(Organisation, organisation_id).name
    return {"by_organisation_id": organisation_id, "by_organisation_name": name}
