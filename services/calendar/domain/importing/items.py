"""Items: what was read out of one part of a calendar file, and what had to be said about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.calendar.domain.plans import EventStatus
from shared.messages.base import Reason

Result = Literal["readable", "repaired", "refused"]

# Why a part is refused
NOT_AN_EVENT = "not_an_event"
START_MISSING = "start_missing"
START_UNREADABLE = "start_unreadable"
DATE_OUT_OF_REACH = "date_out_of_reach"
EVENT_TOO_LONG = "event_too_long"
LINE_TOO_LONG = "line_too_long"
EVENT_CUT_OFF = "event_cut_off"
SAID_TWICE = "said_twice"
METHOD_REFUSED = "method_refused"

# What was repaired
UID_MISSING = "uid_missing"
TITLE_MISSING = "title_missing"
END_MISSING = "end_missing"
END_UNREADABLE = "end_unreadable"
END_BEFORE_START = "end_before_start"
DATES_MIXED = "dates_mixed"
DATE_LOOSE = "date_loose"
RULES_SEVERAL = "rules_several"
DATES_UNREADABLE = "dates_unreadable"
RANGE_IGNORED = "range_ignored"
RECURRENCE_UNREADABLE = "recurrence_unreadable"
ENCODING_GUESSED = "encoding_guessed"
TEXT_SHORTENED = "text_shortened"
EVENT_NOT_CLOSED = "event_not_closed"
PLACE_UNREADABLE = "place_unreadable"
PROPERTY_REPEATED = "property_repeated"


@dataclass(frozen=True)
class ParsedEvent:
    """A VEVENT in the calendar's own terms.

    `starts_at` and `ends_at` (half-open) have an IANA zone, whose name is `zone`; all-day ones are its midnights.
    `rrule` is the raw text. `rdates`, `exdates` and `recurrence_at` name starts of occurrences; `periods` are those of
    `rdates` that have an end of their own. `raw` is the VEVENT's text, unfolded.
    """

    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    all_day: bool
    floating: bool = False
    description: str = ""
    rrule: str | None = None
    rdates: tuple[datetime, ...] = ()
    exdates: tuple[datetime, ...] = ()
    periods: tuple[tuple[datetime, datetime], ...] = ()
    recurrence_at: datetime | None = None
    location: str = ""
    latitude: float | None = None
    longitude: float | None = None
    status: EventStatus = "confirmed"
    categories: tuple[str, ...] = ()
    url: str = ""
    raw: str = ""


@dataclass(frozen=True)
class Item:
    """One part of a file. `line` is where the first note points, else where the part begins.

    `recurrence_id` is canonical: `20260501` for a date, `20260501T150000Z` for an instant. `changed_at` is
    LAST-MODIFIED, else DTSTAMP. `content_hash` leaves out what exporters rewrite every time (DTSTAMP and the like).
    A cancelled item may have no event: it cancels what is known by its key.
    """

    uid: str
    recurrence_id: str | None
    line: int
    result: Result
    notes: tuple[Reason, ...] = ()
    event: ParsedEvent | None = None
    sequence: int = 0
    changed_at: datetime | None = None
    cancelled: bool = False
    content_hash: str = ""

    @property
    def key(self) -> tuple[str, str | None]:
        """Its identity within one source: (UID, RECURRENCE-ID)."""
        return self.uid, self.recurrence_id


@dataclass(frozen=True)
class Reading:
    """All items of a file, in the order in which they stand."""

    items: tuple[Item, ...]
