"""What codes of the calendar are called on its pages; said by gettext where they are shown."""

from collections.abc import Iterable, Mapping

from shared.i18n import say

KINDS: dict[str, str] = {
    "meeting": "Leaders' meeting",
    "feast": "Feast",
    "celebration": "Celebration",
    "opening": "Opening",
    "works": "Works together",
    "consultation": "Consultation",
    "course": "Course or workshop",
    "service": "Help or advice",
    "other": "Other event",
}
STATUSES: dict[str, str] = {
    "tentative": "Tentative",
    "confirmed": "Confirmed",
    "cancelled": "Cancelled",
    "done": "Over",
}
SEVERITIES: dict[str, str] = {
    "blocking": "Cannot be at this time",
    "warning": "Warning",
    "information": "Good to know",
}
CONFLICTS: dict[str, str] = {
    "venue": "The same place",
    "resource": "Not enough to borrow",
    "people": "The same people in charge",
    "audience": "The same audience",
    "municipal": "The city nearby",
    "calendar": "A special day or hour",
}
USUAL: dict[str, str] = {
    "venue": "Usually an event is refused where a place takes one at a time; elsewhere it warns of too many people.",
    "resource": "Usually an event is refused that would borrow more than there is.",
    "people": "Usually it warns where somebody would have to be in two places.",
    "audience": "Usually it warns of two events nearby for the same people at the same time.",
    "municipal": "Usually it warns of closures, works and events of the city nearby.",
    "calendar": "Usually it warns of hours when a place is closed, and mentions holidays and quiet hours.",
}
"""What is so of a kind of conflicts while nobody decided otherwise."""
LEVELS: dict[str, str] = {
    "standard": "As usual",
    "block": "Refuse the event",
    "warn": "Warn",
    "inform": "Only mention it",
    "ignore": "Say nothing",
}
STATES: dict[str, str] = {
    "open": "Open",
    "accepted": "Accepted",
    "resolved": "Resolved",
    "past": "Past",
}
REQUESTS: dict[str, str] = {
    "open": "Waits for an answer",
    "countered": "Something else is proposed",
    "accepted": "Agreed",
    "refused": "Refused",
    "expired": "Left unanswered",
}
VISIBILITIES: dict[str, str] = {
    "public": "Everybody sees it",
    "partners": "For partners only",
    "hosts": "For its hosts only",
}
REPEATS: dict[str, str] = {
    "": "Does not repeat",
    "FREQ=DAILY": "Every day",
    "FREQ=WEEKLY": "Every week",
    "FREQ=WEEKLY;INTERVAL=2": "Every two weeks",
    "FREQ=MONTHLY": "Every month, on the same date",
}
ALTERNATIVES: dict[str, str] = {
    "shift": "Another hour",
    "shorten": "Shorter",
    "skip": "Leave out some days",
    "venue": "Another place right there",
    "near": "Another place nearby",
    "other_time": "Another day",
}
ACTIONS: dict[str, str] = {
    "planned": "Planned",
    "called": "The date was found by a poll",
    "invited": "Invitations were written",
    "moved": "Moved",
    "changed": "Changed",
    "cancelled": "Cancelled",
    "imported": "Imported",
    "restored": "Takes place after all",
    "rezoned": "Kept its time when the clock rules changed",
    "accepted": "Accepted",
    "joined": "Joined with another event",
    "coordinated": "Coordinated with another event",
    "uncoordinated": "Not coordinated with another event any more",
}
VIEWS: dict[str, str] = {
    "/calendar/": "Day by day",
    "/calendar/month": "Month",
    "/calendar/board": "Rooms and places",
    "/calendar/indicators": "What we achieved",
}
"""The calendar’s views for everybody, by their address."""
WORKING_VIEWS: dict[str, str] = {
    "/calendar/plan": "Plan an event",
    "/calendar/slots": "Find a time",
    "/calendar/meetings": "Meetings",
    "/calendar/inbox": "To settle",
    "/calendar/sources": "Calendars we follow",
}
"""Those for who plans."""

MINUTES_AUDIENCES: dict[str, str] = {
    "public": "Everybody",
    "partners": "Everybody who works with us here",
    "members": "Those who host it or are invited",
}
DECISION_STATES: dict[str, str] = {
    "open": "To be done",
    "overdue": "Overdue",
    "done": "Done",
    "postponed": "Put off",
    "dropped": "Dropped",
}
PROBLEM_STATUSES: dict[str, str] = {
    "named": "named",
    "discussed": "discussed",
    "adopted": "adopted",
    "in_work": "in work",
}
"""Of problems that meetings are offered; of what is over, none is."""


def word(words: Mapping[str, str], code: str) -> str:
    """Say one code; a code that has no words is shown as it is."""
    return say(words.get(code, code))


def options(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Give pairs of code and word for a list to choose from."""
    return [(code, say(text)) for code, text in words.items()]


def listed(words: Mapping[str, str], codes: Iterable[str]) -> str:
    """Say several codes, with commas."""
    return ", ".join(word(words, code) for code in codes)
