"""What one can do about an alert: one or two buttons beside the one that marks it as read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.notifications.domain.plans import AlertKind
from shared.reasons import Side

LOOK = "Look at it"
FIRST: Mapping[AlertKind, str] = {
    "conflict_detected": "See the conflict",
    "conflict_changed": "See the conflict",
    "opportunity_found": "Propose to join",
    "opportunity_proposed": "Answer",
    "booking_requested": "Answer",
    "poll_opened": "Vote",
    "poll_reminder": "Vote",
    "meeting_called": "See the meeting",
    "match_suggested": "Answer",
    "initiative_suggested": "Answer",
    "need_closed": "Say what came of it",
    "event_planned": "See the event",
    "event_moved": "See the event",
    "event_cancelled": "See the event",
    "problem_named": "See the problem",
    "initiative_formed": "See the initiative",
    "left_open": "See the conflict",
    "task_recorded": "See the task",
    "task_due": "See the task",
    "minutes_published": "Read the minutes",
    "guest_not_reached": "See who is invited",
    "webhook_disabled": "See the webhooks",
}
"""What the button says that leads to where it happened; of other kinds there is only something to look at."""
CAN_MOVE: frozenset[AlertKind] = frozenset({"conflict_detected", "conflict_changed"})
"""Whose own event it is can move that."""
MOVE = "Move our event"


@dataclass(frozen=True)
class Action:
    """What a button says, as an English source string, and where it leads."""

    text: str
    url: str


def actions_of(kind: AlertKind, url: str, event_ids: Sequence[str], side: Side | None) -> list[Action]:
    """Give what one can do, the first thing first; `side` says which of the two events is the reader's own."""
    actions = [Action(FIRST.get(kind, LOOK), url)]
    own = event_ids[1 if side == "other" else 0] if side and len(event_ids) > (side == "other") else None
    if kind in CAN_MOVE and own:
        actions.append(Action(MOVE, f"/calendar/events/{own}/move"))
    return actions
