"""The agenda: what is on, day by day, filtered, to subscribe to and to print."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Annotated
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.models import Organisation, Venue
from services.calendar.pages import words
from services.calendar.pages.forms import read_day
from services.calendar.pages.frame import midnight, pages, today_in, zone_of
from services.calendar.queries import AgendaItem, Filter
from shared.reasons import AUDIENCE_LABELS
from shared.web import Database, MaybePerson

router = APIRouter()
DAYS = 28
FILTERS = ("organisation", "venue", "audience", "theme")


@dataclass(frozen=True)
class Agenda:
    """What the agenda shows: days with their dates, and what the filters can be set to."""

    days: Sequence[tuple[date, Sequence[AgendaItem]]]
    organisations: Sequence[Organisation]
    venues: Sequence[Venue]


@router.get("/calendar")
async def without_slash() -> RedirectResponse:
    """Lead to the agenda."""
    return RedirectResponse("/calendar/", status_code=308)


@router.get("/calendar/")
async def agenda(
    request: Request,
    database: Database,
    person: MaybePerson,
    organisation: str = "",
    venue: str = "",
    audience: str = "",
    theme: Annotated[str, Query(max_length=100)] = "",
    on: Annotated[str, Query(alias="from")] = "",
) -> HTMLResponse:
    """Show four weeks from a day, or from today."""
    zone = zone_of(request)
    today = today_in(zone)
    first = read_day(on) or today
    chosen = {"organisation": organisation, "venue": venue, "audience": audience, "theme": theme.strip()}
    shown = await database.read(look, first, zone, replace(filter_of(chosen), seen_by=person))
    return pages.page(
        request,
        "agenda.html",
        agenda=shown,
        chosen=chosen,
        filters_set=sum(bool(value) for value in chosen.values()),
        audiences=words.options(AUDIENCE_LABELS),
        first=first,
        last=first + timedelta(days=DAYS - 1),
        earlier=first - timedelta(days=DAYS),
        later=first + timedelta(days=DAYS),
        from_today=first == today,
        feed=feed_address(request.app.state.settings.address, chosen),
    )


def look(session: Session, first: date, zone: ZoneInfo, wanted: Filter) -> Agenda:
    """Read what the agenda shows from a day on; what began before stands on the first day."""
    items = queries.agenda(session, midnight(first, zone), midnight(first, zone, DAYS), wanted)
    dated = groupby(items, key=lambda item: max(first, item.starts_at.astimezone(zone).date()))
    return Agenda(
        days=[(day, list(those)) for day, those in dated],
        organisations=queries.organisations(session),
        venues=queries.venues(session),
    )


def filter_of(chosen: dict[str, str]) -> Filter:
    """Make the query's filter of what was chosen; what is empty does not matter."""
    return Filter(
        organisation_id=chosen["organisation"] or None,
        venue_id=chosen["venue"] or None,
        audience=chosen["audience"] or None,
        theme=chosen["theme"] or None,
    )


def feed_address(address: str, chosen: dict[str, str]) -> str:
    """Give the address that a calendar app subscribes to: the same filters, by `webcal:`."""
    query = urlencode({name: chosen[name] for name in ("organisation", "venue", "audience") if chosen[name]})
    return f"webcal://{urlsplit(address).netloc}/calendar/feed.ics" + (f"?{query}" if query else "")
