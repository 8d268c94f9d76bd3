"""When the demo's events are: counted from the week in which it is loaded, so that it always looks lived in."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZONE = "Europe/Warsaw"
SEASONS = ("Zimowy", "Wiosenny", "Letni", "Jesienny")
SATURDAY = 5


def span_of(when: Mapping[str, Any], today: date) -> tuple[datetime, datetime]:
    """Give start and end on the clock of Warsaw.

    `when` names a week from this one and a weekday from Monday (0), or Christmas: the last Saturday before it.
    """
    day = before_christmas(today) if when.get("christmas") else day_of(when["week"], when["weekday"], today)
    starts_at = datetime.combine(day, time.fromisoformat(when["at"]), ZoneInfo(ZONE))
    return starts_at, starts_at + timedelta(minutes=when["minutes"])


def day_of(week: int, weekday: int, today: date) -> date:
    """Give a weekday so many weeks from this week."""
    return today - timedelta(days=today.weekday()) + timedelta(weeks=week, days=weekday)


def before_christmas(today: date) -> date:
    """Give the last Saturday before Christmas Eve that is not over."""
    for year in (today.year, today.year + 1):
        eve = date(year, 12, 24)
        saturday = eve - timedelta(days=(eve.weekday() - SATURDAY) % 7 or 7)
        if saturday > today:
            return saturday
    raise AssertionError("a year has a Christmas")


def season_of(day: date) -> str:
    """Name the season of a day as a Polish adjective: December to February is winter."""
    return SEASONS[day.month % 12 // 3]
