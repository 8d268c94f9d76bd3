"""Series: everything that a file says of one UID, and the plan that the calendar makes of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast, get_args
from zoneinfo import ZoneInfo

from services.calendar.domain.importing.items import Item, ParsedEvent
from services.calendar.domain.plans import Audience, EventPlan, Override
from services.calendar.domain.words import folded

MOST_THEMES, LONGEST_THEME = 20, 60
AUDIENCES = frozenset(get_args(Audience))


@dataclass(frozen=True)
class Series:
    """The items of one UID that can be taken over: the event itself first, if the file has it."""

    uid: str
    items: tuple[Item, ...]


def series_of(items: Iterable[Item]) -> list[Series]:
    """Put items of one UID together, in the order in which the file has them; refused ones are left out."""
    by_uid: dict[str, list[Item]] = {}
    for item in items:
        if item.result != "refused":
            by_uid.setdefault(item.uid, []).append(item)
    return [
        Series(uid, tuple(sorted(mine, key=lambda item: item.recurrence_id is not None)))
        for uid, mine in by_uid.items()
    ]


def in_units(series: Iterable[Series], most: int) -> Iterator[list[Series]]:
    """Deal series into units of about `most` items; a series is never torn apart."""
    unit: list[Series] = []
    count = 0
    for one in series:
        if unit and count + len(one.items) > most:
            yield unit
            unit, count = [], 0
        unit.append(one)
        count += len(one.items)
    if unit:
        yield unit


def fields_of(item: Item, event: ParsedEvent, venues: Mapping[str, str]) -> dict[str, Any]:
    """Give the fields of `EventPlan` of which a file speaks; `venues` are ids by folded name.

    A place whose name is a venue's is that venue; any other is said first in the description. Categories become
    themes, those that name an audience become that.
    """
    venue_id = venue_named(event.location, venues)
    spoken = [] if venue_id else [event.location]
    fields: dict[str, Any] = {
        "title": event.title,
        "description": "\n\n".join(part for part in (*spoken, event.description) if part),
        "floating": event.floating,
        "starts_at": event.starts_at.astimezone(UTC),
        "ends_at": event.ends_at.astimezone(UTC),
        "zone": event.zone,
        "all_day": event.all_day,
        "rrule": event.rrule,
        "rdates": tuple(at.astimezone(UTC) for at in event.rdates),
        "exdates": tuple(at.astimezone(UTC) for at in event.exdates),
        "latitude": event.latitude,
        "longitude": event.longitude,
        "status": event.status,
        "themes": _themes(event),
        "sequence": item.sequence,
        "raw": event.raw or None,
    }
    if venue_id:
        fields["venue_id"] = venue_id
    if audiences := tuple(one for one in map(str.lower, event.categories) if one in AUDIENCES):
        fields["audiences"] = cast(tuple[Audience, ...], tuple(dict.fromkeys(audiences)))
    return fields


def plan_from(fields: Mapping[str, Any], *, uid: str, source: str, host_id: str) -> EventPlan:
    """Make the plan of an event that is not known yet."""
    return EventPlan(**fields, uid=uid, source=source, host_ids=(host_id,))


def venue_named(location: str, venues: Mapping[str, str]) -> str | None:
    """Find the venue that a location names: by its name alone, or before a comma, as our own feed writes it."""
    return venues.get(folded(location)) or venues.get(folded(location.partition(",")[0])) if location else None


def override_of(item: Item, event: ParsedEvent, title: str) -> Override | None:
    """Give the occurrence that an item replaces; `title` is the series', said again only where it differs."""
    if event.recurrence_at is None:
        return None
    return Override(
        recurrence_at=event.recurrence_at.astimezone(UTC),
        starts_at=event.starts_at.astimezone(UTC),
        ends_at=event.ends_at.astimezone(UTC),
        title=None if event.title == title else event.title,
        cancelled=item.cancelled,
    )


def instant_named(recurrence_id: str, zone: str) -> datetime:
    """Give the instant that a canonical RECURRENCE-ID names; a date is the midnight of that zone."""
    named = datetime.fromisoformat(recurrence_id)
    return named.astimezone(UTC) if named.tzinfo else named.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def periods_of(event: ParsedEvent) -> list[Override]:
    """Give the added dates that have an end of their own as occurrences that differ."""
    return [Override(start.astimezone(UTC), start.astimezone(UTC), end.astimezone(UTC)) for start, end in event.periods]


def merged(overrides: Sequence[Override], fresh: Iterable[Override]) -> tuple[Override, ...]:
    """Put fresh overrides in the place of those of the same occurrence."""
    by_instant: dict[datetime, Override] = {one.recurrence_at.astimezone(UTC): one for one in overrides}
    by_instant |= {one.recurrence_at.astimezone(UTC): one for one in fresh}
    return tuple(by_instant[at] for at in sorted(by_instant))


def _themes(event: ParsedEvent) -> tuple[str, ...]:
    themes = (one.strip()[:LONGEST_THEME].strip() for one in event.categories if one.lower() not in AUDIENCES)
    return tuple(dict.fromkeys(theme for theme in themes if theme))[:MOST_THEMES]
