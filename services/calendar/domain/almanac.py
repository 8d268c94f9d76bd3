"""The almanac: public holidays and quiet hours, as the calendar kind of conflict knows them."""

from datetime import date, datetime, timedelta
from functools import cache
from importlib.metadata import version

from services.calendar.domain import school_year

ZONE = "Europe/Warsaw"
"""On whose clock the almanac and opening hours are: a file may have given an event any zone."""


@cache
def _holidays_of(year: int) -> dict[date, dict[str, str]]:
    import holidays  # the almanac of the whole world takes a second to open: not while the service starts

    polish = holidays.country_holidays("PL", years=year, language="pl")
    english = holidays.country_holidays("PL", years=year, language="en_US")
    return {day: {"pl": name, "en": english.get(day, name)} for day, name in polish.items()}


def edition() -> str:
    """Name the tables that checks are made with: school years, public holidays, the reader of opening hours."""
    libraries = " ".join(f"{name} {version(name)}" for name in ("holidays", "opening-hours-py"))
    return f"school years {school_year.EDITION}, {libraries}"


def holiday_on(day: date) -> dict[str, str] | None:
    """Name the Polish public holiday on this day in both languages, if it is one."""
    return _holidays_of(day.year).get(day)


def is_in_quiet_hours(starts_at: datetime, ends_at: datetime, quiet_from: int, quiet_to: int) -> bool:
    """Say whether a local, half-open span reaches into the nightly hours from `quiet_from` to `quiet_to` o'clock."""
    night = starts_at.replace(hour=quiet_from, minute=0, second=0, microsecond=0) - timedelta(days=1)
    while night < ends_at:
        morning = (night + timedelta(days=1)).replace(hour=quiet_to)
        if starts_at < morning and night < ends_at:
            return True
        night += timedelta(days=1)
    return False
