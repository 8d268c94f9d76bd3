"""Whether the local leaders meet regularly."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from services.calendar.domain.indicators.periods import Period
from services.calendar.domain.indicators.rows import Figure
from services.calendar.domain.rhythm import regularity as regularity_of

MEETINGS: Final = (
    "Of the months of the period that have begun, those with at least one leaders’ meeting about which an agenda,"
    " attendance or minutes are written; the longest time between two meetings is said beside it."
)

REGULARITY: Final = (
    "Of the intervals between meetings that their own rhythm planned, those that were kept, over all groups of hosts"
    " that met at least three times in the period. The usual interval is the median one; where one meeting is missing,"
    " one of two intervals was kept."
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


def regularity(groups: Sequence[Sequence[int]], period: Period) -> Figure:
    """Count the intervals that were kept of those planned; `groups` are starts of the meetings of the same hosts."""
    found = [one for starts in groups if (one := regularity_of(set(map(period.day_of, starts)))) is not None]
    return Figure("regularity", sum(one.kept for one in found), sum(one.planned for one in found))
