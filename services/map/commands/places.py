"""Places as they follow from what one message told, and where those are that have no point of their own."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, aliased

from services.map.domain.cells import cell_of
from services.map.domain.folding import folded, tags
from services.map.models import (
    EventAtPlace,
    KnownEvent,
    KnownOccurrence,
    OfferTerms,
    Place,
    VenueInside,
    VenueTaken,
)
from shared.copies import Kind, Values
from shared.messages.calendar import EventCancelled, EventFacts, FactAnnounced, FactWithdrawn, OccurrenceFacts
from shared.messages.registry import (
    NeedFacts,
    OrganisationFacts,
    ProblemNamed,
    ResourceFacts,
    VenueFacts,
)

ZONE = ZoneInfo("Europe/Warsaw")
CONFIDENTIAL_RADIUS_M = 500
"""Somewhere in the cell of about 500 m whose middle the registry tells; the circle holds all of it."""
TURNS, TURN_SPACE = 64, 0x0511
WAIT = text("SELECT pg_advisory_xact_lock(:space, n) FROM unnest(CAST(:numbers AS integer[])) AS n")
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
    "at_seat": False,
    "over_at": None,
    "confidential": False,
    "audiences": (),
    "themes": (),
    "opening_hours": "",
    "step_free": None,
    "capacity": None,
    "lends": None,
    "quantity": None,
    "takes_one": False,
    "gap_minutes": 0,
}


def seat_of(organisation: OrganisationFacts) -> Values:
    """Show an organisation's seat; one that is no longer there, or was merged into another, has none any more."""
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
        audiences=organisation.audiences,
        themes=organisation.themes,
        opening_hours=organisation.opening_hours,
        step_free=organisation.step_free,
        url=organisation.url,
        withdrawn=organisation.merged_into_id is not None or organisation.status == "ended",
        **_secret(organisation),
    )


def place_of_venue(venue: VenueFacts) -> Values:
    """Show a venue: a space that can be lent."""
    return _place(
        venue.id,
        venue.version,
        kind="venue",
        name=venue.name,
        address=venue.address,
        organisation_id=venue.organisation_id,
        latitude=venue.latitude,
        longitude=venue.longitude,
        opening_hours=venue.opening_hours,
        step_free=venue.step_free,
        capacity=venue.capacity,
        lends="space",
        takes_one=venue.one_at_a_time,
        gap_minutes=venue.set_up_minutes + venue.clear_up_minutes,
        also=venue.equipment,
        description=venue.description,
        themes=venue.themes,
        url=venue.url,
        withdrawn=venue.status == "withdrawn",
        **_secret(venue),
    )


def outer_of(venue: VenueFacts) -> Iterator[Values]:
    """Say which venues a venue lies in."""
    for ancestor_id in dict.fromkeys(venue.ancestor_ids):
        yield {"venue_id": venue.id, "ancestor_id": ancestor_id}


def terms_of(offer: VenueFacts | ResourceFacts) -> Iterator[Values]:
    """Say on which terms something is lent."""
    yield {
        "place_id": offer.id,
        "cost": offer.cost,
        "cost_pln": offer.cost_pln,
        "cost_per": offer.cost_per,
        "conditions": offer.conditions,
        "lends_to": offer.lends_to,
        "needs_approval": offer.needs_approval,
    }


def place_of_resource(resource: ResourceFacts) -> Values:
    """Show where a resource can be had: at a point of its own, else where its organisation is."""
    return _place(
        resource.id,
        resource.version,
        kind="resource",
        name=resource.name,
        description=resource.description,
        organisation_id=resource.organisation_id,
        latitude=resource.latitude,
        longitude=resource.longitude,
        at_seat=resource.latitude is None,
        lends=resource.kind,
        quantity=resource.quantity,
        opening_hours=resource.availability,
        themes=resource.themes,
        url=resource.url,
        withdrawn=resource.status == "withdrawn",
    )


def place_of_need(need: NeedFacts) -> Values:
    """Show a need where it is, else where its organisation is, until it is met, closed, or its day is over."""
    return _place(
        need.id,
        need.version,
        kind="need",
        name=need.title,
        description=need.description,
        address=need.address,
        organisation_id=need.organisation_id,
        latitude=need.latitude,
        longitude=need.longitude,
        at_seat=need.latitude is None,
        themes=need.themes,
        quantity=need.quantity,
        over_at=_end_of(need.until_on),
        url=need.url,
        withdrawn=need.status in ("met", "closed"),
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
    """Show what a municipal system told, with the radius it reaches, until it ends."""
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
        over_at=fact.ends_at,
        zone=fact.zone,
        url=fact.url,
    )


def place_withdrawn(fact: FactWithdrawn) -> Values:
    """Show a fact no longer; a tombstone stays, even when the announcement has yet to arrive."""
    return _place(fact.id, fact.version, kind="fact", name="", withdrawn=True)


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


