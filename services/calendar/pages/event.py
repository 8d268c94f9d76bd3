"""One event: everything that is known of it, and the ways to cancel it or to accept its conflicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from services.calendar import commands, queries
from services.calendar.domain.held import name_of
from services.calendar.domain.statuses import has_taken_place
from services.calendar.pages.changes import lines_of
from services.calendar.pages.frame import pages
from services.calendar.pages.origins import origin_words
from services.calendar.queries import EventCard
from services.calendar.queries.left import left_by
from services.calendar.schemas.fields import MeetingDay
from shared import clock
from shared.i18n import when
from shared.people import Person, is_partner, may_speak_for_one
from shared.problems import NotFound
from shared.web import CurrentPerson, Database, MaybePerson, page_router

router = page_router()
Reason = Annotated[str, Form(max_length=500)]


@dataclass(frozen=True)
class Moment:
    """One date of an event, on the clock of its zone."""

    starts_at: datetime
    ends_at: datetime
    held_on: str = ""
    """Of a meeting that repeats, how this date is named."""


@router.get("/calendar/events/{event_id}")
async def event(request: Request, database: Database, person: MaybePerson, event_id: str, notice: str = "") -> Response:
    """Show one event; one that was joined leads to the joint event."""
    return await _page(request, database, person, event_id, notice)


@router.get("/calendar/meetings/{event_id}/dates/{held_on}")
async def meeting_at(
    request: Request, database: Database, person: MaybePerson, event_id: str, held_on: MeetingDay
) -> Response:
    """Show a meeting at one of its dates: its agenda, who came, what was written and decided then."""
    return await _page(request, database, person, event_id, held_on=held_on)


async def _page(
    request: Request,
    database: Database,
    person: Person | None,
    event_id: str,
    notice: str = "",
    held_on: str | None = None,
) -> Response:
    card = await database.read(queries.event_card, event_id, clock.now(), person, held_on)
    if card.joint_id:
        return RedirectResponse(f"/calendar/events/{card.joint_id}?notice=joined", status_code=307)
    if held_on and card.held is None:
        raise NotFound
    origin = await database.read(queries.origin_of, card.event)
    left = await database.read(left_by, event_id, person, clock.today(request.app.state.settings.zone), held_on)
    dates = dates_of(card)
    may_speak = may_speak_for_one(person, tuple(card.event.host_ids))
    return pages.page(
        request,
        "event.html",
        card=card,
        dates=dates,
        next_date=Moment(card.held.starts_at, card.held.ends_at) if card.held and held_on else dates[0],
        one_date=bool(held_on),
        point=point_of(card),
        history=lines_of(card.history, card.event, person),
        date_options=date_options(card),
        has_taken_place=has_taken_place(queries.plan_of(card.event), clock.now()),
        may_change=may_speak and origin is None and card.event.poll_id is None,
        may_see_poll=may_speak,
        is_partner=is_partner(person),
        left=left,
        origin=origin_words(origin),
        together=await database.read(queries.together, event_id, person),
        notice=notice,
    )


@router.post("/calendar/events/{event_id}/cancel")
async def cancel(
    database: Database, person: CurrentPerson, event_id: str, version: Annotated[int, Form()], reason: Reason = ""
) -> RedirectResponse:
    """Cancel an event and say why."""
    await database.write(commands.cancel_event, by=person, event_id=event_id, version=version, because=reason.strip())
    return RedirectResponse(f"/calendar/events/{event_id}", status_code=303)


def date_options(card: EventCard) -> list[tuple[int, str]]:
    """Name the next dates of a series to choose from, by the start that its rule gives each; none of a single event."""
    if not queries.repeats(card.event):
        return []
    zone, all_day = card.event.zone, card.event.all_day
    return [
        (
            one.recurrence,
            when(datetime.fromtimestamp(one.start, UTC), datetime.fromtimestamp(one.end, UTC), zone, all_day),
        )
        for one in card.next_dates
    ]


def dates_of(card: EventCard) -> Sequence[Moment]:
    """Give the next dates of an event; its first where all are over or cancelled."""
    zone = ZoneInfo(card.event.zone)
    ahead = [
        Moment(
            datetime.fromtimestamp(one.start, zone),
            datetime.fromtimestamp(one.end, zone),
            name_of(one.recurrence, card.event.zone) if card.held and card.held.held_on else "",
        )
        for one in card.next_dates
    ]
    return ahead or [Moment(card.event.starts_at.astimezone(zone), card.event.ends_at.astimezone(zone))]


def point_of(card: EventCard) -> tuple[float, float] | None:
    """Give the site of an event: its own pin, else its venue's."""
    for place in (card.event, card.venue):
        if place is not None and place.latitude is not None and place.longitude is not None:
            return place.latitude, place.longitude
    return None
