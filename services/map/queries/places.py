"""Places in order, by name or by distance, with what is on at each of them next."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import Session

from services.map.domain.areas import Point, box_around, distance_m
from services.map.models import Base, EventAtPlace, KnownEvent, KnownOccurrence
from services.map.problems import NoSuchPlace
from services.map.queries.contacts import CONTACT, Contacts, contacts_of, contacts_of_person
from services.map.queries.free import taken_venues
from services.map.queries.lent import left_of, quantity_of
from services.map.queries.wanted import (
    A_MOMENT,
    AT_PLACE,
    DATE,
    EVENT,
    OWNER,
    PLACE,
    SHAPES,
    Conditions,
    Wanted,
    conditions,
    lies_in,
    may_lie_in,
)
from shared import erasing
from shared.identifiers import is_id
from shared.paging import Paging, not_a_cursor

TOLD = (
    "id",
    "kind",
    "description",
    "address",
    "latitude",
    "longitude",
    "radius_m",
    "confidential",
    "organisation_id",
    "audiences",
    "themes",
    "opening_hours",
    "step_free",
    "capacity",
    "lends",
    "quantity",
    "starts_at",
    "ends_at",
    "zone",
    "url",
)
"""The columns of a place that are told as they are; a row begins with them, in this order."""
HAS_EVENTS = exists().where(AT_PLACE.place_id == PLACE.id).label("has_events")
HAS_CONTACTS = exists().where(CONTACT.organisation_id == PLACE.organisation_id).label("has_contacts")
OWNER_NAME = select(OWNER.name).where(OWNER.id == PLACE.organisation_id).scalar_subquery()
ORGANISATION_NAME = case((PLACE.kind == "organisation", PLACE.name), else_=OWNER_NAME).label("organisation_name")
ROWS = select(
    *(PLACE[name] for name in TOLD),
    PLACE.name,
    PLACE.name_in_english,
    PLACE.sort_text,
    ORGANISATION_NAME,
    HAS_EVENTS,
    HAS_CONTACTS,
)
"""Places are read as plain rows: nobody changes them, and an object for each costs as much again."""
FEW = 1_500
"""So many places are sorted; of more, a page of 50 by name is found among them sooner."""
BY_NAME: tuple[Any, ...] = PLACE.sort_text, PLACE.id
SORTED_BY_HAND: tuple[Any, ...] = func.coalesce(PLACE.sort_text, ""), PLACE.id
"""The same order, for which a database cannot take the index that is sorted, and read all of it."""
BEYOND = or_(
    PLACE.sort_text > bindparam("after_text"),
    and_(PLACE.sort_text == bindparam("after_text"), PLACE.id > bindparam("after_id")),
)
FIRST_CIRCLE_M = 250
EVENTS_SHOWN = 10
"""A place tells of so many of its next events."""


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


class PlaceFound(NamedTuple):
    """A place with what is on there next, and how far it is from where was asked.

    `place` is a plain row of `ROWS`: columns of `models.Place`, and the name of whose it is. `free_now` is none where
    it is no venue. `contacts` are those of the organisation whose place it is. `quantity_free` is how many of a
    resource can be had all the time that was asked for, and none where no time was.
    """

    place: Any
    events: Sequence[NextEvent]
    distance_m: int | None = None
    free_now: bool | None = None
    contacts: Contacts = ()
    quantity_free: int | None = None


def places(session: Session, wanted: Wanted, paging: Paging, *, now: datetime) -> list[PlaceFound]:
    """Give the places asked for by name, or by distance where `near` is given; a page continues after a `place_key`."""
    if wanted.near is not None:
        return _complete(session, _nearest(session, wanted, wanted.near, paging, now), now, wanted)
    asked = conditions(session, wanted, now) + _beyond(paging)
    order = BY_NAME
    if wanted.box is not None:
        asked, cells = asked + lies_in(wanted.box), may_lie_in(wanted.box)
        if _are_few(session, cells):
            asked, order = asked + cells, SORTED_BY_HAND
    rows = session.connection().execute(_page(asked.clauses, order), {**asked.values, "rows": paging.rows})
    return _complete(session, [(row, None) for row in rows.all()], now, wanted)


def place(session: Session, place_id: str, *, now: datetime) -> PlaceFound:
    """Give one place; raises `NoSuchPlace`."""
    rows = ROWS.where(PLACE.id == place_id, PLACE.withdrawn.is_(False))
    found = session.connection().execute(rows).one_or_none() if is_id(place_id) else None
    if found is None:
        raise NoSuchPlace
    return _complete(session, [(found, None)], now, Wanted())[0]


def own_data(session: Session, person_id: str) -> dict[str, Any]:
    """Give what the map holds of a person, by their id: their keys, and how organisations are reached by them."""
    contacts = contacts_of_person(session, person_id)
    return {**erasing.held_everywhere(session, Base.metadata, person_id), "contacts": contacts}


def place_key(found: PlaceFound) -> tuple[str | int, str]:
    """Give what a list continues after: the distance where it was asked for, else the sorting text; and the id."""
    first = found.place.sort_text if found.distance_m is None else found.distance_m
    return first, found.place.id


@lru_cache(SHAPES)
def _page(clauses: tuple[Any, ...], order: tuple[Any, ...]) -> Select[Any]:
    """Read the first rows in some order; made once for each shape of question (see `Conditions`)."""
    return ROWS.where(*clauses).order_by(*order).limit(bindparam("rows"))


def _beyond(paging: Paging) -> Conditions:
    """Say that a place comes after the last one seen, by name."""
    if paging.after is None:
        return Conditions((), {})
    return Conditions((BEYOND,), dict(zip(("after_text", "after_id"), paging.last_seen(*BY_NAME), strict=True)))


def _are_few(session: Session, cells: Conditions) -> bool:
    """Say whether cells hold few enough places to read all of them and sort; else reading by name finds some soon."""
    number: int = session.connection().execute(_counted(cells.clauses), cells.values).scalar_one()
    return number <= FEW


@lru_cache(SHAPES)
def _counted(clauses: tuple[Any, ...]) -> Select[Any]:
    return select(func.count()).select_from(select(PLACE.cell).where(*clauses).limit(FEW + 1).subquery())


def _nearest(
    session: Session, wanted: Wanted, centre: Point, paging: Paging, now: datetime
) -> list[tuple[Any, int | None]]:
    """Look around in wider and wider circles until a page is full; of what lies there, sort by distance in memory."""
    after = _distance_cursor(paging)
    asked = conditions(session, wanted, now)
    if wanted.box is not None:
        asked += lies_in(wanted.box)
    within_m = max(FIRST_CIRCLE_M, after[0] * 2)
    while True:
        within_m = min(within_m, wanted.within_m)
        found = [one for one in _around(session, asked, centre, within_m) if one > after]
        if len(found) >= paging.rows or within_m >= wanted.within_m:
            break
        within_m *= 3
    return _rows_of(session, sorted(found)[: paging.rows])


def _around(session: Session, asked: Conditions, centre: Point, within_m: int) -> Iterator[tuple[int, str]]:
    """Give the distance and the id of each place in a circle."""
    box = box_around(centre, within_m)
    asked += may_lie_in(box) + lies_in(box, "circle")
    for place_id, latitude, longitude in session.connection().execute(_points(asked.clauses), asked.values):
        metres = round(distance_m(centre, Point(latitude, longitude)))
        if metres <= within_m:
            yield metres, place_id


@lru_cache(SHAPES)
def _points(clauses: tuple[Any, ...]) -> Select[Any]:
    return select(PLACE.id, PLACE.latitude, PLACE.longitude).where(*clauses)


def _rows_of(session: Session, keys: Sequence[tuple[int, str]]) -> list[tuple[Any, int | None]]:
    rows = session.connection().execute(ROWS_OF, {"place_ids": [place_id for _, place_id in keys]})
    by_id = {row.id: row for row in rows}
    return [(by_id[place_id], metres) for metres, place_id in keys if place_id in by_id]


def _distance_cursor(paging: Paging) -> tuple[int, str]:
    match paging.after:
        case None:
            return -1, ""
        case (int(metres), str(key)):
            return metres, key
        case _:
            raise not_a_cursor()


def _complete(
    session: Session, found: Sequence[tuple[Any, int | None]], now: datetime, wanted: Wanted
) -> list[PlaceFound]:
    """Add to each row its next events, contacts, and whether it is free: a query for all, where there is one to ask."""
    events = _next_events(session, [place.id for place, _ in found if place.has_events], now)
    has_venues = any(place.kind == "venue" for place, _ in found)
    taken = taken_venues(session, now, now + A_MOMENT) if has_venues else set()
    contacts = contacts_of(session, {place.organisation_id for place, _ in found if place.has_contacts}, now)
    left = _left(session, [place for place, _ in found if place.kind == "resource"], wanted)
    return [
        PlaceFound(
            place=place,
            events=events.get(place.id, ())[:EVENTS_SHOWN],
            distance_m=metres,
            free_now=place.id not in taken if place.kind == "venue" else None,
            contacts=contacts.get(place.organisation_id or "", ()),
            quantity_free=left.get(place.id),
        )
        for place, metres in found
    ]


def _left(session: Session, resources: Sequence[Any], wanted: Wanted) -> Mapping[str, int]:
    """Give how many of each resource are left in the time that is asked for; nothing where none is."""
    if not resources or wanted.free_from is None or wanted.free_until is None:
        return {}
    quantities = {place.id: quantity_of(place) for place in resources}
    return left_of(session, quantities, wanted.free_from, wanted.free_until)


def _next_events(session: Session, place_ids: list[str], now: datetime) -> dict[str, list[NextEvent]]:
    events: dict[str, list[NextEvent]] = defaultdict(list)
    if place_ids:
        for place_id, *event in session.connection().execute(NEXT_DATES, {"place_ids": place_ids, "now": now}):
            events[place_id].append(NextEvent(*event))
    return events


def _next_dates() -> Select[Any]:
    """Find each event at these places with its nearest date that is not over; gives a place and a `NextEvent`."""
    here = select(AT_PLACE.event_id).where(AT_PLACE.place_id.in_(PLACE_IDS))
    nearest = (
        select(DATE.event_id, func.min(DATE.starts_at).label("starts_at"))
        .where(DATE.event_id.in_(here), DATE.ends_at > bindparam("now"))
        .group_by(DATE.event_id)
        .subquery()
    )
    return (
        select(
            AT_PLACE.place_id, EVENT.id, EVENT.title, DATE.starts_at, DATE.ends_at, EVENT.zone, EVENT.all_day, EVENT.url
        )
        .join_from(EventAtPlace.__table__, KnownEvent.__table__, EVENT.id == AT_PLACE.event_id)
        .join(nearest, nearest.c.event_id == EVENT.id)
        .join(
            KnownOccurrence.__table__,
            and_(DATE.event_id == EVENT.id, DATE.starts_at == nearest.c.starts_at),
        )
        .where(AT_PLACE.place_id.in_(PLACE_IDS))
        .order_by(DATE.starts_at, EVENT.id)
    )


PLACE_IDS: BindParameter[Any] = bindparam("place_ids", expanding=True)
ROWS_OF = ROWS.where(PLACE.id.in_(PLACE_IDS))
NEXT_DATES = _next_dates()
"""Made once: every list of places asks it, and making it costs more than running it."""
