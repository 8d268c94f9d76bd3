"""Approval: what an event needs its owner's agreement for, and which dates and amounts the agreement covers."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.calendar.domain.plans import Borrowed, EventPlan
from shared.messages import calendar as language

Kind = language.BookedKind
Answer = language.BookingAnswer
ACTIVE = ("open", "countered", "accepted")
"""A request of such a state stands."""
WAITING = ("open", "countered")
"""Somebody still has to answer it."""


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


def changed_by(counter: CounterPlan, plan: EventPlan, need: Need) -> tuple[EventPlan, Need]:
    """Give the plan, and what it needs, as the owner proposes them."""
    if counter.starts_at and counter.ends_at:
        plan = replace(plan, starts_at=counter.starts_at, ends_at=counter.ends_at)
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
