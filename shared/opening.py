"""When an institution or a venue is open: `opening_hours`, read by the library that implements the whole grammar.

The syntax is OpenStreetMap's:
https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification; public holidays (`PH`) are those of Poland.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opening_hours import OpeningHours

LONGEST = 1_000
"""A longer text is nobody's opening hours."""
Hours = tuple[datetime, datetime]
Span = tuple[str, str]
"""Two times of a day, `08:00` and `16:00`."""
WEEKS_LOOKED_AT = 8


@dataclass(frozen=True)
class DaysAlike:
    """Days of the week that follow each other (0 is Monday) and are open at the same times; none: closed."""

    first: int
    last: int
    spans: tuple[Span, ...]


@lru_cache(maxsize=512)
def _read(text: str) -> OpeningHours | None:
    """Read opening hours; none where the text is not in the syntax, so that nothing is known."""
    import opening_hours  # its tables of the world's holidays are big: not while the service starts

    try:
        return opening_hours.OpeningHours(text, country="PL", auto_country=False, auto_timezone=False)
    except Exception:  # its ParserError is missing from its type stubs
        return None


def is_readable(text: str) -> bool:
    """Say whether a text is in the syntax; an empty one is not."""
    return len(text) <= LONGEST and _read(text) is not None


def is_open(text: str, starts_at: datetime, ends_at: datetime) -> bool | None:
    """Say whether a venue is open all the time between two local times; none where it is not known.

    Half-open: what ends when the venue closes is inside.
    """
    states = _states(text, starts_at, ends_at)
    return None if states is None else not any(is_closed for _, _, is_closed in states)


def hours_on(text: str, day: date) -> list[Hours]:
    """List when a venue is open on a local day, as far as it is known; what midnight cuts is cut."""
    midnight = datetime.combine(day, time.min)
    states = _states(text, midnight, midnight + timedelta(days=1)) or []
    return [(start, end) for start, end, is_closed in states if not is_closed]


def usual_week(text: str, today: date) -> list[DaysAlike]:
    """Say when it is open on each day of a usual week, days alike together; nothing where the text cannot be read.

    What is usual is what most of the next weeks have, so that a holiday is not taken for the rule.
    """
    if not text or not is_readable(text):
        return []
    monday = today - timedelta(days=today.weekday())
    week = [_usual_day(text, monday + timedelta(days=number)) for number in range(7)]
    alike: list[DaysAlike] = []
    for number, spans in enumerate(week):
        if alike and alike[-1].spans == spans:
            alike[-1] = DaysAlike(alike[-1].first, number, spans)
        else:
            alike.append(DaysAlike(number, number, spans))
    return alike


def _usual_day(text: str, first: date) -> tuple[Span, ...]:
    days = [first + timedelta(weeks=number) for number in range(WEEKS_LOOKED_AT)]
    seen = Counter(_spans(text, day) for day in days)
    return seen.most_common(1)[0][0]


def _spans(text: str, day: date) -> tuple[Span, ...]:
    spans = hours_on(text, day)
    return tuple((f"{start:%H:%M}", "24:00" if end.date() > day else f"{end:%H:%M}") for start, end in spans)


def _states(text: str, starts_at: datetime, ends_at: datetime) -> list[tuple[datetime, datetime, bool]] | None:
    """List the times between two local ones, and whether the venue is closed then; naive, on the venue's clock."""
    hours = _read(text) if len(text) <= LONGEST else None
    if hours is None:
        return None
    from opening_hours import State

    start, end = starts_at.replace(tzinfo=None), ends_at.replace(tzinfo=None)
    return [
        (max(begins, start), min(ends, end), state == State.CLOSED)
        for begins, ends, state, _ in hours.intervals(start, end)
        if begins < end and ends > start
    ]
