"""Events as they follow from what one message of the calendar told: when they are on, where, and what they take."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from services.map.commands.places import place_row
from services.map.domain.folding import folded, tags
from services.map.models import EventAtPlace, KnownEvent, KnownOccurrence, Place, ResourceTaken, VenueTaken
from shared.copies import Kind, Values
from shared.messages.calendar import EventCancelled, EventFacts, OccurrenceFacts


def known_event(event: EventFacts) -> Values:
    """Know an event; where and when it is on stands in rows of its own."""
    is_public = event.visibility == "public"
    return {
        "id": event.id,
        "version": event.version,
        "title": event.title if is_public else "",
        "status": "cancelled" if _is_cancelled(event) else event.status,
        "all_day": event.all_day,
        "zone": event.zone,
        "url": event.url,
        "search_text": folded(event.title) if is_public else "",
        "tags": tags(event.audiences, event.themes) if is_public else "",
    }


def dates_of(event: EventFacts) -> Iterator[Values]:
    """Say when an event is on; never, when it is cancelled or not public."""
    if _is_shown(event):
        for starts_at, ends_at in _dates(event):
            yield {"event_id": event.id, "starts_at": starts_at, "ends_at": ends_at}


def takes_of(event: EventFacts) -> Iterator[Values]:
    """Say when an event takes its venue: that much is known of one that is not public, too."""
    if event.venue_id is not None and not _is_cancelled(event):
        for starts_at, ends_at in _dates(event):
            yield {"event_id": event.id, "starts_at": starts_at, "ends_at": ends_at, "venue_id": event.venue_id}


def borrows_of(event: EventFacts) -> Iterator[Values]:
    """Say how many of what an event borrows, and when: of one that is not public, too."""
    borrowed: Counter[str] = Counter()
    for one in event.borrows:
        borrowed[one.resource_id] += one.quantity
    if borrowed and not _is_cancelled(event):
        for starts_at, ends_at in _dates(event):
            times = {"event_id": event.id, "starts_at": starts_at, "ends_at": ends_at}
            for resource_id, quantity in borrowed.items():
                yield {**times, "resource_id": resource_id, "quantity": quantity}


def places_of(event: EventFacts) -> Iterator[Values]:
    """Show an event at its venue, or its own point, and at its hosts' seats."""
    if _is_shown(event):
        for place_id in {*event.host_ids, event.venue_id or event.id}:
            yield {"event_id": event.id, "place_id": place_id}


def own_place_of(event: EventFacts) -> Iterator[Values]:
    """Make an event that has no venue a place itself, until its last date is over."""
    if event.venue_id is None and _is_shown(event):
        yield place_row(
            event.id,
            event.version,
            kind="event",
            name=event.title,
            description=event.description,
            organisation_id=event.host_ids[0] if event.host_ids else None,
            latitude=event.latitude,
            longitude=event.longitude,
            audiences=event.audiences,
            themes=event.themes,
            over_at=max(ends_at for _, ends_at in _dates(event)),
            url=event.url,
        )


def _is_cancelled(event: EventFacts) -> bool:
    return isinstance(event, EventCancelled) or event.status == "cancelled"


def _is_shown(event: EventFacts) -> bool:
    """Say whether the map shows an event: everybody reads the map."""
    return event.visibility == "public" and not _is_cancelled(event)


def _dates(event: EventFacts) -> list[tuple[datetime, datetime]]:
    dates = event.occurrences or (OccurrenceFacts(starts_at=event.starts_at, ends_at=event.ends_at),)
    return list({date.starts_at: date.ends_at for date in dates}.items())


EVENT_PARTS: dict[Any, Callable[[EventFacts], Iterator[Values]]] = {
    KnownOccurrence.event_id: dates_of,
    VenueTaken.event_id: takes_of,
    ResourceTaken.event_id: borrows_of,
    EventAtPlace.event_id: places_of,
    Place.id: own_place_of,
}
EVENTS = Kind(KnownEvent, known_event, EVENT_PARTS)
