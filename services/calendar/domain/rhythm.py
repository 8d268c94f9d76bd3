"""The rhythm of meetings: how regularly they are held, and who has not come several times in a row. Days only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median_low

IN_A_ROW = 3
"""Who has not come so many times in a row may need a call."""


@dataclass(frozen=True)
class Regularity:
    """Of the intervals that the rhythm planned (`planned`), those that were kept; `usual_days` is one interval."""

    kept: int
    planned: int
    usual_days: int

    @property
    def share(self) -> float:
        """Give the part that was kept, from 0 to 1."""
        return self.kept / self.planned


@dataclass(frozen=True)
class Attended:
    """One meeting about which it is written who came: the organisations expected, and those that came."""

    expected: frozenset[str]
    came: frozenset[str]


def regularity(held: Collection[date], planned: Collection[date] = (), until: date | None = None) -> Regularity | None:
    """Say how many of the planned intervals were kept, or none where fewer than three meetings tell a rhythm.

    `held` are the days on which one met, `planned` those of the series, if there is one, whether one met or not. The
    usual interval is the median between two of `planned`, else of `held`. Between two meetings lie as many planned
    intervals as the usual one goes into their distance, rounded, and one of them was kept. What has passed from the
    last meeting to `until` without one counts in the same way, as soon as a meeting is missing.
    """
    days = sorted(set(held))
    usual = _usual_days(planned) or _usual_days(held)
    if usual is None or len(days) < 2:
        return None
    gaps = [_intervals((later - earlier).days, usual) for earlier, later in pairwise(days)]
    missing = max(0, _rounded((until - days[-1]).days, usual) - 1) if until is not None and until > days[-1] else 0
    return Regularity(len(gaps), sum(gaps) + missing, usual)


def absent_in_a_row(meetings: Sequence[Attended], times: int = IN_A_ROW) -> frozenset[str]:
    """Name who was expected at each of the last `times` meetings and came to none; `meetings` are the earliest first.

    A meeting at which somebody was not expected says nothing of them.
    """
    expected = frozenset[str]().union(*(one.expected for one in meetings))
    return frozenset(who for who in expected if _missed(meetings, who) >= times)


def _missed(meetings: Sequence[Attended], who: str) -> int:
    missed = 0
    for one in reversed(meetings):
        if who in one.came:
            break
        missed += who in one.expected
    return missed


def _usual_days(days: Collection[date]) -> int | None:
    gaps = [(later - earlier).days for earlier, later in pairwise(sorted(set(days)))]
    return median_low(gaps) if len(gaps) > 1 else None


def _intervals(days: int, usual: int) -> int:
    return max(1, _rounded(days, usual))


def _rounded(days: int, usual: int) -> int:
    """Give how often the usual interval goes into so many days, half of one rounded up."""
    return (2 * days + usual) // (2 * usual)
