"""Buttons in letters: what their receiver may do about an alert without signing in, until when, and in which words."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, get_args

from services.notifications.domain.plans import AlertKind
from shared.messages.calendar import ActionOutcome
from shared.messages.notifications import LinkedAction
from shared.people import SPEAKING_ROLES

Action = Literal[LinkedAction, "finish_task", "mark_read"]
ACTIONS: tuple[Action, ...] = (*get_args(LinkedAction), "finish_task", "mark_read")
PressState = Literal["asked", ActionOutcome]
"""What came of a press: it is on its way to the service whose thing it is, or that has answered."""

LASTS = timedelta(days=14)
"""A button holds so long, unless what it is about is over before."""
MOST_WORDS = 1000
"""So many characters of a reason are taken, as at the calendar's own doors."""

OFFERED: Mapping[AlertKind, tuple[LinkedAction, ...]] = {
    "conflict_detected": ("accept_conflict",),
    "conflict_changed": ("accept_conflict",),
    "opportunity_found": ("decline_opportunity",),
    "opportunity_proposed": ("accept_proposal", "decline_opportunity"),
    "booking_requested": ("accept_request", "refuse_request"),
}
TASKS: frozenset[AlertKind] = frozenset({"task_recorded", "task_due"})
"""Whose task it is, or who speaks for its organisation, may say that it is done: after its day, too."""
COUNTERED = "booking_countered"
"""The reason of an answer that proposes something else: the hosts may agree to that."""
NEEDS_WORDS: frozenset[Action] = frozenset({"accept_conflict", "refuse_request"})
TAKES_WORDS: frozenset[Action] = NEEDS_WORDS | {"decline_opportunity"}

BUTTONS: Mapping[Action, str] = {
    "accept_conflict": "We know, it may stay",
    "accept_proposal": "We agree",
    "decline_opportunity": "No, thanks",
    "accept_request": "We agree",
    "refuse_request": "We refuse",
    "finish_task": "It is done",
    "mark_read": "Mark as read",
}
QUESTIONS: Mapping[Action, str] = {
    "accept_conflict": "May this conflict stay as it is?",
    "accept_proposal": "Do you agree to this proposal?",
    "decline_opportunity": "Do you decline this?",
    "accept_request": "Do you agree to this request?",
    "refuse_request": "Do you refuse this request?",
    "finish_task": "Is this task done?",
    "mark_read": "Have you read this?",
}
SAID: Mapping[PressState, str] = {
    "asked": "It is on its way. That takes a few seconds; look again in a moment.",
    "done": "It is done. Those whom it concerns are told.",
    "settled": "Nothing was changed: somebody has answered already, or it is over.",
    "changed": "Nothing was changed: it is different now from what the letter said. Look at it first.",
    "blocked": "Nothing was changed: at that time it would collide with what comes first. Look at it.",
    "not_allowed": "Nothing was changed: you may not do this for your institution.",
    "gone": "Nothing was changed: it does not exist any more.",
    "refused": "Nothing was changed, because this cannot be done in this way. Look at it.",
}
"""What somebody reads of what came of it, as gettext source strings."""


def actions_for(
    kind: AlertKind, reason_code: str, role: str | None, *, is_their_own: bool = False
) -> tuple[Action, ...]:
    """Give at most two buttons that stand beside "look at it": what the receiver may do in this role, else "read".

    `is_their_own` says that they were told as themselves, and for no organisation.
    """
    offered: tuple[Action, ...] = ()
    if kind in TASKS:
        offered = ("finish_task",) if is_their_own or role in SPEAKING_ROLES else ()
    elif role in SPEAKING_ROLES:
        offered = ("accept_request",) if reason_code == COUNTERED else OFFERED.get(kind, ())
    return offered if len(offered) > 1 else (*offered, "mark_read")


def holds_until(action: Action, ends_at: datetime, sent_at: datetime) -> datetime:
    """Say until when a button holds that is sent now: two weeks, or until what it is about is over."""
    latest = sent_at + LASTS
    ends_with_it = action not in ("finish_task", "mark_read") and ends_at > sent_at
    return min(latest, ends_at) if ends_with_it else latest


def purpose_of(action: Action) -> str:
    """Name what a link is signed for: one that does this does nothing else."""
    return f"action {action}"
