"""The life of an event: which status may follow which, and what its dates must say first."""

from datetime import datetime

from services.calendar.domain.dates import LOOKED_AHEAD, rule_of
from services.calendar.domain.plans import EventPlan, EventStatus
from services.calendar.domain.recurrence import Span, expansion

FOLLOWING: dict[EventStatus, frozenset[EventStatus]] = {
    "tentative": frozenset({"confirmed", "cancelled"}),
    "confirmed": frozenset({"tentative", "cancelled", "done"}),
    "cancelled": frozenset({"tentative", "confirmed"}),
    "done": frozenset({"confirmed"}),
}
"""What may follow each: a cancel is undone to what was before it, and `done` is taken back when it was a mistake."""
STANDING: tuple[EventStatus, ...] = ("tentative", "confirmed")
"""An event of such a status takes what it claims; a cancelled one, or one that is done, takes nothing."""
DATES_LOOKED_AT = 50


def may_follow(before: EventStatus, after: EventStatus) -> bool:
    """Say whether an event of one status may get another."""
    return after == before or after in FOLLOWING[before]


def is_over(plan: EventPlan, now: datetime) -> bool:
    """Say whether no date of an event is still to come or going on."""
    return not expansion(rule_of(plan), now, now + LOOKED_AHEAD, 1).spans and plan.starts_at < now


def has_begun(plan: EventPlan, now: datetime) -> bool:
    """Say whether at least one date of an event has begun."""
    return bool(_dates_until(plan, now))


def has_taken_place(plan: EventPlan, now: datetime) -> bool:
    """Say whether at least one date of an event is over: what came of it can be said from then on."""
    return any(span.ends_at <= now for span in _dates_until(plan, now))


def _dates_until(plan: EventPlan, now: datetime) -> list[Span]:
    """Give the first dates of an event that have begun."""
    begin = min((plan.starts_at, *plan.rdates, *(one.starts_at for one in plan.overrides)))
    return expansion(rule_of(plan), begin, now, DATES_LOOKED_AT).spans
