"""How much of its time a venue is taken."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from services.calendar.domain.claims import merged
from services.calendar.domain.indicators.periods import Period
from services.calendar.domain.indicators.rows import Figure, Span, VenueTaken

VENUES: Final = (
    "Hours in which at least one event takes the venue itself, without set-up and clear-up, out of its opening hours in"
    " the period where it states them (then only what lies in them counts), else out of all hours. Two events at once"
    " count once; rooms inside a venue count for themselves. The figure adds up all venues that were taken at all."
    " What is from calendars that are followed takes no hours."
)
Basis = Literal["opening", "calendar"]
Opening = Callable[[str, Period], Sequence[Span] | None]
"""Gives the spans in which a venue is open, in order and apart; none where its text says nothing that is understood."""
HOUR: Final = 3600


@dataclass(frozen=True)
class VenueRow:
    """How many hours a venue was taken, of how many, and which those are."""

    venue_id: str
    name: str
    hours: float
    of: float
    basis: Basis


def venue_rows(venues: Sequence[VenueTaken], period: Period, opening: Opening) -> tuple[VenueRow, ...]:
    """Count the hours of each venue, the most taken first."""
    rows = [_row(venue, period, opening) for venue in venues]
    return tuple(sorted((row for row in rows if row.of), key=lambda row: (-row.hours / row.of, row.name)))


def venue_hours(rows: Sequence[VenueRow]) -> Figure:
    """Add up the hours of all venues that were taken."""
    return Figure(
        "venue_hours", round(sum(row.hours for row in rows), 2), round(sum(row.of for row in rows), 2) or None
    )


def _row(venue: VenueTaken, period: Period, opening: Opening) -> VenueRow:
    stated = opening(venue.opening_hours, period) if venue.opening_hours else None
    available = [period.span] if stated is None else list(stated)
    taken = common(merged(venue.spans), available)
    basis: Basis = "calendar" if stated is None else "opening"
    return VenueRow(venue.id, venue.name, _hours(taken), _hours(available), basis)


def common(ones: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """Give what lies in both; each is in order and apart."""
    found, one, other = [], 0, 0
    while one < len(ones) and other < len(others):
        start, end = max(ones[one][0], others[other][0]), min(ones[one][1], others[other][1])
        if start < end:
            found.append((start, end))
        if ones[one][1] < others[other][1]:
            one += 1
        else:
            other += 1
    return found


def _hours(spans: Iterable[Span]) -> float:
    return round(sum(end - start for start, end in spans) / HOUR, 2)
