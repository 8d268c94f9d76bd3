"""What an alert begins with: that a conflict, an opportunity, a proposal or a request is news."""

from collections.abc import Mapping
from typing import Any

from shared.i18n import language, say
from shared.reasons.words import Words

TOGETHER: dict[str, str] = {
    "opportunity_proposed": "You are asked to do “{title}” together with another event.",
    "opportunity_accepted": "“{title}” is done together with another event now.",
    "opportunity_declined": "The other side does not want to do “{title}” together.",
    "opportunity_withdrawn": "The proposal about “{title}” was taken back.",
    "match_suggested": "Something was found for the need “{title}”.",
    "match_accepted": "A match for the need “{title}” was accepted; now agree on the rest.",
    "match_declined": "A match for the need “{title}” was declined.",
    "booking_requested": "You are asked for something for “{title}”.",
    "booking_answered": "There is news of what “{title}” needs.",
    "poll_opened": "When can you come? A date is sought for “{title}”.",
    "poll_reminder": "The poll for the date of “{title}” closes soon, and you have not voted.",
    "meeting_called": "You are invited to “{title}”.",
    "task_recorded": "“{title}” left you something to do.",
    "task_due": "Something that “{title}” left you to do is not done yet.",
    "minutes_published": "The minutes of “{title}” can be read.",
    "initiative_suggested": "You could form an initiative together with others.",
    "need_closed": "The day of your need “{title}” is past.",
    "suggestion_accepted": "Somebody wants to take part in the initiative “{title}”.",
    "suggestion_declined": "Somebody will not take part in the initiative “{title}”.",
    "event_planned": "“{title}” is new on the calendar.",
    "event_moved": "“{title}” is at another time or place now.",
    "event_cancelled": "“{title}” was cancelled.",
    "problem_named": "“{title}” was named as a problem of the neighbourhood.",
    "initiative_formed": "The initiative “{title}” was formed.",
    "left_open": "For a day nobody has settled what blocks “{title}”.",
    "left_unanswered": "Nobody has answered about “{title}”. Perhaps a call from you will help.",
    "news": "There is news of “{title}”.",
    "guest_not_reached": "The invitation to “{title}” did not reach a guest.",
    "letter_came_back": "The letter for {guest} came back. Ask for the right address, or tell them in another way.",
    "webhook_disabled": "The webhook to {title} was turned off.",
    "webhook_gone": "The program there says that it is gone for good.",
    "webhook_failing": "For three days nothing got through. Put the program there right, then turn the webhook on.",
    "webhook_rights_ended": "Who made it may not do so any more. Whoever turns it on answers for it from then on.",
    "followed": "You follow what it is about.",
    "hosted": "Your organisation hosts it.",
    "lent": "It takes place at yours, or with what you lend.",
    "invited": "You are invited to it.",
    "booking_asked": "“{thing}” is asked for, for “{title}”. Answer in the calendar’s inbox.",
    "booking_accepted": "“{thing}” is agreed for “{title}”.",
    "booking_countered": "Of “{thing}” the owner proposes something else for “{title}”.",
    "booking_refused": "“{thing}” was refused for “{title}”.",
    "booking_expired": "Nobody answered in time about “{thing}” for “{title}”.",
    "booking_withdrawn": "“{thing}” is not needed any more for “{title}”.",
    "booking_slot_taken": "Somebody else has “{thing}” at the time of “{title}”; you can move it, or wait.",
}
"""Proposals between hosts, requests to owners, matches of needs with what can be lent, and events that some follow."""


def _saying(text: str) -> Words:
    """Make the words of a code whose sentence never depends on its values."""
    return lambda values: say(text, **values)


def _conflict_detected(values: Mapping[str, Any]) -> str:
    return say("A conflict for “{title}”.", **values)


def _conflict_changed(values: Mapping[str, Any]) -> str:
    return say("A conflict for “{title}” is different now.", **values)


def _conflict_accepted(values: Mapping[str, Any]) -> str:
    return say("A conflict for “{title}” was accepted.", **values)


def _conflict_resolved(values: Mapping[str, Any]) -> str:
    return say("A conflict for “{title}” is gone.", **values)


def _opportunity_found(values: Mapping[str, Any]) -> str:
    return say("“{title}” could be joined with another event.", **values)


def _proposed_together(values: Mapping[str, Any]) -> str:
    return say("“{one}” and “{other}” could be done together.", **values)


def _described(values: Mapping[str, Any]) -> str:
    """Say what a message says of itself, which is in both languages already."""
    return str(values[language.get()])


SENTENCES: dict[str, Words] = {
    "described": _described,
    "conflict_detected": _conflict_detected,
    "conflict_changed": _conflict_changed,
    "conflict_accepted": _conflict_accepted,
    "conflict_resolved": _conflict_resolved,
    "opportunity_found": _opportunity_found,
    "proposed_together": _proposed_together,
    **{code: _saying(text) for code, text in TOGETHER.items()},
}
