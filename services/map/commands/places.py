"""Places as they follow from what one message of the registry, or of a municipal system, told."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from services.map.commands.seats import go_to_seats, take_along
from services.map.domain.cells import cell_of
from services.map.domain.folding import folded, tags
from services.map.models import OfferTerms, Place, VenueInside
from shared.copies import Kind, Values
from shared.messages.calendar import FactAnnounced, FactWithdrawn
from shared.messages.registry import NeedFacts, OrganisationFacts, ProblemNamed, ResourceFacts, VenueFacts

CONFIDENTIAL_RADIUS_M = 500
"""Somewhere in the cell of about 500 m whose middle the registry tells; the circle holds all of it."""
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


def place_row(place_id: str, version: int, *, name: str, also: Sequence[str] = (), **facts: Any) -> Values:
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


def seat_of(organisation: OrganisationFacts) -> Values:
    """Show an organisation's seat; one that is no longer there, or was merged into another, has none any more."""
    return place_row(
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
    return place_row(
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
    return place_row(
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


def place_of_need(need: NeedFacts, zone: ZoneInfo) -> Values:
    """Show a need where it is, else where its organisation is, until it is met, closed, or its day is over."""
    return place_row(
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
        over_at=None if need.until_on is None else datetime.combine(need.until_on + timedelta(days=1), time.min, zone),
        url=need.url,
        withdrawn=need.status in ("met", "closed"),
    )


def place_of_problem(problem: ProblemNamed) -> Values:
    """Show where a problem is."""
    return place_row(
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
    return place_row(
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
    return place_row(fact.id, fact.version, kind="fact", name="", withdrawn=True)


ORGANISATIONS = Kind(Place, seat_of, after=take_along)
VENUES = Kind(Place, place_of_venue, {VenueInside.venue_id: outer_of, OfferTerms.place_id: terms_of})
RESOURCES = Kind(Place, place_of_resource, {OfferTerms.place_id: terms_of}, after=go_to_seats)
PROBLEMS = Kind(Place, place_of_problem)
FACTS = Kind(Place, place_of_fact)
WITHDRAWN_FACTS = Kind(Place, place_withdrawn)


def needs_in(zone: str) -> Kind[NeedFacts]:
    """Give needs as they are kept where the neighbourhood's clocks show this IANA zone."""
    return Kind(Place, partial(place_of_need, zone=ZoneInfo(zone)), after=go_to_seats)


def _secret(facts: OrganisationFacts | VenueFacts) -> Values:
    """Draw a circle where the address is confidential; the registry tells the middle of a cell, and no address."""
    if not facts.confidential:
        return {}
    return {"confidential": True, "radius_m": CONFIDENTIAL_RADIUS_M}
