"""Readings: the wall-clock starts that a pattern gives, in order; plain ones are stepped, others asked of dateutil."""

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from services.calendar.domain.recurrence.patterns import SUBDAILY, Pattern
from services.calendar.domain.recurrence.unusual import by_dateutil, by_time_of_day
from services.calendar.domain.recurrence.wall_clock import reading_of

MOST_STEPS = 30_000
"""So many dates are looked at for one rule in one window; a rule that asks for more is cut there."""
END_OF_DAY = time(23, 59, 59, 999_999, tzinfo=UTC)


class TooMany(Exception):
    """The rule gives more dates than we look at."""


def readings(
    pattern: Pattern, first: datetime, low: datetime, high: datetime, zone: str, *, all_day: bool = False
) -> Iterator[datetime]:
    """Give the starts from `low` to `high` (readings, both included) of a rule that starts at `first`.

    The first start belongs to the rule and to its COUNT even where the pattern does not match it (RFC 5545 §3.8.5.3).
    Raises TooMany once MOST_STEPS dates were looked at.
    """
    last = min(high, _last_day(pattern, zone) if all_day else _last(pattern, zone))
    # What lies before the window need not be walked through, unless it has to be counted.
    reach = low if pattern.count is None else first
    given = 1
    if low <= first <= last:
        yield first
    try:
        for step, reading in enumerate(_candidates(pattern, first, reach, last)):
            if reading > last or given == pattern.count:
                return
            if step >= MOST_STEPS:
                raise TooMany
            if reading > first:
                given += 1
                if reading >= low:
                    yield reading
    except OverflowError:
        # The next date is after the year 9999: there is none.
        return


def has_start(pattern: Pattern, first: datetime) -> bool:
    """Say whether a pattern itself gives a start (a reading), and not only because a series begins there."""
    for reading in _candidates(pattern, first, first, first):
        if reading >= first:
            return reading == first
    return False


def _last(pattern: Pattern, zone: str) -> datetime:
    """Give the last reading that UNTIL allows; a date allows its whole day, whatever its type ought to be."""
    until = pattern.until
    if until is None:
        return datetime.max.replace(tzinfo=UTC)
    if not isinstance(until, datetime):
        return datetime.combine(until, END_OF_DAY)
    if until.tzinfo is None:
        return until.replace(tzinfo=UTC)
    try:
        return reading_of(until, zone)
    except OverflowError:
        return until  # at either end of time no offset makes a difference


def _last_day(pattern: Pattern, zone: str) -> datetime:
    """Give the last reading of an all-day rule, whose UNTIL ought to be a date (RFC 5545 §3.3.10).

    An instant that is midnight in the zone means the day that begins there, as some programs write it; any other the
    day that its text names.
    """
    until = pattern.until
    if isinstance(until, datetime):
        local = _last(pattern, zone)
        until = local if local.time() == time.min else until
    return datetime.max.replace(tzinfo=UTC) if until is None else datetime.combine(until, END_OF_DAY)


def _candidates(pattern: Pattern, first: datetime, reach: datetime, last: datetime) -> Iterator[datetime]:
    """Give what the pattern matches, in order, from about `reach`; COUNT and UNTIL are the caller's."""
    frequency = pattern.frequency
    if frequency in SUBDAILY:
        return by_time_of_day(pattern, first, reach, last)
    if frequency == "DAILY" and pattern.has_only():
        return _daily(pattern, first, reach)
    if frequency == "WEEKLY" and pattern.has_only("BYDAY") and not any(n for n, _ in pattern.by_day):
        return _weekly(pattern, first, reach)
    if _is_plain_month(pattern):
        return _monthly(pattern, first, reach)
    return by_dateutil(pattern, first, reach, last)


def _is_plain_month(pattern: Pattern) -> bool:
    """Say whether the dates are found month by month: by day of the month, or by an nth weekday of it."""
    if pattern.by_day and (pattern.numbers("BYMONTHDAY") or not all(n for n, _ in pattern.by_day)):
        return False
    if pattern.frequency == "MONTHLY":
        return pattern.has_only("BYDAY", "BYMONTHDAY")
    if pattern.frequency != "YEARLY":
        return False
    return pattern.has_only() or (
        bool(pattern.numbers("BYMONTH")) and pattern.has_only("BYMONTH", "BYDAY", "BYMONTHDAY")
    )


def _daily(pattern: Pattern, first: datetime, reach: datetime) -> Iterator[datetime]:
    step = timedelta(days=pattern.interval)
    reading = first + _skipped(first, reach, pattern.interval) * step
    while True:
        yield reading
        reading += step


def _weekly(pattern: Pattern, first: datetime, reach: datetime) -> Iterator[datetime]:
    into_week = (first.weekday() - pattern.week_start) % 7
    days = sorted((day - pattern.week_start) % 7 for _, day in pattern.by_day) or [into_week]
    step = timedelta(weeks=pattern.interval)
    week = first - timedelta(days=into_week)
    week += _skipped(week, reach, 7 * pattern.interval) * step
    offsets = [timedelta(days=day) for day in days]
    while True:
        for offset in offsets:
            yield week + offset
        week += step


def _skipped(start: datetime, reach: datetime, days: int) -> int:
    """Say how many whole periods of so many days lie between `start` and `reach`."""
    return max(0, (reach - start).days // days)


def _monthly(pattern: Pattern, first: datetime, reach: datetime) -> Iterator[datetime]:
    yearly = pattern.frequency == "YEARLY"
    months = (pattern.numbers("BYMONTH") or (first.month,)) if yearly else (0,)
    period = pattern.interval * (12 if yearly else 1)
    start = first.year * 12 + (0 if yearly else first.month - 1)
    start += max(0, (reach.year * 12 + reach.month - 1 - start) // period) * period
    for number in range(start, date.max.year * 12, period):
        for month in months:
            year, in_year = divmod(number + max(month - 1, 0), 12)
            for day in _days_of_month(pattern, first.day, year, in_year + 1):
                yield first.replace(year=year, month=in_year + 1, day=day)


def _days_of_month(pattern: Pattern, usual: int, year: int, month: int) -> list[int]:
    """List the matching days of a month; a day that it does not have is left out (RFC 5545 §3.3.10)."""
    weekday, length = calendar.monthrange(year, month)
    if pattern.by_day:
        wanted = [
            (1 + (day - weekday) % 7 + 7 * (n - 1))
            if n > 0
            else (length - (weekday + length - 1 - day) % 7 + 7 * (n + 1))
            for n, day in pattern.by_day
        ]
    else:
        wanted = [day if day > 0 else length + 1 + day for day in pattern.numbers("BYMONTHDAY") or (usual,)]
    return sorted({day for day in wanted if 1 <= day <= length})
