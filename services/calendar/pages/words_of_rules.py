"""Words of rules: how an event repeats, said as a neighbour would: "co wtorek 17:00–18:00, do 30 czerwca"."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from services.calendar.domain.recurrence import Pattern, Rule, UnreadableRule, pattern_of
from shared import i18n
from shared.i18n import plural, say

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
WORKING_WEEK = (0, 1, 2, 3, 4)
WHOLE_WEEK = (*WORKING_WEEK, 5, 6)
MOST_DATES_NAMED = 3
FEWEST_MONTHS = 9
"""A series that pauses longer than three months is better shown by its dates."""


def words_of_rule(rule: Rule) -> str | None:
    """Say how an event repeats, in the language of the request; none where it does not, or where words would lie.

    What cannot be said in one plain sentence (RFC 5545 §3.3.10 allows very much) is better shown by its next dates.
    """
    if rule.rrule is None:
        return None
    zone = ZoneInfo(rule.zone)
    first, end = rule.starts_at.astimezone(zone), rule.ends_at.astimezone(zone)
    try:
        pattern = pattern_of(rule.rrule)
    except UnreadableRule:
        return None
    days = _SAYING[pattern.frequency](pattern, first) if pattern.frequency in _SAYING else None
    if days is None:
        return None
    times = "" if rule.all_day else f" {first:%H:%M}{i18n.DASH}{end:%H:%M}"
    parts = (days + times, _pause(pattern), _end(pattern, first), *_exceptions(rule, first))
    return ", ".join(part for part in parts if part)


def _daily(pattern: Pattern, first: datetime) -> str | None:
    if pattern.interval == 1 and pattern.by_day and pattern.has_only("BYDAY"):
        return _weekly(pattern, first)
    if pattern.by or pattern.by_day:
        return None
    return say("every day") if pattern.interval == 1 else plural("every {n} day", "every {n} days", pattern.interval)


def _weekly(pattern: Pattern, first: datetime) -> str | None:
    if not pattern.has_only("BYDAY", "BYMONTH") or any(which for which, _ in pattern.by_day):
        return None
    if 0 < len(pattern.numbers("BYMONTH")) < FEWEST_MONTHS:
        return None
    days = tuple(day for _, day in pattern.by_day) or (first.weekday(),)
    if pattern.interval == 1 and days == WHOLE_WEEK:
        return say("every day")
    if pattern.interval == 1 and days == WORKING_WEEK:
        return say("from Monday to Friday")
    if pattern.interval <= 2 and len(days) == 1:
        return say(("every " if pattern.interval == 1 else "every second ") + WEEKDAYS[days[0]])
    weeks = say("every week")
    if pattern.interval > 1:
        weeks = plural("every {n} week", "every {n} weeks", pattern.interval)
    return f"{weeks} {_listed([say(f'on {WEEKDAYS[day]}') for day in days])}"


def _monthly(pattern: Pattern, first: datetime) -> str | None:
    which = _days_of_month(pattern, first)
    if which is None:
        return None
    if pattern.interval == 1:
        return say("{which} of every month", which=_listed(which))
    return plural("every {n} month, {which}", "every {n} months, {which}", pattern.interval, which=_listed(which))


def _days_of_month(pattern: Pattern, first: datetime) -> Sequence[str] | None:
    """Name the days on which a monthly rule falls: by their number, or as the first, second, last weekday."""
    positions, numbers = pattern.numbers("BYSETPOS"), pattern.numbers("BYMONTHDAY")
    if pattern.has_only("BYMONTHDAY") or pattern.has_only():
        return _numbered(numbers or (first.day,))
    named = pattern.by_day
    if pattern.has_only("BYDAY", "BYSETPOS") and len(positions) == 1 and len(named) == 1 and not named[0][0]:
        named = ((positions[0], named[0][1]),)
    elif not pattern.has_only("BYDAY"):
        return None
    if any(which not in ORDINALS for which, _ in named):
        return None
    return [say(f"on the {ORDINALS[which]} {WEEKDAYS[day]}") for which, day in sorted(named, key=_as_they_come)]


def _as_they_come(named: tuple[int, int]) -> tuple[bool, int, int]:
    return named[0] < 0, *named


def _numbered(numbers: Sequence[int]) -> Sequence[str] | None:
    if any(number < -1 for number in numbers):
        return None
    ordered = sorted(numbers, key=lambda number: (number < 0, number))
    return [say("on the last day") if number == -1 else say("on day {n}", n=number) for number in ordered]


def _yearly(pattern: Pattern, first: datetime) -> str | None:
    months, numbers = pattern.numbers("BYMONTH") or (first.month,), pattern.numbers("BYMONTHDAY") or (first.day,)
    if pattern.interval > 1 or not pattern.has_only("BYMONTH", "BYMONTHDAY"):
        return None
    if (months, numbers) != ((first.month,), (first.day,)):
        return None
    return say("every year on {day}", day=_day(first.date(), first.year))


def _pause(pattern: Pattern) -> str:
    """Say in which months a weekly rule pauses: "nie w sierpniu" would need a case, so they are named after a colon."""
    kept = pattern.numbers("BYMONTH")
    if pattern.frequency != "WEEKLY" or not kept:
        return ""
    locale = i18n.LOCALES[i18n.language.get()]
    names = [format_date(date(2024, one, 1), "LLLL", locale=locale) for one in range(1, 13) if one not in kept]
    return say("with a pause: {months}", months=", ".join(names)) if names else ""


def _end(pattern: Pattern, first: datetime) -> str:
    if pattern.count is not None:
        return plural("{n} time", "{n} times", pattern.count)
    if pattern.until is None:
        return ""
    until = pattern.until
    if isinstance(until, datetime):
        until = (until.astimezone(first.tzinfo) if until.tzinfo else until).date()
    return say("until {day}", day=_day(until, first.year))


def _exceptions(rule: Rule, first: datetime) -> Sequence[str]:
    """Say what is left out, what is added, and how many dates are at another time."""
    left_out = sorted({*rule.exdates, *(at for at, value in rule.overrides.items() if value is None)})
    moved = sum(value is not None for value in rule.overrides.values())
    return [
        _dates(left_out, first, "except {days}", ("except {n} date", "except {n} dates")) if left_out else "",
        _dates(rule.rdates, first, "and also {days}", ("and {n} more date", "and {n} more dates"))
        if rule.rdates
        else "",
        plural("{n} date differs", "{n} dates differ", moved) if moved else "",
    ]


def _dates(moments: Sequence[datetime], first: datetime, few: str, many: tuple[str, str]) -> str:
    if len(moments) > MOST_DATES_NAMED:
        return plural(*many, len(moments))
    days = [_day(moment.astimezone(first.tzinfo).date(), first.year) for moment in moments]
    return say(few, days=_listed(days))


def _day(day: date, known_year: int) -> str:
    """Say a date; the year only where it is not the one in which the event begins."""
    shape = "d MMMM" if day.year == known_year else "d MMMM y"
    return str(format_date(day, shape, locale=i18n.LOCALES[i18n.language.get()]))


def _listed(parts: Sequence[str]) -> str:
    return say("{these} and {last}", these=", ".join(parts[:-1]), last=parts[-1]) if len(parts) > 1 else parts[0]


_SAYING = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}
