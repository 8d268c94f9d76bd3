"""Approval: what an event needs its owner's agreement for, and which dates and amounts the agreement covers."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.calendar.domain.dates import dates_named, has_dates_after, rule_of
from services.calendar.domain.plans import Borrowed, EventPlan
from services.calendar.domain.recurrence import expansion
from services.calendar.domain.series import shifted
from shared.messages import calendar as language

Kind = language.BookedKind
Answer = language.BookingAnswer
ACTIVE = ("open", "countered", "accepted")
"""A request of such a state stands."""
WAITING = ("open", "countered")
"""Somebody still has to answer it."""
COMPARED = timedelta(days=5 * 365)
"""So far ahead dates are compared one by one; what goes on past that must go on by the same rule."""


@dataclass(frozen=True)
class Need:
    """A venue or a resource of somebody else, who gives it only by agreement; `quantity` is none of a venue."""

    kind: Kind
    key: str
    owner_id: str
    quantity: int = 0


@dataclass(frozen=True)
class CounterPlan:
    """What an owner proposes instead: other times of the first date, another venue, or fewer; and a message."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    venue_id: str | None = None
    quantity: int | None = None
    message: str = ""

    def kept(self) -> dict[str, Any]:
        """Give it as JSON can hold it."""
        return {name: one.isoformat() if isinstance(one, datetime) else one for name, one in asdict(self).items()}

    @staticmethod
    def of(kept: dict[str, Any]) -> "CounterPlan":
        """Read what was kept as JSON."""
        times = {name: datetime.fromisoformat(kept[name]) for name in ("starts_at", "ends_at") if kept[name]}
        return CounterPlan(**{**kept, **times})


def what_of(plan: EventPlan, need: Need) -> str:
    """Give a digest of all that an agreement covers: the dates, the buffers around a venue, the amount."""
    dates = [
        _seconds(plan.starts_at), _seconds(plan.ends_at), plan.zone, plan.all_day, plan.rrule or "",
        sorted(map(_seconds, plan.rdates)), sorted(map(_seconds, plan.exdates)),
        sorted((_seconds(one.recurrence_at), _seconds(one.starts_at), _seconds(one.ends_at), one.cancelled)
               for one in plan.overrides),
    ]  # fmt: skip
    buffers = [plan.set_up_minutes, plan.clear_up_minutes] if need.kind == "venue" else []
    text = json.dumps([need.kind, need.key, need.quantity, dates, buffers])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def takes_no_more(before: EventPlan, after: EventPlan, kind: str, key: str, now: datetime) -> bool:
    """Say whether a changed plan takes no more of its venue, or of a resource, than it did: what was given suffices."""
    if kind == "venue":
        is_same = all(
            getattr(before, name) == getattr(after, name) for name in ("venue_id", "set_up_minutes", "clear_up_minutes")
        )
    else:
        is_same = amount_of(after, key) <= amount_of(before, key)
    return is_same and has_no_new_dates(before, after, now)


def amount_of(plan: EventPlan, resource_id: str) -> int:
    """Say how much of a resource a plan borrows."""
    return sum(one.quantity for one in plan.borrowed if one.resource_id == resource_id)


def has_no_new_dates(before: EventPlan, after: EventPlan, now: datetime) -> bool:
    """Say whether each date of a changed plan that is not over was one of its dates before; fewer may be left."""
    until = now + COMPARED
    old, new = (expansion(rule_of(plan), now, until) for plan in (before, after))
    spans, known = ({(one.starts_at, one.ends_at) for one in those.spans} for those in (new, old))
    if after.starts_at >= until or has_dates_after(after, until):
        named, known_named = ({(one.start, one.end) for one in dates_named(plan, until)} for plan in (after, before))
        if not (spans and (after.rrule, after.zone) == (before.rrule, before.zone) and named <= known_named):
            return False
    return not new.cut and spans <= known


def changed_by(counter: CounterPlan, plan: EventPlan, need: Need) -> tuple[EventPlan, Need]:
    """Give the plan, and what it needs, as the owner proposes them; all dates of a series move with its first.

    Raises UnclearRule.
    """
    if counter.starts_at and counter.ends_at:
        plan = shifted(plan, {"starts_at": counter.starts_at, "ends_at": counter.ends_at})
    if need.kind == "venue" and counter.venue_id:
        plan = replace(plan, venue_id=counter.venue_id, latitude=None, longitude=None)
        need = replace(need, key=counter.venue_id)
    if need.kind == "resource" and counter.quantity:
        others = tuple(one for one in plan.borrowed if one.resource_id != need.key)
        plan = replace(plan, borrowed=(*others, Borrowed(need.key, counter.quantity)))
        need = replace(need, quantity=counter.quantity)
    return plan, need


def expires_at(asked_at: datetime, start: int, days: float) -> datetime:
    """Say when a request that nobody answers is over: after so many days, and never after the event begins."""
    return min(asked_at + timedelta(days=days), datetime.fromtimestamp(start, UTC))


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
