"""On which days of the week something is wanted, and on which it is to be had; 1 is Monday."""

import re
from collections.abc import Collection
from datetime import date, timedelta

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
EVERY_DAY = frozenset(range(1, 8))
_DAY = "|".join(DAYS)
_RULE = re.compile(rf"({_DAY})(?:\s*-\s*({_DAY}))?")
_SIMPLE = re.compile(rf"(?:({_DAY}|PH)|[-,;:\s\d]|off)*")


def wanted_days(weekdays: Collection[int], from_on: date | None, until_on: date | None) -> frozenset[int]:
    """Say on which days something is wanted: those that are named, of those that lie between two dates."""
    days = frozenset(weekdays) or EVERY_DAY
    if from_on is None or until_on is None or (until_on - from_on).days >= 6:
        return days
    between = {(from_on + timedelta(days=n)).isoweekday() for n in range((until_on - from_on).days + 1)}
    return days & between


def open_days(opening_hours: str) -> frozenset[int] | None:
    """Read the days from opening hours (OpenStreetMap's syntax); none where nobody said, or it is not that simple."""
    if not opening_hours.strip() or not _SIMPLE.fullmatch(opening_hours):
        return None
    found: set[int] = set()
    for rule in opening_hours.split(";"):
        days = _days_of(rule)
        found = found - days if "off" in rule else found | days
    return frozenset(found)


def _days_of(rule: str) -> set[int]:
    """Read the days of one rule; a rule that names none is for every day, and one for holidays alone for no weekday."""
    found: set[int] = set()
    for first, last in _RULE.findall(rule):
        start = DAYS.index(first) + 1
        length = (DAYS.index(last) + 1 - start) % 7 if last else 0
        found |= {(start + n - 1) % 7 + 1 for n in range(length + 1)}
    return found or (set() if "PH" in rule or not rule.strip() else set(EVERY_DAY))
