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
from shared.messages import Message
from shared.messages.calendar import FactAnnounced, FactWithdrawn
from shared.messages.registry import NeedFacts, OrganisationFacts, ProblemNamed, ResourceFacts, VenueFacts

CONFIDENTIAL_RADIUS_M = 500
"""Somewhere in the cell of about 500 m whose middle the registry tells; the circle holds all of it."""
FOUND = ("description", "latitude", "longitude", "url")
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


def _as_told(message: Message, *fields: str) -> Values:
    """Take over what a message and a place call the same."""
    return {field: getattr(message, field) for field in fields}


def seat_of(organisation: OrganisationFacts) -> Values:
    """Show an organisation's seat; one that is no longer there, or was merged into another, has none any more."""
    return place_row(
        organisation.id,
        organisation.version,
        **_as_told(organisation, *FOUND, "name", "address", "audiences", "themes", "opening_hours", "step_free"),
        kind="organisation",
        organisation_id=organisation.id,
        withdrawn=organisation.merged_into_id is not None or organisation.status == "ended",
        **_secret(organisation),
    )


def place_of_venue(venue: VenueFacts) -> Values:
    """Show a venue: a space that can be lent."""
    return place_row(
        venue.id,
        venue.version,
        **_as_told(
            venue, *FOUND, "name", "address", "organisation_id", "opening_hours", "step_free", "capacity", "themes"
        ),
        kind="venue",
        lends="space",
        takes_one=venue.one_at_a_time,
        gap_minutes=venue.set_up_minutes + venue.clear_up_minutes,
        also=venue.equipment,
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
        **_as_told(offer, "cost", "cost_pln", "cost_per", "conditions", "lends_to", "needs_approval"),
    }


def place_of_resource(resource: ResourceFacts) -> Values:
    """Show where a resource can be had: at a point of its own, else where its organisation is."""
    return place_row(
        resource.id,
        resource.version,
        **_as_told(resource, *FOUND, "name", "organisation_id", "quantity", "themes"),
        kind="resource",
        at_seat=resource.latitude is None,
        lends=resource.kind,
        opening_hours=resource.availability,
        withdrawn=resource.status == "withdrawn",
    )


def place_of_need(need: NeedFacts, zone: ZoneInfo) -> Values:
    """Show a need where it is, else where its organisation is, until it is met, closed, or its day is over."""
    return place_row(
        need.id,
        need.version,
        **_as_told(need, *FOUND, "address", "organisation_id", "themes", "quantity"),
        kind="need",
        name=need.title,
        at_seat=need.latitude is None,
        over_at=None if need.until_on is None else datetime.combine(need.until_on + timedelta(days=1), time.min, zone),
        withdrawn=need.status in ("met", "closed"),
    )


def place_of_problem(problem: ProblemNamed) -> Values:
    """Show where a problem is."""
    return place_row(
        problem.id,
        problem.version,
        **_as_told(problem, *FOUND),
        kind="problem",
        name=problem.title,
    )


def place_of_fact(fact: FactAnnounced) -> Values:
    """Show what a municipal system told, with the radius it reaches, until it ends."""
    return place_row(
        fact.id,
        fact.version,
        **_as_told(fact, "latitude", "longitude", "radius_m", "starts_at", "ends_at", "zone", "url"),
        kind="fact",
        name=fact.title.get("pl") or next(iter(fact.title.values()), ""),
        name_in_english=fact.title.get("en"),
        over_at=fact.ends_at,
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
