"""Zone tables: when the offset of a zone changes, as a VTIMEZONE (RFC 5545 §3.6.5) and as IANA has it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from services.calendar.domain.components import Part, Property, properties
from services.calendar.domain.recurrence import Rule, UnreadableRule, occurrences, pattern_of

Change = tuple[datetime, timedelta]
"""An instant (UTC), and the offset that holds from then on."""

_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?")
_WANTED = frozenset({"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"})
NEARLY = timedelta(hours=3)
"""Tables of Windows say 23:59:59 for midnight, those of Lotus 2:00 for 3:00: the day and the offsets tell the zone."""


@dataclass(frozen=True)
class Observance:
    """One STANDARD or DAYLIGHT: the wall-clock onsets (labelled UTC) and the offsets before and after."""

    first: datetime
    before: timedelta
    after: timedelta
    rrule: str | None
    others: tuple[datetime, ...]

    def onsets(self, year: int) -> list[datetime]:
        """List the instants at which it begins, up to the year after `year`, and at least the last one before it."""
        return [at - self.before for at in (self.first, *self.others)] + _repeated(self, year)


@lru_cache(maxsize=512)
def _repeated(one: Observance, year: int) -> list[datetime]:
    """List what the rule of an observance gives around a year."""
    if one.rrule is None:
        return []
    until = pattern_of(one.rrule).until
    low = min(year - 1, until.year - 1 if until is not None else year)
    zone = fixed_zone(one.before)
    rest = one.before if zone is None else timedelta()
    first = one.first.replace(tzinfo=ZoneInfo(zone or "UTC"))
    rule = Rule(first, first + timedelta(seconds=1), zone or "UTC", rrule=one.rrule)
    found = occurrences(rule, datetime(low, 1, 1, tzinfo=UTC), datetime(year + 2, 1, 1, tzinfo=UTC), most=200)
    return [span.starts_at - rest for span in found]


@dataclass(frozen=True)
class Table:
    """A VTIMEZONE: what holds when."""

    observances: tuple[Observance, ...]

    def changes(self, year: int) -> list[Change]:
        """List what changes the offset up to the year after `year`, in order; at least the last before it is there."""
        return sorted((at, one.after) for one in self.observances for at in one.onsets(year))

    def offset_at(self, moment: datetime) -> timedelta:
        """Give the offset at an instant; before the first onset it is what that one changed from."""
        return offset_in(self.changes(moment.year), moment, self._earliest())

    def offset_of(self, reading: datetime) -> timedelta:
        """Give the offset of a wall-clock reading (labelled UTC), gaps and doubles as RFC 5545 §3.3.5 says."""
        changes, earliest = self.changes(reading.year), self._earliest()
        offsets = sorted({earliest, *(after for _, after in changes)}, reverse=True)
        for offset in offsets:
            if offset_in(changes, reading - offset, earliest) == offset:
                return offset
        return offset_in(changes, reading - offsets[0], earliest)

    def _earliest(self) -> timedelta:
        return min(self.observances, key=lambda one: one.first).before


def offset_in(changes: Sequence[Change], moment: datetime, otherwise: timedelta) -> timedelta:
    """Give the offset that the last change up to `moment` brought."""
    offset = otherwise
    for at, after in changes:
        if at > moment:
            break
        offset = after
    return offset


def table_of(part: Part) -> Table | None:
    """Read a VTIMEZONE; none where nothing in it can be read."""
    observances = [one for inner in part.parts if (one := _observance(inner)) is not None]
    return Table(tuple(observances)) if observances else None


def _observance(part: Part) -> Observance | None:
    text, _ = part.text()
    found = properties(text, part.numbers, _WANTED) if part.lines else {}
    try:
        before, after = (_offset(found[name][0].value) for name in ("TZOFFSETFROM", "TZOFFSETTO"))
        first = _reading(found["DTSTART"][0].value)
        rrule = found["RRULE"][0].value.strip() if "RRULE" in found else None
        if rrule is not None:
            pattern_of(rrule)
        others = tuple(_others(found.get("RDATE", [])))
    except (KeyError, ValueError, UnreadableRule):
        return None
    return Observance(first, before, after, rrule, others[:1000])


def _others(dates: list[Property]) -> list[datetime]:
    return [_reading(text) for one in dates for text in one.value.split(",") if text.strip()]


def _offset(text: str) -> timedelta:
    """Read a UTC-OFFSET (§3.3.14): less than a day."""
    match = _OFFSET.fullmatch(text.strip())
    if match is None or int(match[2]) > 23 or int(match[3]) > 59:
        raise ValueError(text)
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    return -offset if match[1] == "-" else offset


def _reading(text: str) -> datetime:
    reading = datetime.fromisoformat(text.strip().removesuffix("Z")).replace(tzinfo=UTC)
    if reading.year < 2:
        raise ValueError(text)
    return reading


def fixed_zone(offset: timedelta) -> str | None:
    """Name the IANA zone that always has this offset, if there is one: whole hours only, its sign turned round."""
    hours, rest = divmod(int(offset.total_seconds()), 3600)
    if rest or not -12 <= hours <= 14:
        return None
    return "UTC" if hours == 0 else f"Etc/GMT{-hours:+d}"


@lru_cache(maxsize=4096)
def changes_of_zone(name: str, year: int) -> tuple[timedelta, tuple[Change, ...]]:
    """Give an IANA zone's offset when a year (UTC) begins, and its changes in that year, to the second."""
    zone = ZoneInfo(name)
    month_starts = [datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in range(13)]
    offsets = [_offset_at(zone, at) for at in month_starts]
    changes = [
        (_moment_of_change(zone, low, high), after)
        for low, high, before, after in zip(month_starts, month_starts[1:], offsets, offsets[1:], strict=False)
        if before != after
    ]
    return offsets[0], tuple(changes)


def _offset_at(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _moment_of_change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """Close in on the first second at which the offset is no longer that of `low`."""
    before = _offset_at(zone, low)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if _offset_at(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


def is_same(table: Table, name: str, year: int) -> bool:
    """Say whether a table and an IANA zone agree for a year (UTC): the same offsets, changed in the same nights."""
    begins = datetime(year, 1, 1, tzinfo=UTC)
    offset, changes = changes_of_zone(name, year)
    if table.offset_at(begins) != offset:
        return False
    ours: list[Change] = []
    for at, after in table.changes(year):
        if begins <= at < begins.replace(year=year + 1):
            if after != offset:
                ours.append((at, after))
            offset = after
    return len(ours) == len(changes) and all(
        after == other and abs(at - when) <= NEARLY for (at, after), (when, other) in zip(ours, changes, strict=True)
    )
