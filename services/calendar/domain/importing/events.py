"""Events: one VEVENT understood, repaired where that is honest, refused where it is not (RFC 5545 §3.6.1)."""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from services.calendar.domain.components import Limits, Part, Property, plain_text, properties, text_list
from services.calendar.domain.importing import items as codes
from services.calendar.domain.importing.items import Item, ParsedEvent
from services.calendar.domain.importing.moments import DAY, Moment, OutOfReach, duration_of, moment_of, moments_of
from services.calendar.domain.plans import EventStatus
from services.calendar.domain.recurrence import MOST_SPANS, UnreadableRule, pattern_of
from services.calendar.domain.recurrence.patterns import SUBDAILY
from services.calendar.domain.recurrence.rules import OCCURRENCES_CUT
from services.calendar.domain.zones import Zones
from shared.messages.base import Reason

ASSUMED_LENGTH = timedelta(hours=1)
LONGEST_EVENT = timedelta(days=366)
LONGEST_TITLE, LONGEST_LOCATION, LONGEST_DESCRIPTION, LONGEST_UID = 300, 300, 20_000, 400
LONGEST_RAW = 100_000
MOST_DATES = 2_000
STATUSES: dict[str, EventStatus] = {"TENTATIVE": "tentative", "CANCELLED": "cancelled"}
ONCE = ("DTSTART", "DTEND", "DURATION", "SUMMARY", "UID", "RECURRENCE-ID")
WANTED = frozenset(
    {*ONCE, "DESCRIPTION", "LOCATION", "GEO", "STATUS", "CATEGORIES", "URL", "RRULE", "RDATE", "EXDATE"}
    | {"SEQUENCE", "DTSTAMP", "LAST-MODIFIED"}
)
_REWRITTEN = re.compile(r"(?im)^(?:DTSTAMP|LAST-MODIFIED|SEQUENCE|CREATED|PRODID)[;:].*\n?")
_POINT = re.compile(r"\s*([+-]?\d{1,3}(?:\.\d+)?)\s*\\?[;,]\s*([+-]?\d{1,3}(?:\.\d+)?)\s*")


class Refused(Exception):
    """This part cannot become an event."""

    def __init__(self, code: str, line: int | None = None, **values: str | int) -> None:
        self.reason, self.line = Reason(code=code, values=values), line
        super().__init__(code)


class Times(NamedTuple):
    """When an event takes place."""

    start: Moment
    end: datetime


class Repetition(NamedTuple):
    """What makes a series: a rule, dates added and left out, and the added ones that have an end of their own."""

    rrule: str | None = None
    rdates: tuple[datetime, ...] = ()
    exdates: tuple[datetime, ...] = ()
    periods: tuple[tuple[datetime, datetime], ...] = ()


class Notes:
    """What had to be repaired, and the line of the first repair."""

    def __init__(self) -> None:
        self.reasons: list[Reason] = []
        self.line: int | None = None

    def say(self, code: str, line: int | None, **values: str | int) -> None:
        """Note one repair."""
        self.add(Reason(code=code, values=values), line)

    def add(self, reason: Reason, line: int | None) -> None:
        """Note one repair, once."""
        if reason not in self.reasons:
            self.reasons.append(reason)
            self.line = self.line or line


