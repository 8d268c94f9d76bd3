"""Everything that only looks at the map: places in order, with what is on at each of them next."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from services.map.domain.areas import Box, Point, box_around, distance_m
from services.map.domain.folding import words
from services.map.models import Base, EventAtPlace, KnownEvent, KnownOccurrence, Place
from services.map.problems import NoSuchPlace
from shared import erasing
from shared.identifiers import is_id
from shared.paging import Paging, not_a_cursor

EVENTS_SHOWN = 10
"""A place tells of so many of its next events."""


@dataclass(frozen=True)
class Wanted:
    """Which places somebody asks for; what is left out does not restrict."""

    kinds: tuple[str, ...] = ()
    text: str = ""
    box: Box | None = None
    near: Point | None = None
    within_m: int = 1000


@dataclass(frozen=True)
class NextEvent:
    """An event that is on at a place now or later, with its nearest date."""

    id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    all_day: bool
    url: str


@dataclass(frozen=True)
class PlaceFound:
    """A place with whose it is, what is on there next, and how far it is from where was asked."""

    place: Place
    organisation_name: str | None
    events: tuple[NextEvent, ...]
    distance_m: int | None = None


def places(session: Session, wanted: Wanted, paging: Paging, *, now: datetime) -> list[PlaceFound]:
    """Give the places asked for by name, or by distance where `near` is given; a page continues after a `place_key`."""
    if wanted.near is not None:
        return _complete(session, _nearest(session, wanted, wanted.near, paging, now), now)
    rows = (
        select(Place)
        .where(*_conditions(wanted, now), paging.beyond(Place.sort_text, Place.id))
        .order_by(Place.sort_text, Place.id)
        .limit(paging.rows)
    )
    return _complete(session, [(place, None) for place in session.scalars(rows)], now)


def place(session: Session, place_id: str, *, now: datetime) -> PlaceFound:
    """Give one place; raises `NoSuchPlace`."""
    found = session.get(Place, place_id) if is_id(place_id) else None
    if found is None or found.withdrawn:
        raise NoSuchPlace
    return _complete(session, [(found, None)], now)[0]


def own_data(session: Session, person_id: str) -> dict[str, Any]:
    """Give what the map holds of a person, by their id: their keys, and nothing else."""
    return erasing.held_everywhere(session, Base.metadata, person_id)


def place_key(found: PlaceFound) -> tuple[str | int, str]:
    """Give what a list continues after: the distance where it was asked for, else the sorting text; and the id."""
    first = found.place.sort_text if found.distance_m is None else found.distance_m
    return first, found.place.id


def _nearest(
    session: Session, wanted: Wanted, centre: Point, paging: Paging, now: datetime
) -> list[tuple[Place, int | None]]:
    """Sort by distance in memory: the circle's box leaves few of a neighbourhood's few thousand places."""
    rows = select(Place).where(*_conditions(wanted, now), _lies_in(box_around(centre, wanted.within_m)))
    far = ((round(distance_m(centre, _point(place))), place.id, place) for place in session.scalars(rows))
    after = _distance_cursor(paging)
    inside = sorted(row for row in far if row[0] <= wanted.within_m and row[:2] > after)
    return [(place, metres) for metres, _, place in inside[: paging.rows]]


def _distance_cursor(paging: Paging) -> tuple[int, str]:
    match paging.after:
        case None:
            return -1, ""
        case (int(metres), str(key)):
            return metres, key
        case _:
            raise not_a_cursor()


def _point(place: Place) -> Point:
    return Point(place.latitude or 0.0, place.longitude or 0.0)


def _conditions(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    conditions = [Place.withdrawn.is_(False), or_(Place.kind != "fact", Place.ends_at > now)]
    conditions.append(or_(Place.kind != "event", _has_event_ahead(now)))
    if wanted.kinds:
        conditions.append(Place.kind.in_(wanted.kinds))
    if wanted.box is not None:
        conditions.append(_lies_in(wanted.box))
    conditions.extend(_tells_of(word, now) for word in words(wanted.text))
    return conditions


def _lies_in(box: Box) -> ColumnElement[bool]:
    east_and_west = (Place.longitude >= box.west, Place.longitude <= box.east)
    between = or_(*east_and_west) if box.crosses_the_date_line else and_(*east_and_west)
    return and_(Place.latitude.between(box.south, box.north), between)


def _tells_of(word: str, now: datetime) -> ColumnElement[bool]:
    """Find a word in a place, in whose it is, or in what is on there next."""
    owner = aliased(Place)
    return or_(
        Place.search_text.contains(word, autoescape=True),
        exists().where(owner.id == Place.organisation_id, owner.sort_text.contains(word, autoescape=True)),
        _has_event_ahead(now, KnownEvent.search_text.contains(word, autoescape=True)),
    )


def _has_event_ahead(now: datetime, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    ahead = (
        select(EventAtPlace.event_id)
        .join(KnownOccurrence, KnownOccurrence.event_id == EventAtPlace.event_id)
        .join(KnownEvent, KnownEvent.id == EventAtPlace.event_id)
        .where(EventAtPlace.place_id == Place.id, KnownOccurrence.ends_at > now, *conditions)
    )
    return exists(ahead)


def _complete(session: Session, found: list[tuple[Place, int | None]], now: datetime) -> list[PlaceFound]:
    """Add to each place its organisation's name and its next events, with two queries for all of them."""
    events = _next_events(session, [place.id for place, _ in found], now)
    owner_ids = {place.organisation_id for place, _ in found if place.organisation_id}
    named = select(Place.id, Place.name).where(Place.id.in_(owner_ids))
    names = {row.id: row.name for row in session.execute(named)}
    return [
        PlaceFound(
            place=place,
            organisation_name=names.get(place.organisation_id or ""),
            events=tuple(events[place.id][:EVENTS_SHOWN]),
            distance_m=metres,
        )
        for place, metres in found
    ]


def _next_events(session: Session, place_ids: list[str], now: datetime) -> dict[str, list[NextEvent]]:
    events: dict[str, list[NextEvent]] = defaultdict(list)
    for place_id, event, date in session.execute(_next_dates(place_ids, now)):
        events[place_id].append(
            NextEvent(
                id=event.id,
                title=event.title,
                starts_at=date.starts_at,
                ends_at=date.ends_at,
                zone=event.zone,
                all_day=event.all_day,
                url=event.url,
            )
        )
    return events


def _next_dates(place_ids: list[str], now: datetime) -> Select[str, KnownEvent, KnownOccurrence]:
    """Find each event at these places with its nearest date that is not over."""
    here = select(EventAtPlace.event_id).where(EventAtPlace.place_id.in_(place_ids))
    nearest = (
        select(KnownOccurrence.event_id, func.min(KnownOccurrence.starts_at).label("starts_at"))
        .where(KnownOccurrence.event_id.in_(here), KnownOccurrence.ends_at > now)
        .group_by(KnownOccurrence.event_id)
        .subquery()
    )
    return (
        select(EventAtPlace.place_id, KnownEvent, KnownOccurrence)
        .join(KnownEvent, KnownEvent.id == EventAtPlace.event_id)
        .join(nearest, nearest.c.event_id == KnownEvent.id)
        .join(
            KnownOccurrence,
            and_(KnownOccurrence.event_id == KnownEvent.id, KnownOccurrence.starts_at == nearest.c.starts_at),
        )
        .where(EventAtPlace.place_id.in_(place_ids))
        .order_by(KnownOccurrence.starts_at, KnownEvent.id)
    )
