"""Who can lend a hall on Thursday: halls and squares with the hours that are left on a day, and what else is left."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse

from services.map import queries
from services.map.domain.loans import most_lent
from services.map.domain.rooms import Span, free_hours
from services.map.models import OfferTerms, Place
from services.map.pages import frame
from services.map.pages.filters import YES
from services.map.schemas import contacts_shown
from shared import clock, opening, paging, web
from shared.i18n import say
from shared.opening_words import hours_in_words

router = web.page_router()
OPENS, HOURS = time(8), 14
"""From eight in the morning to ten in the evening: nobody looks for a room at night."""
DAYS_OFFERED = 7
FURTHEST = timedelta(days=366)
THINGS = "things"
OFFERS_ON_A_PAGE = 300


@dataclass(frozen=True)
class Asked:
    """What somebody looks for, as it was typed: a day, hours of it, how many people, and words of what must be there.

    `what` is `things` where no room is looked for, but something else that is lent.
    """

    what: str = ""
    on: str = ""
    begins: str = ""
    ends: str = ""
    people: str = ""
    lends: str = ""
    step_free: str = ""

    @property
    def is_room(self) -> bool:
        """Say whether a room is looked for."""
        return self.what != THINGS

    @property
    def count(self) -> int:
        """Say how many wishes there are beside the day."""
        wishes = (self.begins, self.people, self.lends, self.step_free) if self.is_room else (self.begins, self.lends)
        return sum(bool(one) for one in wishes)


def asked_of(
    what: Annotated[str, Query(max_length=20)] = "",
    on: Annotated[str, Query(max_length=20)] = "",
    begins: Annotated[str, Query(max_length=5)] = "",
    ends: Annotated[str, Query(max_length=5)] = "",
    people: Annotated[str, Query(max_length=6)] = "",
    lends: Annotated[str, Query(max_length=100)] = "",
    step_free: Annotated[str, Query(max_length=10)] = "",
) -> Asked:
    """Read the form from the address."""
    return Asked(what, on, begins, ends, people.strip(), lends.strip(), "true" if step_free in YES else "")


@dataclass(frozen=True)
class OfferShown:
    """A venue or a resource: whose, on which terms, and the hours that are left on the day.

    A resource is free while something of it is left, and `left` is how many there are all the time. `hours` are its
    opening hours in words; `is_closed` says that it is closed when somebody wants it, as far as known.
    """

    place: Place
    owner: str | None
    terms: OfferTerms | None
    free: list[Span]
    left: int
    is_free: bool
    is_free_all_day: bool
    is_closed: bool
    hours: list[tuple[str, str]]
    plan: str
    contacts: list[dict[str, Any]]


@dataclass(frozen=True)
class Looked:
    """The day, the hours in which people use rooms on it, and the part of them that is asked for, if one is."""

    day: date
    start: datetime
    end: datetime
    part: Span | None = None

    @property
    def all_of_it(self) -> Span:
        """Give all hours that matter: those of the day, and what is asked for before or after them."""
        begins, ends = self.part or (self.start, self.end)
        return min(self.start, begins), max(self.end, ends)


@router.get("/map/room")
async def show_rooms(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    asked: Annotated[Asked, Depends(asked_of)],
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> HTMLResponse:
    """Show who has what is looked for on a day: today where none was chosen."""
    zone, now = frame.zone_of(request), clock.now()
    today = now.astimezone(zone).date()
    looked, faults = looked_of(asked, zone, today)
    people = web.number_of(asked.people) if asked.is_room else None
    page = paging.Paging(limit=OFFERS_ON_A_PAGE, after=paging.key_of(cursor) if cursor else None)
    wanted = wanted_of(asked, zone)
    rows = await database.read(queries.offers, wanted, page, *looked.all_of_it, people=people, now=now)
    found, following = paging.page_of(page, rows, queries.offer_key)
    offers = [shown(offer, looked, zone) for offer in found]
    return frame.show(
        request,
        "rooms.html",
        status=422 if faults else 200,
        asked=asked,
        faults=faults,
        looked=looked,
        people=people,
        days=[today + timedelta(days=number) for number in range(DAYS_OFFERED)],
        last_day=today + FURTHEST,
        free=sorted((one for one in offers if one.is_free), key=lambda one: one.is_closed),
        taken=[one for one in offers if not one.is_free],
        following=following,
    )


def wanted_of(asked: Asked, zone: ZoneInfo) -> queries.Wanted:
    """Make the query's filter."""
    if not asked.is_room:
        return queries.Wanted(kinds=("resource",), lends=asked.lends, zone=str(zone))
    lends = f"space {asked.lends}"
    return queries.Wanted(kinds=("venue",), lends=lends, step_free=bool(asked.step_free), zone=str(zone))


def looked_of(asked: Asked, zone: ZoneInfo, today: date) -> tuple[Looked, dict[str, str]]:
    """Read the day and the hours, and say of each field what is wrong with it."""
    day = day_of(asked.on, today)
    start, end = frame.hours_of(day, zone, OPENS, HOURS)
    if not (asked.begins or asked.ends):
        return Looked(day, start, end), {}
    try:
        begins, ends = (datetime.combine(day, time.fromisoformat(text), zone) for text in (asked.begins, asked.ends))
    except ValueError:
        return Looked(day, start, end), {"begins": say("Choose both hours: from when, and until when.")}
    if ends <= begins:
        return Looked(day, start, end), {"ends": say("It must end after it begins.")}
    return Looked(day, start, end, (begins, ends)), {}


def day_of(text: str, today: date) -> date:
    """Read the day that was chosen; today where it is none, past, or too far away."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if today <= day <= today + FURTHEST else today


def shown(offer: queries.Offer, looked: Looked, zone: ZoneInfo) -> OfferShown:
    """Say which hours are left of a room or a thing, and whether that is what is asked for."""
    free = free_hours(offer.taken, looked.start, looked.end)
    begins, ends = looked.part or (looked.start, looked.end)
    is_whole = not any(until > begins and since < ends for since, until in offer.taken)
    return OfferShown(
        place=offer.place,
        owner=offer.organisation_name,
        terms=offer.terms,
        free=free,
        left=max(0, queries.quantity_of(offer.place) - most_lent(offer.loans, begins, ends)),
        is_free=is_whole if looked.part else bool(free),
        is_free_all_day=free == [(looked.start, looked.end)],
        is_closed=is_closed(offer.place.opening_hours, looked, zone),
        hours=hours_in_words(offer.place.opening_hours, looked.day),
        plan=plan_of(offer.place.id, looked),
        contacts=contacts_shown(offer.contacts),
    )


def is_closed(hours: str, looked: Looked, zone: ZoneInfo) -> bool:
    """Say whether opening hours leave out the hours that are asked for, or all of the day; not where none are known."""
    if looked.part:
        begins, ends = (instant.astimezone(zone) for instant in looked.part)
        return opening.is_open(hours, begins, ends) is False
    return opening.is_readable(hours) and not opening.hours_on(hours, looked.day)


def plan_of(venue_id: str, looked: Looked) -> str:
    """Give the address of the form that plans an event there, filled in with what is known."""
    values: dict[str, Any] = {"on": looked.day.isoformat(), "venue": venue_id}
    if looked.part:
        values |= {name: f"{at:%H:%M}" for name, at in zip(("begins", "ends"), looked.part, strict=True)}
    return f"/calendar/plan?{urlencode(values)}"
