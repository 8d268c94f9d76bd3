"""The dates of a meeting that repeats: each is a meeting of its own, named by the day that its rule gives it.

The name (`held_on`) is that day on the meeting's own clock, as "2026-12-01": it stays when one date is moved to another
day or hour (its recurrence-id stays too), and when clocks change. A meeting that is held once is named "".
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.calendar.domain.plans import EventPlan
from services.calendar.domain.series import is_series

ALL = ""
"""Names a meeting that is held once, and what belongs to all dates of one that repeats."""


def name_of(recurrence_at: datetime | int, zone: str) -> str:
    """Name a date by its start as the rule gives it: an instant, or its seconds since 1970 in UTC."""
    seconds = recurrence_at if isinstance(recurrence_at, int) else recurrence_at.timestamp()
    return datetime.fromtimestamp(seconds, ZoneInfo(zone)).date().isoformat()


def address_of(event_id: str, held_on: str = ALL) -> str:
    """Give the path at which people look at a meeting, or at one of its dates."""
    return f"/calendar/meetings/{event_id}/dates/{held_on}" if held_on else f"/calendar/events/{event_id}"


def query_of(held_on: str) -> str:
    """Give what chooses the date in an address that is the same for all of them."""
    return f"?held_on={held_on}" if held_on else ""


def renaming(before: EventPlan, after: EventPlan) -> Callable[[str], str]:
    """Say how the dates of a meeting are called after its plan changed: they move as far as its first one does.

    What was held once is the first date of the series that it becomes; of a series that ends being one, that is what
    stays without a name.
    """
    first, now_first = (name_of(plan.starts_at, plan.zone) for plan in (before, after))
    if not is_series(before):
        return (lambda name: name or now_first) if is_series(after) else (lambda name: name)
    if not is_series(after):
        return lambda name: ALL if name == first else name
    days = date.fromisoformat(now_first) - date.fromisoformat(first)
    return lambda name: _moved(name, days)


def _moved(name: str, by: timedelta) -> str:
    return (date.fromisoformat(name) + by).isoformat() if name else name
