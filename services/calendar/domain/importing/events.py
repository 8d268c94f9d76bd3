"""Events: one VEVENT understood, repaired where that is honest, refused where it is not (RFC 5545 §3.6.1)."""

import hashlib
import re
from datetime import UTC, datetime

from services.calendar.domain.components import Limits, Part, plain_text, text_list
from services.calendar.domain.importing import items as codes
from services.calendar.domain.importing.items import Item, ParsedEvent
from services.calendar.domain.importing.moments import Moment
from services.calendar.domain.importing.parts import EventPart, Refused
from services.calendar.domain.importing.times import recurrence_of, repetition_of, times_of
from services.calendar.domain.plans import EventStatus
from services.calendar.domain.zones import FLOATING_TIME, Zones

LONGEST_TITLE, LONGEST_LOCATION, LONGEST_DESCRIPTION, LONGEST_UID = 300, 300, 20_000, 400
LONGEST_RAW = 100_000
STATUSES: dict[str, EventStatus] = {"TENTATIVE": "tentative", "CANCELLED": "cancelled"}
_REWRITTEN = re.compile(r"(?im)^(?:DTSTAMP|LAST-MODIFIED|SEQUENCE|CREATED|PRODID)[;:].*\n?")
_POINT = re.compile(r"\s*([+-]?\d{1,3}(?:\.\d+)?)\s*\\?[;,]\s*([+-]?\d{1,3}(?:\.\d+)?)\s*")


def read_event(part: Part, zones: Zones, limits: Limits, *, cancels: bool, untitled: str) -> Item:
    """Read one VEVENT into an item; `cancels` says that its calendar has METHOD:CANCEL (RFC 5546 §3.2.5)."""
    if any(len(line) > limits.longest_line for line in part.lines):
        number = next(n for n, line in zip(part.numbers, part.lines, strict=True) if len(line) > limits.longest_line)
        return refused(part, Refused(codes.LINE_TOO_LONG, number, most=limits.longest_line), uid="")
    reading = EventPart(part, zones)
    content_hash = _content_hash(reading.text, cancels)
    uid = _uid(reading, content_hash)
    if part.closed == "no":
        return refused(part, Refused(codes.EVENT_CUT_OFF), uid)
    recurrence = recurrence_of(reading)
    status = _status(reading)
    cancelled = cancels or status == "cancelled"
    event = None
    try:
        event = _event(reading, recurrence, "cancelled" if cancelled else status, untitled)
    except Refused as refusal:
        if not cancelled or refusal.reason.code != codes.START_MISSING:
            return refused(part, refusal, uid, _canonical(recurrence))
    return Item(
        uid=uid,
        recurrence_id=_canonical(recurrence),
        line=reading.notes.line or part.line,
        result="repaired" if reading.notes.reasons else "readable",
        notes=tuple(reading.notes.reasons),
        event=event,
        sequence=_sequence(reading),
        changed_at=_changed_at(reading),
        cancelled=cancelled,
        content_hash=content_hash,
    )


def refused(part: Part, refusal: Refused, uid: str, recurrence_id: str | None = None) -> Item:
    """Make the item of a part that cannot become an event."""
    return Item(uid, recurrence_id, refusal.line or part.line, "refused", (refusal.reason,))


def _event(reading: EventPart, recurrence: Moment | None, status: EventStatus, untitled: str) -> ParsedEvent:
    times = times_of(reading, recurrence)
    start = times.start
    series = repetition_of(reading, start, recurrence)
    latitude, longitude = _point(reading)
    description = reading.words("DESCRIPTION", LONGEST_DESCRIPTION)
    location = reading.words("LOCATION", LONGEST_LOCATION)
    return ParsedEvent(
        title=_title(reading, (description, location, untitled)),
        starts_at=start.at,
        ends_at=times.end,
        zone=start.zone,
        all_day=start.is_date,
        floating=any(note.code == FLOATING_TIME for note in start.notes),
        description=description,
        rrule=series.rrule,
        rdates=series.rdates,
        exdates=series.exdates,
        periods=series.periods,
        recurrence_at=recurrence.at if recurrence else None,
        location=location,
        latitude=latitude,
        longitude=longitude,
        status=status,
        categories=_categories(reading),
        url=reading.words("URL", 2_000),
        raw=_raw(reading.text),
    )


def _canonical(recurrence: Moment | None) -> str | None:
    if recurrence is None:
        return None
    return f"{recurrence.at:%Y%m%d}" if recurrence.is_date else f"{recurrence.at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _title(reading: EventPart, instead: tuple[str, ...]) -> str:
    """Give the title on one line, or the first words that can stand for it."""
    title = " ".join(reading.words("SUMMARY", LONGEST_TITLE).split())
    if title:
        return title
    line = reading.first("SUMMARY")
    reading.notes.say(codes.TITLE_MISSING, line.line if line else reading.part.line)
    return next(" ".join(text.split())[:100] for text in instead if text)


def _categories(reading: EventPart) -> tuple[str, ...]:
    lines = reading.found.get("CATEGORIES", ())
    return tuple(dict.fromkeys(one[:100] for line in lines for one in text_list(line.value)))[:50]


def _uid(reading: EventPart, content_hash: str) -> str:
    """Give the UID, or one that the same content always gets."""
    line = reading.first("UID")
    uid = plain_text(line.value) if line else ""
    if uid and len(uid) <= LONGEST_UID:
        return uid
    reading.notes.say(codes.UID_MISSING, line.line if line else reading.part.line)
    return f"{hashlib.sha256(uid.encode()).hexdigest()[:32] if uid else content_hash}@no-uid"


def _content_hash(text: str, cancels: bool) -> str:
    kept = _REWRITTEN.sub("", text + "\n")
    return hashlib.blake2b(f"{cancels}\n{kept}".encode(errors="replace"), digest_size=16).hexdigest()


def _raw(text: str) -> str:
    return f"BEGIN:VEVENT\n{text}\nEND:VEVENT".replace("\x00", "") if len(text) <= LONGEST_RAW else ""


def _status(reading: EventPart) -> EventStatus:
    line = reading.first("STATUS")
    return STATUSES.get(line.value.strip().upper(), "confirmed") if line else "confirmed"


def _sequence(reading: EventPart) -> int:
    line = reading.first("SEQUENCE")
    text = line.value.strip() if line else ""
    return min(int(text), 2_000_000_000) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _changed_at(reading: EventPart) -> datetime | None:
    for name in ("LAST-MODIFIED", "DTSTAMP"):
        if line := reading.first(name):
            try:
                return reading.moment(line, quiet=True).at.astimezone(UTC)
            except ValueError:
                continue
    return None


def _point(reading: EventPart) -> tuple[float | None, float | None]:
    line = reading.first("GEO")
    if line is None:
        return None, None
    match = _POINT.fullmatch(line.value)
    if match and abs(float(match[1])) <= 90 and abs(float(match[2])) <= 180:
        return float(match[1]), float(match[2])
    reading.notes.say(codes.PLACE_UNREADABLE, line.line, value=line.value[:60])
    return None, None