class EventPart:
    """One VEVENT while it is read."""

    def __init__(self, part: Part, zones: Zones) -> None:
        self.part, self.zones, self.notes = part, zones, Notes()
        self.text, guessed = part.text()
        self.found = properties(self.text, part.numbers, WANTED) if part.lines else {}
        if guessed:
            self.notes.say(codes.ENCODING_GUESSED, part.line)
        if part.closed == "implied":
            self.notes.say(codes.EVENT_NOT_CLOSED, part.line)
        for name in ONCE:
            if len(lines := self.found.get(name, [])) > 1:
                self.notes.say(codes.PROPERTY_REPEATED, lines[1].line, name=name)

    def first(self, name: str) -> Property | None:
        """Give the first line of a name, if it says anything."""
        lines = self.found.get(name)
        return lines[0] if lines and lines[0].value.strip() else None

    def words(self, name: str, longest: int) -> str:
        """Give the text of a property, at most `longest` characters of it."""
        line = self.first(name)
        if line is None:
            return ""
        text = plain_text(line.value)
        if len(text) > longest:
            self.notes.say(codes.TEXT_SHORTENED, line.line, name=name, most=longest)
            text = text[: longest - 1] + "…"
        return text

    def moment(self, line: Property, *, quiet: bool = False) -> Moment:
        """Read the moment that a line says, and note what had to be assumed."""
        found = moment_of(line.value, line.parameters, self.zones)
        for note in () if quiet else found.notes:
            self.notes.add(note, line.line)
        return found


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
    recurrence = _recurrence(reading)
    status = _status(reading)
    cancelled = cancels or status == "cancelled"
    event = None
    try:
        event = _event(reading, recurrence, "cancelled" if cancelled else status, untitled)
    except Refused as refusal:
        if not cancelled or refusal.reason.code != codes.START_MISSING:
            return refused(part, refusal, uid)
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


def refused(part: Part, refusal: Refused, uid: str) -> Item:
    """Make the item of a part that cannot become an event."""
    return Item(uid, None, refusal.line or part.line, "refused", (refusal.reason,))


