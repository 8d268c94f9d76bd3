"""The agenda: what is on, day by day, filtered, to subscribe to, to share and to print."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.domain.almanac import holiday_on
from services.calendar.pages.days import OnDay, by_day, days_of
from services.calendar.pages.filters import Filters, Window, window_of
from services.calendar.pages.forms import read_day
from services.calendar.pages.frame import choices_offered, midnight, pages, today_in, zone_of
from services.calendar.queries import AgendaItem, Filter
from shared.web import Database, MaybePerson, page_router

router = page_router()
DAYS = 28
DAYS_OF_A_SEARCH = 366
MOST_DAYS = 366
MOST_SHOWN = 200
"""Dates on one page; the next page goes on with the day that did not fit."""

Name = Annotated[str, Query(alias="when")]
From = Annotated[str, Query(alias="from")]
Days = Annotated[int, Query(ge=0, le=MOST_DAYS)]


@dataclass(frozen=True)
class Agenda:
    """What the agenda shows: days with their dates, what the filters can be set to, and what comes after."""

    window: Window
    days: Sequence[tuple[date, Sequence[OnDay]]]
    holidays: dict[date, dict[str, str]]
    organisations: Sequence[tuple[str, str]]
    venues: Sequence[tuple[str, str]]
    following: AgendaItem | None
    """The next date after an agenda on which nothing is."""


@router.get("/calendar")
async def without_slash() -> RedirectResponse:
    """Lead to the agenda."""
    return RedirectResponse("/calendar/", status_code=308)


@router.get("/calendar/")
async def agenda(
    request: Request,
    database: Database,
    person: MaybePerson,
    chosen: Filters,
    name: Name = "",
    on: From = "",
    days: Days = 0,
) -> HTMLResponse:
    """Show four weeks from a day or from today, a year where words are looked for, or the days of a word."""
    zone = zone_of(request)
    today = today_in(zone)
    window = window_of(name, today, read_day(on), days or (DAYS_OF_A_SEARCH if chosen.q else DAYS))
    shown = await database.read(look, window, zone, replace(chosen.filter, seen_by=person))
    first, length = shown.window.first, shown.window.days
    return pages.page(
        request,
        "agenda.html",
        agenda=shown,
        window=shown.window,
        chosen=chosen,
        earlier=Window(first - timedelta(days=window.days), window.days),
        later=Window(first + timedelta(days=length), window.days),
        today=today,
        feed=chosen.feed(request.app.state.settings.address),
        **choices_offered(shown.organisations, shown.venues),
    )


def look(session: Session, window: Window, zone: ZoneInfo, wanted: Filter) -> Agenda:
    """Read what the agenda shows; where it is too much for a page, as many whole days as there is room for."""
    start, end = midnight(window.first, zone), midnight(window.first, zone, window.days)
    items = queries.agenda(session, start, end, wanted, most=MOST_SHOWN + 1)
    window, items = fitting(window, items, zone)
    days = by_day(items, window.first, window.last, zone)
    after = () if days else queries.agenda(session, end, midnight(window.last, zone, MOST_DAYS), wanted)
    organisations, venues = queries.offered(session)
    return Agenda(
        window=window,
        days=days,
        holidays={day: name for day, _ in days if (name := holiday_on(day))},
        organisations=organisations,
        venues=venues,
        following=next((item for item in after if not item.cancelled), None),
    )


def fitting(window: Window, items: list[AgendaItem], zone: ZoneInfo) -> tuple[Window, list[AgendaItem]]:
    """Shorten a window to the days before the first date that does not fit; to one day at least."""
    if len(items) <= MOST_SHOWN:
        return window, items
    cut = max(days_of(items[MOST_SHOWN], zone)[0], window.first + timedelta(days=1))
    kept = [item for item in items if days_of(item, zone)[0] < cut]
    return Window(window.first, (cut - window.first).days), kept
