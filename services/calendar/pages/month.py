"""The month: a table of weeks that begin on Monday; on a phone each day says how much is on and leads there."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.domain.almanac import holiday_on
from services.calendar.pages.days import OnDay, by_day
from services.calendar.pages.filters import Filters
from services.calendar.pages.forms import read_day
from services.calendar.pages.frame import choices_offered, midnight, pages, today_in, zone_of
from services.calendar.queries import Filter
from shared.web import Database, MaybePerson, page_router

router = page_router()
MOST_DATES = 1_000
MOST_IN_A_CELL = 4
LONGEST_REPEATED = 31
"""On a calendar's sheet everything stands on each of its days."""


@dataclass(frozen=True)
class Cell:
    """One day of the sheet; `holiday` names it in both languages."""

    day: date
    dates: Sequence[OnDay]
    holiday: dict[str, str] | None


@dataclass(frozen=True)
class Month:
    """The sheet: weeks of seven cells, none where another month is; `cut` where there was too much to show."""

    weeks: Sequence[Sequence[Cell | None]]
    organisations: Sequence[tuple[str, str]]
    venues: Sequence[tuple[str, str]]
    cut: bool

    @property
    def cells(self) -> list[Cell]:
        """Give the days of the month."""
        return [cell for week in self.weeks for cell in week if cell]


@router.get("/calendar/month")
async def month(
    request: Request, database: Database, person: MaybePerson, chosen: Filters, month: str = ""
) -> HTMLResponse:
    """Show a month, or this one."""
    zone = zone_of(request)
    today = today_in(zone)
    first = read_month(month) or today.replace(day=1)
    shown = await database.read(look, first, zone, replace(chosen.filter, seen_by=person))
    return pages.page(
        request,
        "month.html",
        month=shown,
        first=first,
        last=shown.cells[-1].day,
        earlier=months_from(first, -1),
        later=months_from(first, 1),
        today=today,
        chosen=chosen,
        most=MOST_IN_A_CELL,
        **choices_offered(shown.organisations, shown.venues),
    )


def look(session: Session, first: date, zone: ZoneInfo, wanted: Filter) -> Month:
    """Read what a month shows."""
    later = months_from(first, 1)
    items = queries.agenda(session, midnight(first, zone), midnight(later, zone), wanted, MOST_DATES)
    days = dict(by_day(items, first, first.replace(day=(later - first).days), zone, LONGEST_REPEATED))
    organisations, venues = queries.offered(session)
    weeks = [
        [Cell(day, days.get(day, ()), holiday_on(day)) if day.month == first.month else None for day in week]
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
    ]
    return Month(weeks, organisations, venues, cut=len(items) == MOST_DATES)


def read_month(text: str) -> date | None:
    """Read a month as the native month field writes it: its first day; none where it is not one."""
    return read_day(f"{text}-01") if re.fullmatch(r"\d{4}-\d{2}", text) else None


def months_from(first: date, months: int) -> date:
    """Give the first day of another month."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
