"""What an alert says, in the language of the running request; only codes and values are stored."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.notifications.domain.plans import AlertKind
from shared import reasons
from shared.i18n import say, when
from shared.messages.base import Reason

RESOLVED_BY = {
    "moved": "One of the events was moved.",
    "cancelled": "One of the events was cancelled.",
    "withdrawn": "What the city had announced was withdrawn.",
    "changed": "One of the events was changed.",
}
KIND_NAMES: dict[AlertKind, str] = {
    "conflict_detected": "New conflict",
    "conflict_changed": "A conflict changed",
    "conflict_accepted": "A conflict was accepted",
    "conflict_resolved": "A conflict is gone",
    "opportunity_found": "An opportunity to work together",
    "opportunity_proposed": "A proposal to work together",
    "opportunity_accepted": "A proposal was accepted",
    "opportunity_declined": "A proposal was declined",
    "opportunity_withdrawn": "A proposal was taken back",
    "booking_requested": "A request for a place or a resource",
    "booking_answered": "A request was answered",
    "poll_opened": "A poll for the date of a meeting",
    "poll_reminder": "A poll closes soon",
    "meeting_called": "An invitation to a meeting",
    "task_recorded": "A task from a meeting",
    "task_due": "A task comes due",
    "minutes_published": "Minutes of a meeting",
    "match_suggested": "Something for a need was found",
    "match_accepted": "A match was accepted",
    "match_declined": "A match was declined",
    "initiative_suggested": "An initiative that you could form",
    "need_closed": "The day of a need is past",
    "suggestion_accepted": "Somebody wants to join an initiative",
    "suggestion_declined": "Somebody does not want to join an initiative",
    "event_planned": "A new event",
    "event_moved": "An event was moved",
    "event_cancelled": "An event was cancelled",
    "problem_named": "A new problem",
    "initiative_formed": "A new initiative",
    "left_open": "Nobody has settled a conflict",
    "left_unanswered": "Nobody answers",
    "news": "News of what concerns you",
    "guest_not_reached": "An invitation did not arrive",
    "webhook_disabled": "A webhook was turned off",
}


def headline(kind: AlertKind, title: str, reason: Mapping[str, Any] | None = None) -> str:
    """Say in one sentence what happened to which event; news is what its message said of itself, the `reason`."""
    if kind == "news" and reason is not None:
        return _because(reason, None)
    return reasons.sentence(Reason(code=kind, values={"title": title}))


def text(
    kind: AlertKind,
    *,
    title: str,
    reason: Mapping[str, Any],
    details: Mapping[str, str],
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
    side: reasons.Side | None = None,
) -> str:
    """Say what happened, why, and when, where that is a time; `side` as in `shared.reasons.sentence`."""
    because = _because(reason, side)
    parts = [headline(kind, title, reason)]
    if kind == "conflict_resolved":
        parts.append(say(RESOLVED_BY.get(details.get("resolved_by", ""), RESOLVED_BY["changed"])))
        parts.append(say("It was this: {reason}", reason=because))
    elif kind != "news":
        parts.append(because)
    if details.get("decline_reason"):
        parts.append(reasons.declined_because(details["decline_reason"]))
    if given := details.get("accepted_because") or details.get("because"):
        parts.append(say("The reason given: {reason}", reason=given))
    if details.get("message"):
        parts.append(say("They write: {message}", message=details["message"]))
    if starts_at != ends_at:
        parts.append(say("When: {when}.", when=when(starts_at, ends_at, zone)))
    return " ".join(parts)


def _because(reason: Mapping[str, Any], side: reasons.Side | None) -> str:
    """Say a reason; an alert outlives the version that wrote it, so its values may not be as expected any more."""
    try:
        return reasons.sentence(Reason(code=reason["code"], values=reason["values"]), side)
    except (KeyError, TypeError, ValueError):
        return reasons.sentence(Reason(code=""))


def title_for(organisation_id: str | None, events: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Choose the title that an organisation knows: its own event's, else the first; `events` are (title, hosts)."""
    own = [title for title, hosts in events if organisation_id in hosts]
    return next(iter(own), None) or next((title for title, _ in events), "")


def side_of(organisation_id: str | None, events: Sequence[tuple[str, Sequence[str]]]) -> reasons.Side | None:
    """Say which of the events is this organisation's own, as a reason names them; none where both are, or none is."""
    own = [organisation_id in hosts for _, hosts in events]
    if own[:2] in ([True], [True, False]):
        return "one"
    return "other" if own[:2] == [False, True] else None
