"""Calendars: a whole file read, each part for itself; only a file that is no calendar, or too large, is refused."""

from collections.abc import Iterator

from services.calendar.domain.components import Limits, Part, UnreadableCalendar, calendars, properties
from services.calendar.domain.importing import items as codes
from services.calendar.domain.importing.events import read_event, refused
from services.calendar.domain.importing.items import Item, Reading
from services.calendar.domain.importing.parts import Refused
from services.calendar.domain.zone_tables import Table, table_of
from services.calendar.domain.zones import Zones

__all__ = ["UnreadableCalendar", "read_calendar"]

ANSWERS = frozenset({"REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH", "ADD"})
"""Methods of somebody's answer or question, which is no event (RFC 5546 §1.4); PUBLISH, REQUEST and CANCEL are."""


def read_calendar(data: bytes, *, zone: str, limits: Limits | None = None, untitled: str = "Untitled event") -> Reading:
    """Read an iCalendar file; `zone` is the neighbourhood's IANA zone, for times that name none.

    Every part becomes an item that is readable, repaired with notes, or refused with a reason and a line. Raises
    UnreadableCalendar where the file has no VCALENDAR or is over the limits.
    """
    limits = limits or Limits()
    found = calendars(data, limits)
    tables = dict(_tables(found))
    zones = Zones(zone, tables)
    return Reading(tuple(_without_repeats(_items(found, zones, limits, untitled))))


def _tables(found: list[Part]) -> Iterator[tuple[str, Table]]:
    for part in (one for calendar in found for one in calendar.parts if one.name == "VTIMEZONE"):
        text, _ = part.text()
        names = properties(text, part.numbers, frozenset({"TZID"})).get("TZID") if part.lines else None
        table = table_of(part)
        if names and table is not None:
            yield names[0].value.strip(), table


def _items(found: list[Part], zones: Zones, limits: Limits, untitled: str) -> Iterator[Item]:
    for calendar in found:
        method = _method(calendar)
        for part in calendar.parts:
            if part.name == "VEVENT" and method in ANSWERS:
                yield refused(part, Refused(codes.METHOD_REFUSED, method=method), _uid(part, limits))
            elif part.name == "VEVENT":
                yield read_event(part, zones, limits, cancels=method == "CANCEL", untitled=untitled)
            elif part.name != "VTIMEZONE":
                yield refused(part, Refused(codes.NOT_AN_EVENT, component=part.name[:60]), _uid(part, limits))


def _method(calendar: Part) -> str:
    return _said(calendar, "METHOD", longest=100_000).upper()


def _uid(part: Part, limits: Limits) -> str:
    return _said(part, "UID", longest=limits.longest_line)[:400]


def _said(part: Part, name: str, *, longest: int) -> str:
    """Give the value of the first line of a name, of a part that is not too large to be looked into."""
    if not part.lines or any(len(line) > longest for line in part.lines):
        return ""
    text, _ = part.text()
    lines = properties(text, part.numbers, frozenset({name})).get(name)
    return lines[0].value.strip().replace("\x00", "") if lines else ""


def _without_repeats(items: Iterator[Item]) -> list[Item]:
    """Let the newest of several items with one key count; the others are refused, so that a file says one thing."""
    everything = list(items)
    newest: dict[tuple[str, str | None], int] = {}
    for number, item in enumerate(everything):
        if item.result != "refused":
            other = newest.get(item.key)
            if other is None or _age(item) > _age(everything[other]):
                newest[item.key] = number
    if len(newest) == len(everything):
        return everything
    return [
        item if item.result == "refused" or newest[item.key] == number else _said_twice(item)
        for number, item in enumerate(everything)
    ]


def _age(item: Item) -> tuple[int, float]:
    return item.sequence, item.changed_at.timestamp() if item.changed_at else 0.0


def _said_twice(item: Item) -> Item:
    return Item(
        item.uid, item.recurrence_id, item.line, "refused", (Refused(codes.SAID_TWICE, uid=item.uid[:100]).reason,)
    )
