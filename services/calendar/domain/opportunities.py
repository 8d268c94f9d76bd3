"""Opportunities: which two events of different hosts would gain by being joined or coordinated."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.calendar.domain.claims import Dated
from services.calendar.domain.ties import (
    RULES,
    TOGETHER_SECONDS,
    WEAK,
    WITHIN,
    Action,
    Pair,
    Rule,
    hindrance,
    ties,
)
from shared.messages import Reason

MOST = 3
"""So many opportunities an event has at most."""
WORTH = 45
"""What weighs less is not said."""
MARGIN_SECONDS = TOGETHER_SECONDS
DATES_LOOKED_AT = 12
"""Only the next dates of a series are looked at: a chance a year ahead is no advice."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One date of another event, near one of ours in some respect."""

    other_id: str
    start: int
    end: int


@dataclass(frozen=True)
class Sight:
    """What is seen from one event: the next of its own dates, and the dates of others that are near in some respect."""

    mine: Action
    dates: Sequence[Dated]
    neighbours: Sequence[Neighbour]
    others: Mapping[str, Action]
    zone: str


@dataclass(frozen=True)
class Chance:
    """An opportunity as found; `span` is the other event's date that it is about."""

    other_id: str
    score: int
    reason: Reason
    span: tuple[int, int]


def find(sight: Sight, clashing: frozenset[str] = frozenset(), rules: Sequence[Rule] = RULES) -> list[Chance]:
    """Find the best chances of one event; not with its own hosts' events, nor with those it blocks (`clashing`).

    A pair is weighed at its two nearest dates, and named once.
    """
    nearest = _nearest(sight.dates, sight.neighbours)
    crowd = Counter(theme for one in nearest for theme in sight.others[one].themes if not sight.others[one].is_routine)
    chances = [
        chance
        for other_id, (gap, own, span) in nearest.items()
        if other_id not in clashing and may_join(sight.mine, sight.others[other_id])
        for days in [_days_between(own, span[0], sight.zone)]
        for chance in [_chance(Pair(sight.mine, sight.others[other_id], gap, days, crowd), span, rules)]
        if chance is not None
    ]
    return sorted(chances, key=lambda chance: (-chance.score, chance.span, chance.other_id))


def may_join(one: Action, other: Action) -> bool:
    """Say whether these are for guests and have hosts, none in common: nobody needs advice to talk to themselves."""
    open_both = not (one.closed or other.closed) and "works" not in {one.kind, other.kind}
    return (
        open_both
        and not (one.at_school and other.at_school)
        and bool(one.host_ids and other.host_ids)
        and not set(one.host_ids) & set(other.host_ids)
    )


def _chance(pair: Pair, span: tuple[int, int], rules: Sequence[Rule]) -> Chance | None:
    """Weigh what two events share; the strongest of it is the reason, the next two are said after it."""
    found = ties(pair, rules)
    if pair.one.is_routine or pair.other.is_routine or WITHIN & {pair.one.kind, pair.other.kind}:
        if not any(tie.explicit for tie in found):
            return None
        found = [tie for tie in found if tie.explicit]
    score = sum(tie.weight for tie in found) - hindrance(pair)
    said = [tie.reason for tie in sorted(found, key=lambda tie: -tie.weight) if tie.reason is not None]
    if score < WORTH or all(reason.code in WEAK for reason in said):
        return None
    first, *rest = sorted(said, key=lambda reason: reason.code in WEAK)
    also = [reason.model_dump(mode="json") for reason in rest[:2]]
    return Chance(pair.other.id, score, Reason(code=first.code, values={**first.values, "also": also}), span)


def _nearest(dates: Sequence[Dated], neighbours: Iterable[Neighbour]) -> dict[str, tuple[int, int, tuple[int, int]]]:
    """Give of each other event its date nearest to one of ours: the seconds between, our start, its span."""
    own = sorted((dated.start, dated.end) for dated in dates)
    starts = [start for start, _ in own]
    found: dict[str, tuple[int, int, tuple[int, int]]] = {}
    for one in neighbours:
        around = bisect_right(starts, one.start)
        for start, end in own[max(0, around - 1) : around + 1]:
            gap = max(0, start - one.end, one.start - end)
            seen = (gap, start, (one.start, one.end))
            if one.other_id not in found or seen < found[one.other_id]:
                found[one.other_id] = seen
    return found


def _days_between(one: int, other: int, zone: str) -> int:
    """Count the midnights on the wall between two starts."""
    local = ZoneInfo(zone)
    return abs((datetime.fromtimestamp(one, local).date() - datetime.fromtimestamp(other, local).date()).days)


def week_of(dated: Dated, zone: str) -> tuple[int, int]:
    """Give the local week, Monday to Monday, in which an occurrence starts, and the two days around it, as seconds."""
    local = datetime.fromtimestamp(dated.start, ZoneInfo(zone))
    midnight = local.replace(hour=0, minute=0, second=0)
    monday = midnight - timedelta(days=local.weekday())
    first, last = (
        min(monday, midnight - timedelta(days=1)),
        max(monday + timedelta(days=7), midnight + timedelta(days=2)),
    )
    return int(first.timestamp()), int(last.timestamp())
