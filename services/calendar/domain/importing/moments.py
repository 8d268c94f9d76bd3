"""Moments: the dates, times, durations and periods in content lines (RFC 5545 §3.3.4 to §3.3.9)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.calendar.domain.components import Property
from services.calendar.domain.importing.items import DATE_LOOSE
from services.calendar.domain.zones import Zones
from shared.messages.base import Reason

FIRST_YEAR, LAST_YEAR = 1970, 2200
DAY = timedelta(days=1)
_DURATION = re.compile(r"([+-])?P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,8})H)?(?:(\d{1,8})M)?(?:(\d{1,8})S)?)?")


class OutOfReach(ValueError):
    """A time in a year with which this calendar does not reckon."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time told in an IANA zone, or a whole day as its local midnight; and what had to be assumed."""

    at: datetime
    is_date: bool
    notes: tuple[Reason, ...] = ()

    @property
    def zone(self) -> str:
        """The IANA name of its zone."""
        return str(self.at.tzinfo)


@dataclass(frozen=True)
class Duration:
    """Whole days on the calendar, and exact time beyond them (§3.3.6)."""

    days: int
    exact: timedelta

    def after(self, start: Moment) -> datetime:
        """Give the end: days are counted on the wall clock, hours as they pass."""
        later = start.at + DAY * self.days
        return (later.astimezone(UTC) + self.exact).astimezone(start.at.tzinfo)


def moment_of(text: str, parameters: dict[str, str], zones: Zones) -> Moment:
    """Read a DATE or DATE-TIME. Raises ValueError where it is neither, OutOfReach where its year is far off."""
    text = text.strip()
    notes: tuple[Reason, ...] = ()
    if not (len(text) == 8 or (len(text) in (15, 16) and text[8] in "Tt")) or not text[:8].isdigit():
        notes = (Reason(code=DATE_LOOSE, values={"value": text[:60]}),)
    reading = datetime.fromisoformat(text.upper() if not text.endswith("60") else text[:-2] + "59")
    if not FIRST_YEAR <= reading.year <= LAST_YEAR:
        raise OutOfReach(str(reading.year))
    if len(text) == 8 or (len(text) == 10 and "T" not in text.upper()):
        return Moment(reading.replace(tzinfo=zones.home_zone), True, notes)
    if reading.tzinfo is not None:
        return Moment(reading.astimezone(_UTC), False, notes)
    at, note = zones.placed(reading.replace(tzinfo=UTC), parameters.get("TZID") or None)
    return Moment(at, False, (*notes, note) if note else notes)


_UTC = ZoneInfo("UTC")


def moments_of(
    lines: list[Property], zones: Zones
) -> tuple[list[tuple[Moment, datetime | None]], list[str], list[Reason]]:
    """Read lists of dates, times and periods: pairs of (start, end of a period), what cannot be read, and the notes."""
    found: list[tuple[Moment, datetime | None]] = []
    unreadable: list[str] = []
    notes: list[Reason] = []
    for line in lines:
        for text in line.value.split(","):
            try:
                start, end = _period(text, line.parameters, zones)
            except ValueError:
                unreadable.append(text)
                continue
            found.append((start, end))
            notes += [note for note in start.notes if note not in notes]
    return found, unreadable, notes


def _period(text: str, parameters: dict[str, str], zones: Zones) -> tuple[Moment, datetime | None]:
    first, slash, second = text.partition("/")
    start = moment_of(first, parameters, zones)
    if not slash:
        return start, None
    if second.strip()[:1] in ("P", "+", "-"):
        end = duration_of(second).after(start)
    else:
        end = moment_of(second, parameters, zones).at
    return start, end if end.astimezone(UTC) > start.at.astimezone(UTC) else None


def duration_of(text: str) -> Duration:
    """Read a DURATION (§3.3.6). Raises ValueError."""
    match = _DURATION.fullmatch(text.strip().upper())
    if match is None or not any(match.groups()[1:]):
        raise ValueError(text)
    weeks, days, hours, minutes, seconds = (int(group or 0) for group in match.groups()[1:])
    if match[1] == "-" or max(weeks, days) > 4_000:
        raise ValueError(text)
    return Duration(weeks * 7 + days, timedelta(hours=hours, minutes=minutes, seconds=seconds))
