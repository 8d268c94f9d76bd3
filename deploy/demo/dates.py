"""When the demo's events are: counted from the week in which it is loaded, so that it always looks lived in."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

ZONE = "Europe/Warsaw"
SEASONS = ("Zimowy", "Wiosenny", "Letni", "Jesienny")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SATURDAY = 5
LONGEST_SERIES = timedelta(days=366)


def span_of(when: Mapping[str, Any], today: date) -> tuple[datetime, datetime]:
    """Give start and end on the clock of Warsaw.

    `when` names a week from this one and a weekday from Monday (0), or Christmas: the last Saturday before it.
    """
    day = before_christmas(today) if when.get("christmas") else day_of(when["week"], when["weekday"], today)
    starts_at = datetime.combine(day, time.fromisoformat(when["at"]), ZoneInfo(ZONE))
    return starts_at, starts_at + timedelta(minutes=when["minutes"])


def day_of(week: int, weekday: int, today: date) -> date:
    """Give a weekday so many working weeks from this week; weeks with a public holiday are not counted."""
    monday = today - timedelta(days=today.weekday())
    step = timedelta(weeks=1 if week > 0 else -1)
    left = abs(week)
    while left:
        monday += step
        left -= not any(is_holiday(monday + timedelta(days=day)) for day in range(6))
    return monday + timedelta(days=weekday)


def skipped_dates(rrule: str | None, starts_at: datetime) -> list[datetime]:
    """Give the dates on which a weekly series would fall on a public holiday, so that it pauses then."""
    if rrule is None:
        return []
    named = dict(part.split("=") for part in rrule.split(";"))
    weekdays = named.get("BYDAY", WEEKDAYS[starts_at.weekday()]).split(",")
    days = [starts_at + timedelta(days=number) for number in range(LONGEST_SERIES.days)]
    return [day for day in days if WEEKDAYS[day.weekday()] in weekdays and is_holiday(day.date())]


def is_holiday(day: date) -> bool:
    """Say whether a day is a Polish public holiday."""
    return day in _holidays_of(day.year)


@cache
def _holidays_of(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("PL", years=year))


def before_christmas(today: date) -> date:
    """Give the last Saturday before the next Christmas Eve, if it is not over; else that of the next year."""
    for year in (today.year, today.year + 1):
        eve = date(year, 12, 24)
        saturday = eve - timedelta(days=(eve.weekday() - SATURDAY) % 7 or 7)
        if saturday > today:
            return saturday
    raise AssertionError("every year has a Christmas")


def season_of(day: date) -> str:
    """Name the season of a day as a Polish adjective: December to February is winter."""
    return SEASONS[day.month % 12 // 3]
