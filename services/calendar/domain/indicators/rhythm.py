"""Whether the local leaders meet regularly."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from services.calendar.domain.indicators.periods import Period
from services.calendar.domain.indicators.rows import Figure

MEETINGS: Final = (
    "Of the months of the period that have begun, those with at least one leaders’ meeting about which an agenda,"
    " attendance or minutes are written; the longest time between two meetings is said beside it."
)


def meeting_months(starts: Sequence[int], period: Period, now: int) -> Figure:
    """Count months in which leaders met; `starts` are those of meetings that have begun."""
    today = period.day_of(now)
    begun = [month for month in period.months if month <= (today.year, today.month)]
    met = {(day.year, day.month) for day in map(period.day_of, starts)}
    return Figure("meeting_months", len(met & set(begun)), len(begun))


def longest_gap(starts: Sequence[int], period: Period) -> int | None:
    """Give the most days between one meeting and the next; none where there were fewer than two."""
    days = sorted(set(map(period.day_of, starts)))
    return max(((later - earlier).days for earlier, later in pairwise(days)), default=None)
