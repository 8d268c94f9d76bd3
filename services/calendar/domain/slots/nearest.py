"""The nearest slots: the times at which an event, with all its dates, takes what nobody else has taken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.calendar.domain.claims import Dated
from services.calendar.domain.slots.spans import Span, Taken
from shared.messages import Reason

WANTED = 3
STEP_MINUTES = 30
REACH_DAYS = 28
DAY_BEGINS, DAY_ENDS = 7, 22
"""Slots lie between these local hours, unless what is wanted does not."""


@dataclass(frozen=True)
class Slot:
    """A free time for the first date of an event; half-open."""

    starts_at: datetime
    ends_at: datetime
    reason: Reason


@dataclass(frozen=True)
class Wish:
    """What a slot must suit: the local times of all dates, and the minutes taken before and after each."""

    dates: tuple[tuple[datetime, datetime], ...]
    all_day: bool = False
    before_minutes: int = 0
    after_minutes: int = 0

    @staticmethod
    def of(dates: Sequence[Dated], zone: str, *, all_day: bool = False, before: int = 0, after: int = 0) -> "Wish":
        """Make a wish of occurrences; their wall-clock time in `zone` is what is moved."""
        where = ZoneInfo(zone)
        local = tuple(
            (datetime.fromtimestamp(dated.start, where), datetime.fromtimestamp(dated.end, where))
            for dated in dates
            if not dated.cancelled
        )
        return Wish(local, all_day, before, after)


def nearest(wish: Wish, busy: Sequence[Span], not_before: datetime, *, most: int = WANTED) -> list[Slot]:
    """Find the nearest free slots, none overlapping another; each is free on every date of the wish.

    `busy` are seconds in which what is wanted is taken, in any order. A slot never begins before `not_before`.
    """
    if not wish.dates:
        return []
    taken = Taken(busy)
    found: list[tuple[int, datetime, datetime]] = []
    for minutes in _shifts(wish.all_day):
        starts_at, ends_at = moved(*wish.dates[0], minutes)
        if starts_at < not_before or not _is_by_day(wish, starts_at, ends_at):
            continue
        if any(starts_at < chosen_end and chosen_start < ends_at for _, chosen_start, chosen_end in found):
            continue
        if not any(in_the_way(wish, date, minutes, taken) for date in wish.dates):
            found.append((minutes, starts_at, ends_at))
            if len(found) == most:
                break
    return [Slot(starts_at, ends_at, _reason(wish, starts_at)) for _, starts_at, ends_at in found]


def _shifts(all_day: bool) -> Iterator[int]:
    """Name the shifts in minutes, nearest first, later before earlier; whole days for an all-day event."""
    step = 24 * 60 if all_day else STEP_MINUTES
    yield 0
    for distance in range(step, REACH_DAYS * 24 * 60 + 1, step):
        yield distance
        yield -distance


def moved(starts_at: datetime, ends_at: datetime, minutes: int) -> tuple[datetime, datetime]:
    """Move by the wall clock; the length in real time stays, unless whole days are moved."""
    moved = starts_at + timedelta(minutes=minutes)
    if minutes % (24 * 60) == 0:
        return moved, ends_at + timedelta(minutes=minutes)
    length = ends_at.timestamp() - starts_at.timestamp()
    return moved, datetime.fromtimestamp(moved.timestamp() + length, starts_at.tzinfo)


def _is_by_day(wish: Wish, starts_at: datetime, ends_at: datetime) -> bool:
    first_start, first_end = wish.dates[0]
    if wish.all_day or not _is_in_daytime(first_start, first_end):
        return True
    return _is_in_daytime(starts_at, ends_at)


def _is_in_daytime(starts_at: datetime, ends_at: datetime) -> bool:
    closing = starts_at.replace(hour=DAY_ENDS, minute=0, second=0, microsecond=0)
    return starts_at.hour >= DAY_BEGINS and ends_at <= closing


def in_the_way(wish: Wish, date: tuple[datetime, datetime], minutes: int, taken: Taken) -> Sequence[Span]:
    """Give what is taken where one date would be, moved by so many minutes, with the time around it."""
    starts_at, ends_at = moved(*date, minutes)
    start = int(starts_at.timestamp()) - 60 * wish.before_minutes
    return taken.between(start, int(ends_at.timestamp()) + 60 * wish.after_minutes)


def same_day_shifts(wish: Wish, not_before: datetime) -> Iterator[int]:
    """Name the shifts in minutes that keep the first date on its day and in the daytime, the nearest first."""
    if wish.all_day or not wish.dates:
        return
    for minutes in _shifts(wish.all_day):
        starts_at, ends_at = moved(*wish.dates[0], minutes)
        is_same_day = starts_at.date() == wish.dates[0][0].date()
        if minutes and is_same_day and starts_at >= not_before and _is_by_day(wish, starts_at, ends_at):
            yield minutes
        if abs(minutes) >= 24 * 60:
            return


def _reason(wish: Wish, starts_at: datetime) -> Reason:
    wanted = wish.dates[0][0]
    days = (starts_at.date() - wanted.date()).days
    dates = {"dates": len(wish.dates)}
    if days:
        return Reason(code="slot_other_day", values={"days": days, **dates})
    minutes = round((starts_at.timestamp() - wanted.timestamp()) / 60)
    if minutes:
        return Reason(code="slot_same_day", values={"minutes": minutes, **dates})
    return Reason(code="slot_free", values=dates)
