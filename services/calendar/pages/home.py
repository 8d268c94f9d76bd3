"""The home page: what is on today and this week, the next joint action, and the doors to everything else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.pages.days import OnDay, by_day
from services.calendar.pages.frame import midnight, pages, today_in, zone_of
from services.calendar.queries import AgendaItem, Filter
from shared.people import Person
from shared.web import Database, MaybePerson, page_router

router = page_router()
DAYS_AHEAD = 90
"""A joint action further away is not "next"."""
MOST_THIS_WEEK = 8


@dataclass(frozen=True)
class Home:
    """What the home page shows: dates of today, of the six days after, and the next with several hosts."""

    today: Sequence[OnDay]
    week: Sequence[tuple[date, OnDay]]
    more: int
    joint: AgendaItem | None


@router.get("/")
async def home(request: Request, database: Database, person: MaybePerson) -> HTMLResponse:
    """Show what is on, and where to go."""
    zone = zone_of(request)
    day = today_in(zone)
    shown = await database.read(look, day, zone, person)
    return pages.page(request, "home.html", home=shown, day=day)


def look(session: Session, day: date, zone: ZoneInfo, person: Person | None) -> Home:
    """Read what the home page shows on a day."""
    ahead = queries.agenda(session, midnight(day, zone), midnight(day, zone, DAYS_AHEAD), Filter(seen_by=person))
    days = dict(by_day(ahead, day, day + timedelta(days=6), zone))
    today = days.pop(day, ())
    shown = {one.item for one in today}
    week = [(on, one) for on, those in days.items() for one in those if not (one.number > 1 and one.item in shown)]
    return Home(
        today=today,
        week=week[:MOST_THIS_WEEK],
        more=max(0, len(week) - MOST_THIS_WEEK),
        joint=next_joint(ahead),
    )


def next_joint(ahead: Sequence[AgendaItem]) -> AgendaItem | None:
    """Choose the next date with several hosts; one of a kind before what is on every week."""
    joint = [item for item in ahead if len(item.hosts) > 1 and not item.cancelled]
    return next((item for item in joint if not item.repeats), joint[0] if joint else None)
