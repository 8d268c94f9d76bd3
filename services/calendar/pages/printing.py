"""Paper: the poster of one event, and the list of a week or a month for a notice board."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.domain.almanac import holiday_on
from services.calendar.pages.days import OnDay, by_day
from services.calendar.pages.filters import Chosen, Filters, Window
from services.calendar.pages.forms import read_day
from services.calendar.pages.frame import choices_offered, midnight, pages, today_in, zone_of
from services.calendar.queries import EventCard
from shared import clock
from shared.web import Database, MaybePerson, page_router

router = page_router()
Size = Literal["a4", "a3"]
MOST_DATES = 400
MOST_DAYS = 62
DATES_ON_A_POSTER = 4


@dataclass(frozen=True)
class Sheet:
    """What a notice board shows."""

    days: Sequence[tuple[date, Sequence[OnDay]]]
    holidays: dict[date, dict[str, str]]
    organisations: Sequence[tuple[str, str]]
    venues: Sequence[tuple[str, str]]
    cut: bool


@router.get("/calendar/events/{event_id}/poster")
async def poster(
    request: Request, database: Database, person: MaybePerson, event_id: str, size: Size = "a4"
) -> HTMLResponse:
    """Show the poster of an event that everybody may read."""
    card = await database.read(public_card, event_id)
    return pages.page(
        request,
        "poster.html",
        card=card,
        dates=moments_of(card),
        size=size,
        page_address=f"{request.app.state.settings.address}/calendar/events/{event_id}",
    )


def public_card(session: Session, event_id: str) -> EventCard:
    """Give the card of an event that everybody may read; raises `NotFound`."""
    return queries.event_card(session, event_id, clock.now(), None)


def moments_of(card: EventCard) -> list[tuple[datetime, datetime]]:
    """Give the next dates of an event on its own clock; its first where all are over."""
    zone, event = ZoneInfo(card.event.zone), card.event
    ahead = [
        (datetime.fromtimestamp(one.start, zone), datetime.fromtimestamp(one.end, zone)) for one in card.next_dates
    ]
    return ahead[:DATES_ON_A_POSTER] or [(event.starts_at.astimezone(zone), event.ends_at.astimezone(zone))]


@router.get("/calendar/print")
async def notice_board(
    request: Request,
    database: Database,
    person: MaybePerson,
    chosen: Filters,
    on: Annotated[str, Query(alias="from")] = "",
    to: str = "",
    size: Size = "a4",
) -> HTMLResponse:
    """Show what is on from a day to a day, both included: seven days from today where nothing was chosen."""
    zone = zone_of(request)
    today = today_in(zone)
    first = read_day(on) or today
    last = min(read_day(to) or first + timedelta(days=6), first + timedelta(days=MOST_DAYS - 1))
    window = Window(first, max(1, (last - first).days + 1))
    shown = await database.read(look, window, zone, chosen)
    next_month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return pages.page(
        request,
        "print.html",
        sheet=shown,
        window=window,
        chosen=chosen,
        size=size,
        monday=today - timedelta(days=today.weekday()),
        month=today.replace(day=1),
        next_month=next_month,
        week_long=timedelta(days=6),
        one_day=timedelta(days=1),
        page_address=f"{request.app.state.settings.address}/calendar/{chosen.query()}",
        **choices_offered(shown.organisations, shown.venues),
    )


def look(session: Session, window: Window, zone: ZoneInfo, chosen: Chosen) -> Sheet:
    """Read what a notice board shows; what is off stands there too: somebody may have read of it on the last sheet."""
    start, end = midnight(window.first, zone), midnight(window.first, zone, window.days)
    items = queries.agenda(session, start, end, chosen.filter, MOST_DATES)
    days = by_day(items, window.first, window.last, zone)
    organisations, venues = queries.offered(session)
    holidays = {day: name for day, _ in days if (name := holiday_on(day))}
    return Sheet(days, holidays, organisations, venues, cut=len(items) == MOST_DATES)
