"""Offsets: what the clocks of a zone do over the years, so that a change of the time zone data can be followed.

An instant is stored, a time on the wall is what people meant. When a zone's rules change, the wall-clock time is found
by the offsets that held when the instant was written, and gets its new instant by those that hold now.
"""

import zoneinfo
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.calendar.domain.plans import EventPlan
from services.calendar.domain.recurrence.wall_clock import instant_of

FIRST, LAST = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (1970, 2201))
STEP = 86_400
Offsets = Sequence[Sequence[int]]
"""Pairs of (seconds since 1970 in UTC, offset in seconds from then on), in order."""


def offsets_of(name: str) -> list[list[int]]:
    """Give the offsets of a zone from 1970 to 2200; a change that is taken back within a day is not seen."""
    zone = zoneinfo.ZoneInfo(name)

    def offset_at(at: int) -> int:
        return int((datetime.fromtimestamp(at, zone).utcoffset() or timedelta()).total_seconds())

    found = [[FIRST, offset_at(FIRST)]]
    for at in range(FIRST + STEP, LAST, STEP):
        offset = offset_at(at)
        if offset != found[-1][1]:
            found.append([_turn(offset_at, at - STEP, at), offset])
    return found


def on_the_wall(plan: EventPlan, offsets: Offsets) -> EventPlan:
    """Keep every wall-clock time of a plan whose instants were written by these offsets."""
    begins = [begin for begin, _ in offsets]
    zone = zoneinfo.ZoneInfo(plan.zone)

    def kept(at: datetime) -> datetime:
        offset = offsets[max(0, bisect_right(begins, at.timestamp()) - 1)][1]
        if at.utcoffset() == timedelta(seconds=offset):
            return at  # the second of two equal hours stays what it was
        return instant_of(at.astimezone(UTC) + timedelta(seconds=offset), plan.zone).astimezone(zone)

    return replace(
        plan,
        starts_at=kept(plan.starts_at),
        ends_at=kept(plan.ends_at),
        rdates=tuple(map(kept, plan.rdates)),
        exdates=tuple(map(kept, plan.exdates)),
        overrides=tuple(
            replace(
                one, recurrence_at=kept(one.recurrence_at), starts_at=kept(one.starts_at), ends_at=kept(one.ends_at)
            )
            for one in plan.overrides
        ),
    )


def _turn(offset_at: Callable[[int], int], before: int, after: int) -> int:
    """Find the second at which the offset changes between two instants."""
    last = offset_at(after)
    while after - before > 1:
        middle = (before + after) // 2
        if offset_at(middle) == last:
            after = middle
        else:
            before = middle
    return after
