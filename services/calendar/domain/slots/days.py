"""Taken time as hours of one day: which wall-clock starts of a day would run into what is taken.

A day is cut into pieces with one offset each: one piece on a usual day, two or three in the nights when the clock
changes. In a piece the wall clock runs as the world does, so that spans are moved between them by adding.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import groupby

from services.calendar.domain.claims import DAY
from services.calendar.domain.recurrence.wall_clock import instant_of
from services.calendar.domain.slots.spans import Span, Taken

QUARTER = 900
MIDNIGHT = datetime.min.time()
Piece = tuple[int, int, int]
"""From which second of the day to which, and the instant (seconds since 1970) at which that day's second 0 would be."""


@lru_cache(maxsize=4_096)
def pieces_of(day: date, zone: str) -> tuple[Piece, ...]:
    """Cut a local day where its offset changes; offsets change at whole quarters of an hour."""
    bases = [(second, second_of(day, second, zone) - second) for second in (0, DAY - QUARTER)]
    if bases[0][1] == bases[1][1]:
        return ((0, DAY, bases[0][1]),)
    quarters = [(second, second_of(day, second, zone) - second) for second in range(0, DAY, QUARTER)]
    runs = [(base, [second for second, _ in run]) for base, run in groupby(quarters, key=lambda pair: pair[1])]
    return tuple((seconds[0], seconds[-1] + QUARTER, base) for base, seconds in runs)


def second_of(day: date, second: int, zone: str) -> int:
    """Give the instant at which the wall clock of a day shows this second of the day (RFC 5545 §3.3.5)."""
    reading = datetime.combine(day, MIDNIGHT).replace(tzinfo=UTC) + timedelta(seconds=second)
    return int(instant_of(reading, zone).timestamp())


def starts_hit(taken: Taken, day: date, zone: str, length: int, before: int = 0, after: int = 0) -> list[Span]:
    """Give the seconds of a day at which nothing of this length may begin, `before` and `after` seconds around it.

    An event that begins at `start` takes `[start - before, start + length + after)`; touching is allowed.
    """
    hit = []
    for first, last, base in pieces_of(day, zone):
        for busy_start, busy_end in taken.between(base + first - before, base + last + length + after):
            low, high = busy_start - length - after + 1 - base, busy_end + before - base
            if max(low, first) < min(high, last):
                hit.append((max(low, first), min(high, last)))
    return hit
