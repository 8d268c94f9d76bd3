"""Patterns: the text of an RRULE, understood (RFC 5545 §3.3.10); the text itself is never rewritten."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Literal, cast

from shared.messages.base import Reason

Frequency = Literal["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"]
FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
SUBDAILY = ("HOURLY", "MINUTELY", "SECONDLY")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LONGEST_TEXT = 2_000
LARGEST_NUMBER = 1_000_000

RULE_UNREADABLE = "rule_unreadable"
RULE_UNSUPPORTED = "rule_unsupported"

LIMITS: dict[str, tuple[int, int, bool]] = {
    "BYSECOND": (0, 60, False),
    "BYMINUTE": (0, 59, False),
    "BYHOUR": (0, 23, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (1, 53, True),
    "BYMONTH": (1, 12, False),
    "BYSETPOS": (1, 366, True),
}
"""Smallest, largest, and whether it may also count from the end."""

_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?")


class UnreadableRule(ValueError):
    """This text is no recurrence rule, or one that we do not know how to follow; `reason` says which and why."""

    def __init__(self, code: str, rule: str, part: str = "") -> None:
        self.reason = Reason(code=code, values={"rule": rule[:200], "part": part[:100]})
        super().__init__(f"{code}: {part or rule[:200]}")


@dataclass(frozen=True)
class Pattern:
    """An RRULE in parts.

    `until` is a date, an instant in UTC, or a wall-clock time without a zone, as the text has it. `by` holds numbers;
    `by_day` pairs of (which one in the period or 0 for each, weekday with Monday as 0); `week_start` a weekday.
    """

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: date | datetime | None = None
    by: tuple[tuple[str, tuple[int, ...]], ...] = ()
    by_day: tuple[tuple[int, int], ...] = ()
    week_start: int = 0

    def numbers(self, part: str) -> tuple[int, ...]:
        """Give the numbers of a part such as `BYMONTH`, none where the rule does not have it."""
        return next((numbers for name, numbers in self.by if name == part), ())

    def has_only(self, *parts: str) -> bool:
        """Say whether the rule has no other BY part than these."""
        return all(name in parts for name, _ in self.by) and (not self.by_day or "BYDAY" in parts)


def is_rule(text: str) -> bool:
    """Say whether `text` is a recurrence rule that we can follow."""
    try:
        pattern_of(text)
    except UnreadableRule:
        return False
    return True


@lru_cache(maxsize=2048)
def pattern_of(text: str) -> Pattern:
    """Understand the text of an RRULE, without its name. Raises UnreadableRule."""
    if len(text) > LONGEST_TEXT:
        raise UnreadableRule(RULE_UNREADABLE, text)
    parts = _parts(text)
    if parts.get("FREQ") not in FREQUENCIES:
        raise UnreadableRule(RULE_UNREADABLE, text, f"FREQ={parts.get('FREQ', '')}")
    for name in parts:
        if name in ("RSCALE", "SKIP"):
            raise UnreadableRule(RULE_UNSUPPORTED, text, name)
    try:
        pattern = _pattern(parts)
    except ValueError as fault:
        raise UnreadableRule(RULE_UNREADABLE, text, str(fault)) from None
    if pattern.frequency in SUBDAILY and (parts.keys() & {"BYSETPOS", "BYWEEKNO"}):
        raise UnreadableRule(RULE_UNSUPPORTED, text, "BYSETPOS")
    return pattern


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.upper().replace(" ", "").strip(";").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name in parts:
            raise UnreadableRule(RULE_UNREADABLE, text, part)
        parts[name] = value
    return parts


def _pattern(parts: dict[str, str]) -> Pattern:
    known = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST", *LIMITS}
    unknown = [name for name in parts if name not in known and not name.startswith("X-")]
    if unknown:
        raise ValueError(unknown[0])
    week_start = parts.get("WKST", "MO")
    if week_start not in DAYS:
        raise ValueError(f"WKST={week_start}")
    return Pattern(
        frequency=cast(Frequency, parts["FREQ"]),
        interval=_number("INTERVAL", parts.get("INTERVAL", "1"), 1, LARGEST_NUMBER),
        count=_number("COUNT", parts["COUNT"], 1, LARGEST_NUMBER) if "COUNT" in parts else None,
        until=_until(parts["UNTIL"]) if "UNTIL" in parts else None,
        by=tuple((name, _numbers(name, parts[name])) for name in LIMITS if name in parts),
        by_day=_days(parts["BYDAY"]) if "BYDAY" in parts else (),
        week_start=DAYS.index(week_start),
    )


def _number(name: str, text: str, smallest: int, largest: int, *, from_end: bool = False) -> int:
    digits = text[1:] if text[:1] in "+-" else text
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 7):
        raise ValueError(f"{name}={text}")
    number = int(text)
    if smallest <= number <= largest or (from_end and -largest <= number <= -smallest):
        return number
    raise ValueError(f"{name}={text}")


def _numbers(name: str, text: str) -> tuple[int, ...]:
    smallest, largest, from_end = LIMITS[name]
    found = {_number(name, one, smallest, largest, from_end=from_end) for one in text.split(",")}
    # A leap second falls on the second before: no clock that we reckon with has it (RFC 5545 §3.3.12).
    return tuple(sorted({min(one, 59) for one in found} if name == "BYSECOND" else found))


def _days(text: str) -> tuple[tuple[int, int], ...]:
    days = set()
    for one in text.split(","):
        match = _DAY.fullmatch(one)
        if match is None or (match[1] and not 1 <= abs(int(match[1])) <= 53):
            raise ValueError(f"BYDAY={one}")
        days.add((int(match[1] or 0), DAYS.index(match[2])))
    return tuple(sorted(days))


def _until(text: str) -> date | datetime:
    match = _UNTIL.fullmatch(text)
    if match is None:
        raise ValueError(f"UNTIL={text}")
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    if match[4] is None:
        return date(year, month, day)
    moment = datetime(year, month, day, int(match[4]), int(match[5]), min(int(match[6]), 59))  # noqa: DTZ001 wall clock
    return moment.replace(tzinfo=UTC) if match[7] else moment