def _event(reading: EventPart, recurrence: Moment | None, status: EventStatus, untitled: str) -> ParsedEvent:
    times = _times(reading, recurrence)
    start = times.start
    series = _repetition(reading, start, recurrence)
    latitude, longitude = _point(reading)
    description = reading.words("DESCRIPTION", LONGEST_DESCRIPTION)
    location = reading.words("LOCATION", LONGEST_LOCATION)
    return ParsedEvent(
        title=_title(reading, (description, location, untitled)),
        starts_at=start.at,
        ends_at=times.end,
        zone=start.zone,
        all_day=start.is_date,
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


def _times(reading: EventPart, recurrence: Moment | None) -> Times:
    start = _start(reading, recurrence)
    end = _end(reading, start)
    if end.astimezone(UTC) - start.at.astimezone(UTC) > LONGEST_EVENT:
        raise Refused(codes.EVENT_TOO_LONG, days=LONGEST_EVENT.days)
    return Times(start, end)


def _start(reading: EventPart, recurrence: Moment | None) -> Moment:
    line = reading.first("DTSTART")
    if line is None:
        if recurrence is not None:
            reading.notes.say(codes.START_MISSING, reading.part.line)
            return recurrence
        raise Refused(codes.START_MISSING)
    try:
        return reading.moment(line)
    except OutOfReach as far:
        raise Refused(codes.DATE_OUT_OF_REACH, line.line, year=str(far)) from None
    except ValueError:
        raise Refused(codes.START_UNREADABLE, line.line, value=line.value[:60]) from None


def _end(reading: EventPart, start: Moment) -> datetime:
    """Give the exclusive end: by DTEND, else by DURATION, else what RFC 5545 §3.6.1 or we assume."""
    end, line = None, reading.first("DTEND") or reading.first("DURATION")
    if line is not None:
        try:
            end = _dtend(reading, start, line) if line.name == "DTEND" else duration_of(line.value).after(start)
        except (ValueError, OverflowError):
            reading.notes.say(codes.END_UNREADABLE, line.line, value=line.value[:60])
    if start.is_date:
        return _whole_days(reading, start, end, line)
    if end is None or end.astimezone(UTC) <= start.at.astimezone(UTC):
        missing = end is None or end.astimezone(UTC) == start.at.astimezone(UTC)
        at = line.line if line is not None else reading.part.line
        minutes = int(ASSUMED_LENGTH.total_seconds()) // 60
        reading.notes.say(codes.END_MISSING if missing else codes.END_BEFORE_START, at, minutes=minutes)
        return (start.at.astimezone(UTC) + ASSUMED_LENGTH).astimezone(start.at.tzinfo)
    return end


def _dtend(reading: EventPart, start: Moment, line: Property) -> datetime:
    end = reading.moment(line)
    if end.is_date != start.is_date:
        reading.notes.say(codes.DATES_MIXED, line.line, value=line.value[:60])
    if end.is_date and not start.is_date:
        return end.at.replace(tzinfo=start.at.tzinfo)
    return end.at


def _whole_days(reading: EventPart, start: Moment, end: datetime | None, line: Property | None) -> datetime:
    """Give the local midnight after the last day; without an end it is one day (§3.6.1)."""
    if end is None:
        return start.at + DAY
    local = end.astimezone(start.at.tzinfo)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if local.time() != midnight.time():
        midnight += DAY
    if midnight <= start.at:
        if midnight < start.at and line is not None:
            reading.notes.say(codes.END_BEFORE_START, line.line, minutes=24 * 60)
        return start.at + DAY
    return midnight


def _repetition(reading: EventPart, start: Moment, recurrence: Moment | None) -> Repetition:
    """Read what makes a series; one occurrence of a series has none of its own (§3.8.4.4)."""
    if recurrence is not None:
        return Repetition()
    rrule = _rrule(reading)
    extra, periods = _dates(reading, "RDATE", start)
    left_out, _ = _dates(reading, "EXDATE", start)
    return Repetition(rrule, extra, left_out, periods)


def _rrule(reading: EventPart) -> str | None:
    lines = [line for line in reading.found.get("RRULE", ()) if line.value.strip()]
    if len(lines) > 1:
        reading.notes.say(codes.RULES_SEVERAL, lines[1].line)
    if not lines:
        return None
    text = lines[0].value.strip()
    try:
        if pattern_of(text).frequency in SUBDAILY:
            reading.notes.say(OCCURRENCES_CUT, lines[0].line, most=MOST_SPANS)
    except UnreadableRule as fault:
        reading.notes.add(fault.reason, lines[0].line)
        return None
    return text if text.isascii() and " " not in text else text.replace(" ", "")


def _dates(
    reading: EventPart, name: str, start: Moment
) -> tuple[tuple[datetime, ...], tuple[tuple[datetime, datetime], ...]]:
    """Read RDATE or EXDATE: starts of occurrences of the kind that DTSTART is, and ends of their own."""
    lines = reading.found.get(name, [])
    if not lines:
        return (), ()
    found, unreadable, notes = moments_of(lines, reading.zones)
    for note in notes:
        reading.notes.add(note, lines[0].line)
    if unreadable and any(text.strip() for text in unreadable):
        reading.notes.say(codes.DATES_UNREADABLE, lines[0].line, name=name, values=len(unreadable))
    elif unreadable:
        reading.notes.say(codes.DATES_UNREADABLE, lines[0].line, name=name, values=0)
    if any(moment.is_date != start.is_date for moment, _ in found):
        reading.notes.say(codes.DATES_MIXED, lines[0].line, value=name)
    if len(found) > MOST_DATES:
        reading.notes.say(codes.DATES_UNREADABLE, lines[0].line, name=name, values=len(found) - MOST_DATES)
    pairs = [(_like(moment, start), end) for moment, end in found[:MOST_DATES]]
    return tuple(at for at, _ in pairs), tuple((at, end) for at, end in pairs if end is not None)


def _like(moment: Moment, start: Moment) -> datetime:
    """Bring a day to the time of the first date, and a time to its day where the first date is a whole day."""
    if moment.is_date == start.is_date:
        return moment.at
    if start.is_date:
        local = moment.at.astimezone(start.at.tzinfo)
        return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return start.at.replace(year=moment.at.year, month=moment.at.month, day=moment.at.day, fold=0)


def _recurrence(reading: EventPart) -> Moment | None:
    line = reading.first("RECURRENCE-ID")
    if line is None:
        return None
    try:
        found = reading.moment(line, quiet=True)
    except ValueError:
        reading.notes.say(codes.RECURRENCE_UNREADABLE, line.line, value=line.value[:60])
        return None
    if "THISANDFUTURE" in (line.parameters.get("RANGE", "").upper(), *line.parameters):
        reading.notes.say(codes.RANGE_IGNORED, line.line)
    return found


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
