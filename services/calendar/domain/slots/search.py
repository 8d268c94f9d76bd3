"""The search: for each day of the window, sweep over what is taken on all dates of the series at once, and rank.

What nobody may begin at is kept as intervals of the seconds of a day (`days`); one sweep counts on how many dates a
start is taken. So the cost grows with what is taken and with the dates, not with the minutes of the window.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.calendar.domain.almanac import holiday_on
from services.calendar.domain.claims import DAY, merged
from services.calendar.domain.slots.days import QUARTER, pieces_of, starts_hit
from services.calendar.domain.slots.demands import Demand, Found, Participant, Room
from services.calendar.domain.slots.spans import Span, Taken

LONGEST_WINDOW_DAYS = 92
MOST = 5
MOST_A_DAY = 2
MOST_DAYS_SWEPT = 40_000
"""Days × dates × rooms of one search: the rooms that fit worst are left out beyond that."""
MAY_MISS = 4
"""A time is named that suits all dates but a quarter of them, where none suits all."""
Blocked = Sequence[Sequence[Span]]
"""For each date, the seconds of the day at which it cannot begin."""


@dataclass(frozen=True)
class _Place:
    """A room with its times in order; no room where none is needed."""

    room: Room | None = None
    busy: Taken = field(default_factory=Taken)
    soft: Taken = field(default_factory=Taken)
    closed: Taken = field(default_factory=Taken)

    @classmethod
    def of(cls, room: Room) -> "_Place":
        return cls(room, *(Taken(spans) for spans in (room.busy, room.soft, room.closed)))

    @property
    def buffers(self) -> tuple[int, int]:
        return (60 * self.room.before_minutes, 60 * self.room.after_minutes) if self.room else (0, 0)


class _Candidate(NamedTuple):
    """One start that suits, in the order of ranking: what comes first matters most."""

    taken: int
    missing: int
    soft: bool
    off_preference: int
    start: int
    rank: int
    place_number: int
    day: date
    second: int


@dataclass(frozen=True)
class _Sought:
    """A demand with everything in order."""

    demand: Demand
    length: int
    needed: Taken
    soft: Taken
    outside: Taken
    optional: Sequence[tuple[Participant, Taken]]
    places: Sequence[_Place]

    @classmethod
    def of(cls, demand: Demand) -> "_Sought":
        needed = [one for one in demand.participants if one.required]
        from_at, until_at = (int(at.timestamp()) for at in (demand.from_at, demand.until_at))
        return cls(
            demand,
            60 * demand.length_minutes,
            Taken(span for one in needed for span in one.busy),
            Taken(span for one in needed for span in one.soft),
            Taken([(from_at - 3 * DAY, from_at), (until_at, until_at + 3 * DAY)]),
            [(one, Taken(one.busy)) for one in demand.participants if not one.required],
            [_Place()] if demand.rooms is None else [_Place.of(room) for room in _affordable(demand)],
        )

    def hits(self, taken: Taken, day: date, buffers: tuple[int, int] = (0, 0)) -> Iterable[Span]:
        return starts_hit(taken, day, self.demand.zone, self.length, *buffers) if taken.spans else ()


def search(demand: Demand, most: int = MOST) -> list[Found]:
    """Find the best times, none overlapping another, at most two on a day.

    Best is what suits most dates, then most of those who need not come, then nobody's uncertain plans, then the
    preferred hour, then what is soonest, then the room that fits best.
    """
    sought, found = _Sought.of(demand), list[_Candidate]()
    for day in _days(demand):
        if dates := demand.series.days_from(day):
            found += _on_day(sought, day, dates)
        perfect = sorted(filter(_is_perfect, found))
        # what comes later is no better than what nothing speaks against
        if len(_chosen(perfect, sought.length, most)) == most:
            break
    chosen = _chosen(sorted(found), sought.length, most)
    return [_shown(sought, one, demand.series.days_from(one.day)) for one in chosen]


def _days(demand: Demand) -> list[date]:
    """List the days on which the first date may be."""
    zone = ZoneInfo(demand.zone)
    first, last = (at.astimezone(zone).date() for at in (demand.from_at, demand.until_at))
    number = min((last - first).days, LONGEST_WINDOW_DAYS) + 1
    days = (first + timedelta(days=one) for one in range(number))
    return [day for day in days if day.weekday() in demand.hours.weekdays]


def _affordable(demand: Demand) -> Sequence[Room]:
    """Leave out the rooms that fit worst, where there is too much to look at."""
    days = _days(demand)
    dates = max((len(demand.series.days_from(day)) for day in days[:7]), default=1)
    number = max(1, MOST_DAYS_SWEPT // max(1, len(days) * dates))
    return sorted(demand.rooms or (), key=lambda room: room.rank)[:number]


def _on_day(sought: _Sought, day: date, dates: Sequence[date]) -> Iterator[_Candidate]:
    hours = sought.demand.hours
    low, high = 60 * hours.begins, min(60 * hours.ends - sought.length, DAY - 1)
    common = _common(sought, dates)
    if high < low or next(_stretches(common, low, high + 1), None) is None:
        return
    absent = [merged(span for at in dates for span in sought.hits(taken, at)) for _, taken in sought.optional]
    for number, place in enumerate(sought.places):
        if open_ones := list(_stretches(_blocked(sought, place, dates, common), low, high + 1)):
            yield from _candidates(sought, number, day, dates, open_ones, absent)


def _common(sought: _Sought, dates: Sequence[date]) -> Blocked:
    """List for each date when it cannot begin, wherever it is: somebody is taken, or it is a public holiday."""
    common: list[Sequence[Span]] = []
    for number, day in enumerate(dates):
        if not sought.demand.hours.holidays and holiday_on(day):
            common.append(((0, DAY),))
        else:
            outside = () if number else sought.hits(sought.outside, day)
            common.append(merged((*sought.hits(sought.needed, day), *outside)))
    return common


def _blocked(sought: _Sought, place: _Place, dates: Sequence[date], common: Blocked) -> Blocked:
    """Add for each date when the place is taken or closed."""
    if not (place.busy.spans or place.closed.spans):
        return common
    blocked = []
    for day, spans in zip(dates, common, strict=True):
        more = (hit for taken in (place.busy, place.closed) for hit in sought.hits(taken, day, place.buffers))
        blocked.append(merged((*spans, *more)))
    return blocked


def _stretches(blocked: Blocked, low: int, high: int) -> Iterator[tuple[int, int, int]]:
    """Give the stretches of starts that few enough dates are blocked at, with how many; the first date never is."""
    allowed = len(blocked) // MAY_MISS
    changes: dict[int, int] = defaultdict(int, {low: 0, high: 0})
    for number, spans in enumerate(blocked):
        weight = 1 if number else allowed + 1
        for start, end in spans:
            if start < high and end > low:
                changes[max(start, low)] += weight
                changes[min(end, high)] -= weight
    taken = 0
    for start, end in pairwise(sorted(changes)):
        taken += changes[start]
        if taken <= allowed:
            yield start, end, taken


def _candidates(
    sought: _Sought,
    number: int,
    day: date,
    dates: Sequence[date],
    open_ones: Sequence[tuple[int, int, int]],
    absent: Sequence[Sequence[Span]],
) -> Iterator[_Candidate]:
    """Choose in each stretch the starts at which anything about them changes; between two of those nothing does."""
    place, preferred, pieces = sought.places[number], sought.demand.hours.preferred, pieces_of(day, sought.demand.zone)
    unsure = merged(
        span for at in dates for span in (*sought.hits(sought.soft, at), *sought.hits(place.soft, at, place.buffers))
    )
    edges = sorted({edge for spans in (*absent, unsure) for span in spans for edge in span})
    for start, end, taken in open_ones:
        for second in _starts(start, end, edges, preferred, sought.length):
            yield _Candidate(
                taken=taken,
                missing=sum(_is_in(spans, second) for spans in absent),
                soft=_is_in(unsure, second),
                off_preference=0 if preferred is None else abs(second - 60 * preferred),
                start=next(base for first, last, base in pieces if first <= second < last) + second,
                rank=place.room.rank if place.room else 0,
                place_number=number,
                day=day,
                second=second,
            )


def _starts(start: int, end: int, edges: Sequence[int], preferred: int | None, length: int) -> list[int]:
    """List whole quarters of an hour: the first of a stretch and after each edge, those nearest the preferred one.

    Another lies a whole length away from each, for a second choice on the same day.
    """
    inside = [start, *(edge for edge in edges if start < edge < end)]
    found = {-(-edge // QUARTER) * QUARTER for edge in inside}
    found |= {second + length for second in found}
    if preferred is not None:
        found |= {(edge - 1) // QUARTER * QUARTER for edge in (*inside[1:], end)}
        found |= {60 * preferred + away for away in (-length, 0, length)}
    return sorted(second for second in found if start <= second < end)


def _is_in(spans: Sequence[Span], second: int) -> bool:
    return any(start <= second < end for start, end in spans)


def _is_perfect(one: _Candidate) -> bool:
    return not (one.taken or one.missing or one.soft or one.off_preference)


def _chosen(ranked: Iterable[_Candidate], length: int, most: int) -> list[_Candidate]:
    chosen: list[_Candidate] = []
    for one in ranked:
        on_day = sum(other.day == one.day for other in chosen)
        if on_day < MOST_A_DAY and all(abs(one.start - other.start) >= length for other in chosen):
            chosen.append(one)
            if len(chosen) == most:
                break
    return chosen


def _shown(sought: _Sought, one: _Candidate, dates: Sequence[date]) -> Found:
    place = sought.places[one.place_number]
    blocked = _blocked(sought, place, dates, _common(sought, dates))
    missing = {
        participant.id
        for participant, taken in sought.optional
        if any(_is_in(list(sought.hits(taken, at)), one.second) for at in dates)
    }
    zone = ZoneInfo(sought.demand.zone)
    return Found(
        starts_at=datetime.fromtimestamp(one.start, UTC).astimezone(zone),
        ends_at=datetime.fromtimestamp(one.start + sought.length, UTC).astimezone(zone),
        dates=len(dates),
        skipped=tuple(at for at, spans in zip(dates, blocked, strict=True) if _is_in(spans, one.second)),
        room=place.room,
        welcome=tuple(who.id for who, _ in sought.optional if who.id not in missing),
        missing=tuple(who.id for who, _ in sought.optional if who.id in missing),
        soft=one.soft,
    )
