"""Everything that changes what the map shows: rows that follow from what one message told."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from services.map.domain.folding import folded
from services.map.models import Base, EventAtPlace, KnownEvent, KnownOccurrence, Place
from shared import erasing
from shared.copies import Kind, Values
from shared.messages.calendar import EventCancelled, EventFacts, FactAnnounced, FactWithdrawn, OccurrenceFacts
from shared.messages.map import ErasureConfirmed
from shared.messages.registry import OrganisationFacts, PersonErased, ProblemNamed, ResourceFacts, VenueFacts

NOTHING_TOLD: Values = {
    "name_in_english": None,
    "description": "",
    "address": "",
    "organisation_id": None,
    "latitude": None,
    "longitude": None,
    "radius_m": None,
    "starts_at": None,
    "ends_at": None,
    "zone": None,
    "url": None,
    "withdrawn": False,
}


def seat_of(organisation: OrganisationFacts) -> Values:
    """Show an organisation's seat; one that was merged into another has none any more."""
    return _place(
        organisation.id,
        organisation.version,
        kind="organisation",
        name=organisation.name,
        description=organisation.description,
        address=organisation.address,
        organisation_id=organisation.id,
        latitude=organisation.latitude,
        longitude=organisation.longitude,
        url=organisation.url,
        withdrawn=organisation.merged_into_id is not None,
    )


def place_of_venue(venue: VenueFacts) -> Values:
    """Show a venue."""
    return _place(
        venue.id,
        venue.version,
        kind="venue",
        name=venue.name,
        address=venue.address,
        organisation_id=venue.organisation_id,
        latitude=venue.latitude,
        longitude=venue.longitude,
        url=venue.url,
    )


def place_of_resource(resource: ResourceFacts) -> Values:
    """Show where a resource can be had."""
    return _place(
        resource.id,
        resource.version,
        kind="resource",
        name=resource.name,
        description=resource.description,
        organisation_id=resource.organisation_id,
        latitude=resource.latitude,
        longitude=resource.longitude,
        url=resource.url,
    )


def place_of_problem(problem: ProblemNamed) -> Values:
    """Show where a problem is."""
    return _place(
        problem.id,
        problem.version,
        kind="problem",
        name=problem.title,
        description=problem.description,
        latitude=problem.latitude,
        longitude=problem.longitude,
        url=problem.url,
    )


def place_of_fact(fact: FactAnnounced) -> Values:
    """Show what a municipal system told, with the radius it reaches."""
    return _place(
        fact.id,
        fact.version,
        kind="fact",
        name=fact.title.get("pl") or next(iter(fact.title.values()), ""),
        name_in_english=fact.title.get("en"),
        latitude=fact.latitude,
        longitude=fact.longitude,
        radius_m=fact.radius_m,
        starts_at=fact.starts_at,
        ends_at=fact.ends_at,
        zone=fact.zone,
        url=fact.url,
    )


def place_withdrawn(fact: FactWithdrawn) -> Values:
    """Show a fact no longer; a tombstone stays, even when the announcement has yet to arrive."""
    return _place(fact.id, fact.version, kind="fact", name="", withdrawn=True)


def known_event(event: EventFacts) -> Values:
    """Know an event; where and when it is on stands in rows of its own."""
    return {
        "id": event.id,
        "version": event.version,
        "title": event.title if event.visibility == "public" else "",
        "status": "cancelled" if _is_cancelled(event) else event.status,
        "all_day": event.all_day,
        "zone": event.zone,
        "url": event.url,
        "search_text": folded(event.title) if event.visibility == "public" else "",
    }


def dates_of(event: EventFacts) -> Iterator[Values]:
    """Say when an event is on; never, when it is cancelled or not public."""
    if _is_shown(event):
        dates = event.occurrences or (OccurrenceFacts(starts_at=event.starts_at, ends_at=event.ends_at),)
        for starts_at, ends_at in {date.starts_at: date.ends_at for date in dates}.items():
            yield {"event_id": event.id, "starts_at": starts_at, "ends_at": ends_at}


def places_of(event: EventFacts) -> Iterator[Values]:
    """Show an event at its venue, or its own point, and at its hosts' seats."""
    if _is_shown(event):
        for place_id in {*event.host_ids, event.venue_id or event.id}:
            yield {"event_id": event.id, "place_id": place_id}


def own_place_of(event: EventFacts) -> Iterator[Values]:
    """Make an event that has no venue a place itself."""
    if event.venue_id is None and _is_shown(event):
        yield _place(
            event.id,
            event.version,
            kind="event",
            name=event.title,
            description=event.description,
            organisation_id=event.host_ids[0] if event.host_ids else None,
            latitude=event.latitude,
            longitude=event.longitude,
            url=event.url,
        )


ORGANISATIONS = Kind(Place, seat_of)
VENUES = Kind(Place, place_of_venue)
RESOURCES = Kind(Place, place_of_resource)
PROBLEMS = Kind(Place, place_of_problem)
FACTS = Kind(Place, place_of_fact)
WITHDRAWN_FACTS = Kind(Place, place_withdrawn)
EVENTS = Kind(
    KnownEvent,
    known_event,
    {KnownOccurrence.event_id: dates_of, EventAtPlace.event_id: places_of, Place.id: own_place_of},
)


def forget_person(session: Session, erased: PersonErased) -> None:
    """Forget an erased person: the map has nothing of theirs but what every service has; again changes nothing."""
    erasing.forget_person(session, Base.metadata, erased)


def confirm_erasure(session: Session, person_id: str) -> None:
    """Tell that the map holds nothing of a person any more."""
    erasing.confirm_erasure(session, Base.metadata.tables["erasure"], person_id, ErasureConfirmed)


def _is_cancelled(event: EventFacts) -> bool:
    return isinstance(event, EventCancelled) or event.status == "cancelled"


def _is_shown(event: EventFacts) -> bool:
    """Say whether the map shows an event: everybody reads the map."""
    return event.visibility == "public" and not _is_cancelled(event)


def _place(place_id: str, version: int, *, name: str, **facts: Any) -> Values:
    """Give a whole row of `place`: what is not told has a value too, so that no fact of before stays."""
    texts = (name, facts.get("name_in_english"), facts.get("address"), facts.get("description"))
    return {
        **NOTHING_TOLD,
        "id": place_id,
        "version": version,
        "name": name,
        "sort_text": folded(name),
        "search_text": folded(" ".join(text for text in texts if text)),
        **facts,
    }
