"""Places in order, by name or by distance, with what is on at each of them next."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, TextClause, and_, bindparam, func, select
from sqlalchemy.orm import Session

from services.map.domain.areas import Point, box_around, distance_m
from services.map.models import Base, EventAtPlace, KnownEvent, KnownOccurrence, Place
from services.map.problems import NoSuchPlace
from services.map.queries.contacts import Contacts, contacts_of, contacts_of_person
from services.map.queries.free import taken_venues
from services.map.queries.wanted import A_MOMENT, Wanted, conditions, lies_in, may_lie_in
from shared import erasing
from shared.identifiers import is_id
from shared.paging import Paging, not_a_cursor

COLUMNS = Place.__table__.columns
"""Places are read as plain rows: nobody changes them, and an object for each costs as much again."""
ROWS = select(*COLUMNS)
"""Made once: so many columns take longer to write down than to read."""
FEW = 1_500
"""So many places are sorted; of more, a page of 50 by name is found among them sooner."""
SOME = select(COLUMNS.kind).limit(FEW + 1)
BY_NAME = func.coalesce(Place.sort_text, ""), Place.id
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


@dataclass(frozen=True)
class PlaceFound:
    """A place with whose it is, what is on there next, and how far it is from where was asked.

    `place` has the columns of `models.Place`, read as a plain row. `free_now` is none where it is no venue.
    `contacts` are those of the organisation whose place it is.
    """

    place: Any
    organisation_name: str | None
    events: tuple[NextEvent, ...]
    distance_m: int | None = None
    free_now: bool | None = None
    contacts: Contacts = ()


def places(session: Session, wanted: Wanted, paging: Paging, *, now: datetime) -> list[PlaceFound]:
    """Give the places asked for by name, or by distance where `near` is given; a page continues after a `place_key`."""
    if wanted.near is not None:
        return _complete(session, _nearest(session, wanted, wanted.near, paging, now), now)
    rows = ROWS.where(*conditions(session, wanted, now), paging.beyond(Place.sort_text, Place.id))
    cells = None
    if wanted.box is not None:
        rows, cells = rows.where(lies_in(wanted.box)), may_lie_in(wanted.box)
    if cells is not None and _are_few(session, cells):
        # sorted by hand: else a database takes the index that is sorted, and reads all of it
        rows = rows.where(cells).order_by(*BY_NAME)
    else:
        rows = rows.order_by(Place.sort_text, Place.id)
    return _complete(session, [(place, None) for place in session.execute(rows.limit(paging.rows))], now)


def place(session: Session, place_id: str, *, now: datetime) -> PlaceFound:
    """Give one place; raises `NoSuchPlace`."""
    rows = ROWS.where(Place.id == place_id, Place.withdrawn.is_(False))
    found = session.execute(rows).one_or_none() if is_id(place_id) else None
    if found is None:
        raise NoSuchPlace
    return _complete(session, [(found, None)], now)[0]


def own_data(session: Session, person_id: str) -> dict[str, Any]:
    """Give what the map holds of a person, by their id: their keys, and how organisations are reached by them."""
    contacts = contacts_of_person(session, person_id)
    return {**erasing.held_everywhere(session, Base.metadata, person_id), "contacts": contacts}


def place_key(found: PlaceFound) -> tuple[str | int, str]:
    """Give what a list continues after: the distance where it was asked for, else the sorting text; and the id."""
    first = found.place.sort_text if found.distance_m is None else found.distance_m
    return first, found.place.id


def _are_few(session: Session, cells: TextClause) -> bool:
    """Say whether cells hold few enough places to read all of them and sort; else reading by name finds some soon."""
    some = SOME.where(cells).subquery()
    number: int = session.connection().execute(select(func.count()).select_from(some)).scalar_one()
    return number <= FEW


def _nearest(
    session: Session, wanted: Wanted, centre: Point, paging: Paging, now: datetime
) -> list[tuple[Any, int | None]]:
    """Look around in wider and wider circles until a page is full; of what lies there, sort by distance in memory."""
    after = _distance_cursor(paging)
    asked = conditions(session, wanted, now)
    if wanted.box is not None:
        asked.append(lies_in(wanted.box))
    within_m = max(FIRST_CIRCLE_M, after[0] * 2)
    while True:
        within_m = min(within_m, wanted.within_m)
        found = [one for one in _around(session, asked, centre, within_m) if one > after]
        if len(found) >= paging.rows or within_m >= wanted.within_m:
            break
        within_m *= 3
    return _rows_of(session, sorted(found)[: paging.rows])


def _around(
    session: Session, asked: Sequence[ColumnElement[bool]], centre: Point, within_m: int
) -> Iterator[tuple[int, str]]:
    """Give the distance and the id of each place in a circle."""
    box = box_around(centre, within_m)
    columns = Place.__table__.c
    rows = select(columns.id, columns.latitude, columns.longitude).where(may_lie_in(box), lies_in(box), *asked)
    for place_id, latitude, longitude in session.execute(rows):
        metres = round(distance_m(centre, Point(latitude, longitude)))
        if metres <= within_m:
            yield metres, place_id


def _rows_of(session: Session, keys: Sequence[tuple[int, str]]) -> list[tuple[Any, int | None]]:
    rows = ROWS.where(Place.id.in_([place_id for _, place_id in keys]))
    by_id = {row.id: row for row in session.execute(rows)}
    return [(by_id[place_id], metres) for metres, place_id in keys if place_id in by_id]


def _distance_cursor(paging: Paging) -> tuple[int, str]:
    match paging.after:
        case None:
            return -1, ""
        case (int(metres), str(key)):
            return metres, key
        case _:
            raise not_a_cursor()


def _complete(session: Session, found: list[tuple[Any, int | None]], now: datetime) -> list[PlaceFound]:
    """Add to each place its organisation's name and contacts, its next events, and whether it is free.

    That is one query each for all.
    """
    events = _next_events(session, [place.id for place, _ in found], now)
    names = _names(session, [place for place, _ in found])
    has_venues = any(place.kind == "venue" for place, _ in found)
    taken = taken_venues(session, now, now + A_MOMENT) if has_venues else set()
    contacts = contacts_of(session, {place.organisation_id for place, _ in found if place.organisation_id}, now)
    return [
        PlaceFound(
            place=place,
            organisation_name=names.get(place.organisation_id or ""),
            events=tuple(events[place.id][:EVENTS_SHOWN]),
            distance_m=metres,
            free_now=place.id not in taken if place.kind == "venue" else None,
            contacts=contacts.get(place.organisation_id or "", ()),
        )
        for place, metres in found
    ]


def _names(session: Session, found: Sequence[Any]) -> dict[str, str]:
    """Give the names of those whose places these are, by id; most often they are among them."""
    names = {place.id: place.name for place in found if place.kind == "organisation"}
    others = {place.organisation_id for place in found if place.organisation_id}.difference(names)
    if others:
        rows = select(Place.id, Place.name).where(Place.id.in_(others))
        names.update((row.id, row.name) for row in session.execute(rows))
    return names


def _next_events(session: Session, place_ids: list[str], now: datetime) -> dict[str, list[NextEvent]]:
    events: dict[str, list[NextEvent]] = defaultdict(list)
    for place_id, *event in session.connection().execute(NEXT_DATES, {"place_ids": place_ids, "now": now}):
        events[place_id].append(NextEvent(*event))
    return events


def _next_dates() -> Select[Any]:
    """Find each event at these places with its nearest date that is not over; gives a place and a `NextEvent`."""
    place, event, date = (model.__table__.c for model in (EventAtPlace, KnownEvent, KnownOccurrence))
    place_ids: BindParameter[Any] = bindparam("place_ids", expanding=True)
    here = select(place.event_id).where(place.place_id.in_(place_ids))
    nearest = (
        select(date.event_id, func.min(date.starts_at).label("starts_at"))
        .where(date.event_id.in_(here), date.ends_at > bindparam("now", type_=date.ends_at.type))
        .group_by(date.event_id)
        .subquery()
    )
    return (
        select(
            place.place_id, event.id, event.title, date.starts_at, date.ends_at, event.zone, event.all_day, event.url
        )
        .join_from(EventAtPlace.__table__, KnownEvent.__table__, event.id == place.event_id)
        .join(nearest, nearest.c.event_id == event.id)
        .join(
            KnownOccurrence.__table__,
            and_(date.event_id == event.id, date.starts_at == nearest.c.starts_at),
        )
        .where(place.place_id.in_(place_ids))
        .order_by(date.starts_at, event.id)
    )


NEXT_DATES = _next_dates()
"""Made once: every list of places asks it, and making it costs more than running it."""
