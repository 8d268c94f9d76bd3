"""Exporting: events as an iCalendar feed that every calendar program reads (RFC 5545, RFC 7986)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from services.calendar.domain.plans import EventStatus
from services.calendar.domain.zone_definitions import zone_definition

PRODUCT = "-//Osiedle//Neighbourhood calendar//EN"
LONGEST_LINE = 75
"""Octets of a content line without its break (RFC 5545 §3.1)."""
REFRESH = timedelta(minutes=30)
EVENTS_A_PIECE = 200
CALENDAR_END = b"END:VCALENDAR\r\n"
ZoneYears = tuple[str, int, int]
"""An IANA zone, and the first and the last year of the events in it."""
STATUSES: dict[EventStatus, str] = {
    "tentative": "TENTATIVE",
    "confirmed": "CONFIRMED",
    "cancelled": "CANCELLED",
    "done": "CONFIRMED",
}
_SPECIAL = re.compile(r"[\\;,\n\x00-\x1f\x7f]")
_ESCAPES = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}


@dataclass(frozen=True)
class ExportedEvent:
    """An event, or with `recurrence_at` one occurrence that differs from its series, as other programs shall see it.

    Every datetime has a zone; `zone` is the IANA name in which the wall-clock times are written. All-day: local
    midnights, the end exclusive. `changed_at` becomes DTSTAMP and LAST-MODIFIED, `sequence` as in RFC 5545 §3.8.7.4.
    `related_uids` are of events beside it (§3.8.4.5): that into which it was joined, those coordinated with it.
    """

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    changed_at: datetime
    all_day: bool = False
    floating: bool = False
    description: str = ""
    rrule: str | None = None
    rdates: tuple[datetime, ...] = ()
    exdates: tuple[datetime, ...] = ()
    recurrence_at: datetime | None = None
    location: str = ""
    latitude: float | None = None
    longitude: float | None = None
    status: EventStatus = "confirmed"
    categories: tuple[str, ...] = ()
    url: str = ""
    sequence: int = 0
    related_uids: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExportedTask:
    """A task of a meeting, as a calendar program of who has to do it shall see it (RFC 5545 §3.6.2).

    Instants have a zone; `due_on` is a day; `meeting_uid` is the event at which it was given.
    """

    uid: str
    title: str
    meeting_uid: str
    changed_at: datetime
    due_on: date | None = None
    done_at: datetime | None = None
    sequence: int = 0
    url: str = ""


def calendar_text(events: Iterable[ExportedEvent], *, name: str, url: str | None) -> Iterator[bytes]:
    """Write a calendar piece by piece; overrides of a series come after it, with the same `uid`.

    `url` is where it can be read again (RFC 7986 §5.8); none where that address is a secret.

    `events` is read twice, so that the zones stand before what uses them: give a list.
    """
    events = events if isinstance(events, (list, tuple)) else list(events)
    yield calendar_head(name, url, zones_of(events))
    for start in range(0, len(events), EVENTS_A_PIECE):
        yield events_text(events[start : start + EVENTS_A_PIECE])
    yield CALENDAR_END


def calendar_head(name: str, url: str | None, zones: Iterable[ZoneYears]) -> bytes:
    """Write what stands before the events: what calendar this is, and what its zones do."""
    definitions = (zone_definition(*one) for one in sorted(zones))
    return "".join([_head(name, url), *definitions]).encode()


def events_text(events: Iterable[ExportedEvent]) -> bytes:
    """Write some of a calendar's events."""
    return "".join([_event(event) for event in events]).encode()


def tasks_text(tasks: Iterable[ExportedTask]) -> bytes:
    """Write tasks, to stand beside the events of a calendar."""
    return "".join([_task(task) for task in tasks]).encode()


def _task(task: ExportedTask) -> str:
    stamp = f"{task.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = ["BEGIN:VTODO", f"UID:{_text(task.uid)}", f"DTSTAMP:{stamp}", f"LAST-MODIFIED:{stamp}"]
    lines += [f"SEQUENCE:{task.sequence}", f"SUMMARY:{_text(task.title)}"]
    if task.due_on is not None:
        lines.append(f"DUE;VALUE=DATE:{_basic_date(task.due_on)}")
    lines.append(f"STATUS:{'NEEDS-ACTION' if task.done_at is None else 'COMPLETED'}")
    if task.done_at is not None:
        lines += [f"COMPLETED:{task.done_at.astimezone(UTC):%Y%m%dT%H%M%SZ}", "PERCENT-COMPLETE:100"]
    lines.append(f"RELATED-TO:{_text(task.meeting_uid)}")
    if task.url:
        lines.append(f"URL:{_uri(task.url)}")
    lines.append("END:VTODO")
    return "".join(map(folded, lines))


def _head(name: str, url: str | None) -> str:
    minutes = int(REFRESH.total_seconds()) // 60
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"]
    lines += [f"NAME:{_text(name)}", f"X-WR-CALNAME:{_text(name)}"]
    if url is not None:
        lines.append(f"SOURCE;VALUE=URI:{_uri(url)}")
    lines += [f"REFRESH-INTERVAL;VALUE=DURATION:PT{minutes}M", f"X-PUBLISHED-TTL:PT{minutes}M"]
    return "".join(map(folded, lines))


