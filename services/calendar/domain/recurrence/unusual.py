"""Unusual patterns: those that dateutil knows how to follow, and those that repeat within a day; both bounded."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from dateutil import rrule as dateutil_rrule

from services.calendar.domain.recurrence.patterns import Pattern

UNIT = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}
NAMES = {
    "BYSECOND": "bysecond",
    "BYMINUTE": "byminute",
    "BYHOUR": "byhour",
    "BYMONTHDAY": "bymonthday",
    "BYYEARDAY": "byyearday",
    "BYWEEKNO": "byweekno",
    "BYMONTH": "bymonth",
    "BYSETPOS": "bysetpos",
}


class _NothingMore(Exception):
    """The rule was followed past the end of what was asked."""


class _Bounded(dateutil_rrule.rrule):  # type: ignore[misc]  # dateutil publishes no types
    """A rule that is followed through so many months at most.

    dateutil looks for a date that never comes (30 February) until the year 9999, day by day. It reads `_byeaster`
    each time it turns a page of its calendar, which is at most once a month: so that is where we stop it.
    """

    pages = 0

    @property
    def _byeaster(self) -> None:
        self.pages -= 1
        if self.pages < 0:
            raise _NothingMore

    @_byeaster.setter
    def _byeaster(self, value: object) -> None:
        """Take what dateutil's own constructor sets; no rule of RFC 5545 has it."""


def by_dateutil(pattern: Pattern, first: datetime, reach: datetime, last: datetime) -> Iterator[datetime]:
    """Follow a pattern of days, weeks, months or years with dateutil, from about `reach` to `last`."""
    days = {"DAILY": 1, "WEEKLY": 7}.get(pattern.frequency, 0) * pattern.interval
    if days:
        first += timedelta(days=max(0, (reach - first).days // days - 1) * days)
    given: dict[str, Any] = {NAMES[name]: numbers for name, numbers in pattern.by}
    if pattern.by_day:
        given["byweekday"] = [dateutil_rrule.weekday(day, n or None) for n, day in pattern.by_day]
    frequency = getattr(dateutil_rrule, pattern.frequency)
    rule = _Bounded(frequency, dtstart=first, interval=pattern.interval, wkst=pattern.week_start, **given)
    rule.pages = max(0, (last.year - first.year + 1) * 12) + 24
    try:
        yield from rule
    except _NothingMore:
        return


def by_time_of_day(pattern: Pattern, first: datetime, reach: datetime, last: datetime) -> Iterator[datetime]:
    """Follow a pattern of hours, minutes or seconds day by day, from the day of `reach` to that of `last`."""
    unit = UNIT[pattern.frequency]
    midnight = first.replace(hour=0, minute=0, second=0)
    start = int((first - midnight).total_seconds()) // unit
    skipped = max(0, (reach - midnight).days)
    for day in range(skipped, max(skipped, (last - midnight).days + 1)):
        today = midnight + timedelta(days=day)
        if not _is_day(pattern, today):
            # Looking at a day is a step too, so that a rule without any date ends.
            yield first
            continue
        before = (start - day * (86_400 // unit)) % pattern.interval
        for number in range(before, 86_400 // unit, pattern.interval):
            yield from _moments(pattern, first, today, number * unit) or (first,)


def _is_day(pattern: Pattern, day: datetime) -> bool:
    """Say whether the parts that limit days allow this one (RFC 5545 §3.3.10, the table of BY parts)."""
    following = day + timedelta(days=1)
    in_year, from_end = day.timetuple().tm_yday, (day.replace(month=12, day=31) - day).days + 1
    month_end = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - following
    allowed: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
        (pattern.numbers("BYMONTH"), (day.month,)),
        (pattern.numbers("BYMONTHDAY"), (day.day, -month_end.days - 1)),
        (pattern.numbers("BYYEARDAY"), (in_year, -from_end)),
        (tuple(weekday for _, weekday in pattern.by_day), (day.weekday(),)),
    )
    return all(not wanted or any(one in wanted for one in ones) for wanted, ones in allowed)


def _moments(pattern: Pattern, first: datetime, today: datetime, seconds: int) -> list[datetime]:
    """List the times in one hour, minute or second of the rule: smaller parts expand, its own and larger ones limit."""
    hour, minute, second = seconds // 3600, seconds // 60 % 60, seconds % 60
    hours, minutes, these = (pattern.numbers(name) for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    if hours and hour not in hours:
        return []
    if pattern.frequency != "HOURLY":
        if minutes and minute not in minutes:
            return []
        minutes = (minute,)
    if pattern.frequency == "SECONDLY":
        if these and second not in these:
            return []
        these = (second,)
    return [
        today.replace(hour=hour, minute=one_minute, second=one_second)
        for one_minute in minutes or (first.minute,)
        for one_second in these or (first.second,)
    ]
