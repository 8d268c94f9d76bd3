"""Answering a match: either side accepts it or declines it with a reason, and the other one is told."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.commands.editing import locked, remember, set_fields
from services.registry.commands.facts import match_facts, need_facts
from services.registry.domain.permissions import may_answer_match
from services.registry.domain.plans import DeclinePlan
from services.registry.models import Match, Need
from services.registry.problems import MatchOver
from services.registry.queries.exchange import match_card
from shared import clock, outbox
from shared.messages.registry import MatchAccepted, MatchDeclined, NeedMatched, NeedStated
from shared.people import Person, may_speak_for, must


def accept_match(session: Session, *, by: Person, match_id: str) -> Match:
    """Say that one side wants it; the need counts as matched from now on. Raises `NotAllowed`, `MatchOver`.

    Accepting again changes nothing.
    """
    match, need = _both(session, by, match_id)
    if match.state == "accepted":
        return match
    _answer(session, by, match, {"state": "accepted", "decline_reason": None, "because": ""})
    card = match_card(session, match.id)
    outbox.publish(session, match_facts(MatchAccepted, card, by_organisation_id=match.by_organisation_id))
    if need.status == "open":
        set_fields(need, {"status": "matched"})
        remember(session, by, need, "matched", {"status": ["open", "matched"]})
        found = {"resource_id": match.resource_id, "resource_organisation_id": match.resource_organisation_id}
        outbox.publish(session, need_facts(NeedMatched, need, match_id=match.id, **found))
    return match


def decline_match(session: Session, *, by: Person, match_id: str, plan: DeclinePlan) -> Match:
    """Say that it does not suit one side, and why; it is not suggested again. Raises `NotAllowed`, `MatchOver`.

    A need that no accepted match is left for is open again.
    """
    match, need = _both(session, by, match_id)
    if match.state == "declined":
        return match
    _answer(session, by, match, {"state": "declined", **asdict(plan)})
    more = {"by_organisation_id": match.by_organisation_id, **asdict(plan)}
    outbox.publish(session, match_facts(MatchDeclined, match_card(session, match.id), **more))
    accepted = select(Match.id).where(Match.need_id == need.id, Match.state == "accepted")
    if need.status == "matched" and session.scalar(accepted.limit(1)) is None:
        set_fields(need, {"status": "open"})
        remember(session, by, need, "changed", {"status": ["matched", "open"]})
        outbox.publish(session, need_facts(NeedStated, need))
    return match


def _both(session: Session, by: Person, match_id: str) -> tuple[Match, Need]:
    """Find a match and its need, for somebody who speaks for one of the sides; the need is locked first."""
    match = session.get(Match, match_id)
    if match is None:
        match = locked(session, Match, match_id)
    need = locked(session, Need, match.need_id)
    match = locked(session, Match, match_id)
    must(may_answer_match(by, (match.need_organisation_id, match.resource_organisation_id)))
    if match.state == "over" or not need.is_live:
        raise MatchOver
    return match, need


def _answer(session: Session, by: Person, match: Match, changes: dict[str, Any]) -> None:
    """Remember the answer, and for which of the two organisations it was given: the one that `by` speaks for."""
    sides = (match.resource_organisation_id, match.need_organisation_id)
    side = next((one for one in sides if one in by.roles and may_speak_for(by, one)), sides[1])
    differences = set_fields(match, {**changes, "by_organisation_id": side, "decided_at": clock.now()})
    session.flush()
    remember(session, by, match, str(changes["state"]), differences)