def zones_of(events: Iterable[ExportedEvent]) -> list[ZoneYears]:
    """Give each zone that a timed event names, with the years of its events."""
    years: dict[str, tuple[int, int]] = {}
    for event in events:
        if event.all_day or event.floating or event.zone == "UTC":
            continue
        first, last = years.get(event.zone, (9999, 0))
        earliest = min(event.starts_at, *event.rdates, event.recurrence_at or event.starts_at)
        years[event.zone] = (min(first, earliest.year), max(last, event.starts_at.year))
    return [(zone, first, last) for zone, (first, last) in years.items()]


def _event(event: ExportedEvent) -> str:
    write = _writer(event.zone, event.all_day, event.floating)
    stamp = f"{event.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = ["BEGIN:VEVENT", f"UID:{_text(event.uid)}", f"DTSTAMP:{stamp}", f"LAST-MODIFIED:{stamp}"]
    lines += [f"SEQUENCE:{event.sequence}", f"SUMMARY:{_text(event.title)}"]
    lines += [write("DTSTART", event.starts_at), write("DTEND", event.ends_at)]
    lines += _repetition(event, write)
    lines.append(f"STATUS:{STATUSES[event.status]}")
    if event.description:
        lines.append(f"DESCRIPTION:{_text(event.description)}")
    if event.location:
        lines.append(f"LOCATION:{_text(event.location)}")
    if event.latitude is not None and event.longitude is not None:
        lines.append(f"GEO:{event.latitude:.6f};{event.longitude:.6f}")
    if event.categories:
        lines.append(f"CATEGORIES:{','.join(map(_text, event.categories))}")
    lines += [f"RELATED-TO;RELTYPE=SIBLING:{_text(uid)}" for uid in event.related_uids]
    if event.url:
        lines.append(f"URL:{_uri(event.url)}")
    lines.append("END:VEVENT")
    return "".join([f"{line}\r\n" if len(line) <= LONGEST_LINE and line.isascii() else folded(line) for line in lines])


def _repetition(event: ExportedEvent, write: "_Writer") -> list[str]:
    lines = []
    if event.recurrence_at is not None:
        lines.append(write("RECURRENCE-ID", event.recurrence_at))
    if event.rrule:
        lines.append(f"RRULE:{event.rrule}")
    lines += [write("RDATE", at) for at in event.rdates]
    lines += [write("EXDATE", at) for at in event.exdates]
    return lines


@dataclass(frozen=True)
class _Writer:
    """How the times of an event are written: as dates, in UTC, or on the wall clock of a zone or of none."""

    zone: str
    all_day: bool
    floating: bool = False

    def __call__(self, name: str, at: datetime) -> str:
        """Write one property whose value is a time (RFC 5545 §3.3.4, §3.3.5)."""
        zone = ZoneInfo(self.zone)
        local = at if at.tzinfo is zone else at.astimezone(zone)
        if self.all_day:
            return f"{name};VALUE=DATE:{_basic_date(local)}"
        if self.floating:
            return f"{name}:{_basic(local)}"
        if self.zone == "UTC":
            return f"{name}:{_basic(local)}Z"
        if local.fold and local.utcoffset() != local.replace(fold=0).utcoffset():
            # Of an hour that a night has twice, a wall-clock time means the first; the second is said in UTC.
            return f"{name}:{_basic(at.astimezone(UTC))}Z"
        return f"{name};TZID={self.zone}:{_basic(local)}"


@lru_cache(maxsize=512)
def _writer(zone: str, all_day: bool, floating: bool = False) -> _Writer:
    return _Writer(zone, all_day, floating)


def _basic(at: datetime) -> str:
    return f"{at.year:04d}{at.month:02d}{at.day:02d}T{at.hour:02d}{at.minute:02d}{at.second:02d}"


def _basic_date(day: date) -> str:
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"


def _text(value: str) -> str:
    """Write a TEXT value (RFC 5545 §3.3.11); other control characters have no place in it."""
    if _SPECIAL.search(value) is None:
        return value
    return _SPECIAL.sub(lambda match: _ESCAPES.get(match[0], ""), value.replace("\r\n", "\n"))


def _uri(value: str) -> str:
    return "".join(one for one in value if one.isprintable() and one != " ")


def folded(line: str) -> str:
    """Break a line after at most 75 octets, never in the middle of a letter (RFC 5545 §3.1)."""
    data = line.encode(errors="replace")
    if len(data) <= LONGEST_LINE:
        return f"{line}\r\n"
    pieces: list[str] = []
    start, room = 0, LONGEST_LINE
    while start < len(data):
        end = min(start + room, len(data))
        while end < len(data) and data[end] & 0b1100_0000 == 0b1000_0000:
            end -= 1
        pieces.append(data[start:end].decode())
        start, room = end, LONGEST_LINE - 1
    return "\r\n ".join(pieces) + "\r\n"
