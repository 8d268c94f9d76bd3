"""Times: when one VEVENT takes place, and what makes a series of it (RFC 5545 §3.8.2, §3.8.5)."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from services.calendar.domain.components import Property
from services.calendar.domain.importing import items as codes
from services.calendar.domain.importing.moments import DAY, Moment, OutOfReach, duration_of, moments_of
from services.calendar.domain.importing.parts import EventPart, Refused
from services.calendar.domain.recurrence import MOST_SPANS, UnreadableRule, pattern_of
from services.calendar.domain.recurrence.patterns import SUBDAILY
from services.calendar.domain.recurrence.rules import OCCURRENCES_CUT

ASSUMED_LENGTH = timedelta(hours=1)
LONGEST_EVENT = timedelta(days=366)
MOST_DATES = 2_000


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


def times_of(reading: EventPart, recurrence: Moment | None) -> Times:
    """Read when the event takes place; where it does not say how long, an hour is assumed and noted. Raises Refused."""
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


def repetition_of(reading: EventPart, start: Moment, recurrence: Moment | None) -> Repetition:
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


def recurrence_of(reading: EventPart) -> Moment | None:
    """Read which date of a series this part replaces, if it names one (RFC 5545 §3.8.4.4)."""
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
