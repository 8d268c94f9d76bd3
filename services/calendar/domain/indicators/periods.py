"""Periods: from one day to another, both included, on the calendar of one zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MOST_DAYS = 1830
"""Five years at most are counted at once."""
FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class Period:
    """The days from `first_on` to `last_on`, both included, as the clocks of `zone` have them."""

    first_on: date
    last_on: date
    zone: str

    @property
    def span(self) -> tuple[int, int]:
        """Give it as half-open seconds since 1970: an hour shorter or longer where the clocks change."""
        return self._midnight(self.first_on), self._midnight(self.last_on + timedelta(days=1))

    @property
    def months(self) -> tuple[tuple[int, int], ...]:
        """Give the months that it touches, as pairs of year and month."""
        first, last = self.first_on.year * 12 + self.first_on.month - 1, self.last_on.year * 12 + self.last_on.month - 1
        return tuple((number // 12, number % 12 + 1) for number in range(first, last + 1))

    @property
    def is_year(self) -> bool:
        """Say whether it is one whole calendar year."""
        year = self.first_on.year
        return (self.first_on, self.last_on) == (date(year, 1, 1), date(year, 12, 31))

    def day_of(self, seconds: int) -> date:
        """Give the local day of an instant."""
        return datetime.fromtimestamp(seconds, ZoneInfo(self.zone)).date()

    def _midnight(self, day: date) -> int:
        return int(datetime.combine(day, time.min, ZoneInfo(self.zone)).timestamp())


def period_faults(first_on: date, last_on: date) -> list[str]:
    """Say what is wrong with the days of a period, as gettext source strings."""
    if last_on < first_on:
        return ["The last day is before the first"]
    if first_on.year < FIRST_YEAR or last_on.year > LAST_YEAR:
        return ["A period lies between the years 1990 and 2100"]
    if (last_on - first_on).days >= MOST_DAYS:
        return ["A period has five years at most"]
    return []


def year_at(now: datetime, zone: str) -> Period:
    """Give the calendar year that it is in a zone."""
    year = now.astimezone(ZoneInfo(zone)).year
    return Period(date(year, 1, 1), date(year, 12, 31), zone)


def before(period: Period) -> Period:
    """Give the same days a year earlier where it is whole months, else as many days just before it."""
    first, last = period.first_on, period.last_on
    is_whole = first.day == 1 and (last + timedelta(days=1)).day == 1
    if is_whole and len(period.months) <= 12:
        end = last + timedelta(days=1)
        return Period(
            date(first.year - 1, first.month, 1), date(end.year - 1, end.month, 1) - timedelta(days=1), period.zone
        )
    return Period(first - (last - first) - timedelta(days=1), first - timedelta(days=1), period.zone)