def places_of(event: EventFacts) -> Iterator[Values]:
    """Show an event at its venue, or its own point, and at its hosts' seats."""
    if _is_shown(event):
        for place_id in {*event.host_ids, event.venue_id or event.id}:
            yield {"event_id": event.id, "place_id": place_id}


def own_place_of(event: EventFacts) -> Iterator[Values]:
    """Make an event that has no venue a place itself, until its last date is over."""
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
            audiences=event.audiences,
            themes=event.themes,
            over_at=max(ends_at for _, ends_at in _dates(event)),
            url=event.url,
        )


def take_along(session: Session, organisations: Sequence[OrganisationFacts]) -> None:
    """Move what is at these organisations' seats to where those are now."""
    _take_turns(session, [one.id for one in organisations])
    _to_their_seats(session, Place.organisation_id, [one.id for one in organisations])


def go_to_seats(session: Session, told: Sequence[ResourceFacts] | Sequence[NeedFacts]) -> None:
    """Put what has no point of its own where its organisation is, if that is known by now."""
    _take_turns(session, [one.organisation_id for one in told])
    _to_their_seats(session, Place.id, [one.id for one in told])


def _take_turns(session: Session, organisation_ids: Iterable[str | None]) -> None:
    """Let what is told of an organisation and of its things at the same moment wait for each other (PostgreSQL)."""
    if session.get_bind().dialect.name == "postgresql":
        numbers = sorted({crc32(one.encode()) % TURNS for one in organisation_ids if one})
        session.execute(WAIT, {"space": TURN_SPACE, "numbers": numbers})


def _to_their_seats(session: Session, column: Any, ids: Sequence[str]) -> None:
    seat = aliased(Place)
    where = ("latitude", "longitude", "cell", "radius_m", "confidential")
    point = select(*(getattr(seat, name) for name in where)).where(seat.id == Place.organisation_id)
    known = select(seat.id).where(seat.id == Place.organisation_id).exists()
    moved = update(Place).where(column.in_(ids), Place.at_seat, known)
    values = {getattr(Place, name): point.with_only_columns(getattr(seat, name)).scalar_subquery() for name in where}
    session.execute(moved.values(values).execution_options(synchronize_session=False))


EVENT_PARTS: dict[Any, Callable[[EventFacts], Iterator[Values]]] = {
    KnownOccurrence.event_id: dates_of,
    VenueTaken.event_id: takes_of,
    EventAtPlace.event_id: places_of,
    Place.id: own_place_of,
}
ORGANISATIONS = Kind(Place, seat_of, after=take_along)
VENUES = Kind(Place, place_of_venue, {VenueInside.venue_id: outer_of, OfferTerms.place_id: terms_of})
RESOURCES = Kind(Place, place_of_resource, {OfferTerms.place_id: terms_of}, after=go_to_seats)
NEEDS = Kind(Place, place_of_need, after=go_to_seats)
PROBLEMS = Kind(Place, place_of_problem)
FACTS = Kind(Place, place_of_fact)
WITHDRAWN_FACTS = Kind(Place, place_withdrawn)
EVENTS = Kind(KnownEvent, known_event, EVENT_PARTS)


def _is_cancelled(event: EventFacts) -> bool:
    return isinstance(event, EventCancelled) or event.status == "cancelled"


def _is_shown(event: EventFacts) -> bool:
    """Say whether the map shows an event: everybody reads the map."""
    return event.visibility == "public" and not _is_cancelled(event)


def _dates(event: EventFacts) -> list[tuple[datetime, datetime]]:
    dates = event.occurrences or (OccurrenceFacts(starts_at=event.starts_at, ends_at=event.ends_at),)
    return list({date.starts_at: date.ends_at for date in dates}.items())


def _end_of(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day + timedelta(days=1), time.min, ZONE)


def _secret(facts: OrganisationFacts | VenueFacts) -> Values:
    """Draw a circle where the address is confidential; the registry tells the middle of a cell, and no address."""
    if not facts.confidential:
        return {}
    return {"confidential": True, "radius_m": CONFIDENTIAL_RADIUS_M}


def _place(place_id: str, version: int, *, name: str, also: Sequence[str] = (), **facts: Any) -> Values:
    """Give a whole row of `place`: what is not told has a value too, so that no fact of before stays.

    `also` are further words to be found by.
    """
    row = {**NOTHING_TOLD, "id": place_id, "version": version, "name": name, **facts}
    texts = (name, row["name_in_english"], row["address"], row["description"], *also)
    has_point = row["latitude"] is not None and row["longitude"] is not None
    return {
        **row,
        "cell": cell_of(row["latitude"], row["longitude"]) if has_point else None,
        "tags": tags(row["audiences"], row["themes"]),
        "sort_text": folded(name),
        "search_text": folded(" ".join(text for text in texts if text)),
    }
