"""The board: what is taken in which room on which day, and the free time between, one press from planning in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.domain.almanac import holiday_on
from services.calendar.domain.boards import Span, Use, gaps, in_order, uses_at
from services.calendar.domain.claims import Site
from services.calendar.domain.conflicts import opening_hours_of
from services.calendar.domain.dates import seconds
from services.calendar.pages.agenda import From, Name
from services.calendar.pages.filters import Filters, Window, window_of
from services.calendar.pages.forms import read_day
from services.calendar.pages.frame import choices_offered, midnight, pages, today_in, zone_of
from shared import clock, opening
from shared.web import Database, MaybePerson, page_router

router = page_router()
DAYS, MOST_DAYS = 7, 14
OPENS, CLOSES = 8, 21
"""Free time is offered from eight to nine in the evening, and while a venue is open; what is taken, at any hour."""
STRIP_HALVES = 48
"""The strip of a day has so many half hours."""
QUARTER = 900
PROPOSED = timedelta(hours=2)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Bar:
    """A piece of a day's strip: the half hour at which it begins, counted from 1, and how many it takes."""

    at: int
    length: int
    kind: str


@dataclass(frozen=True)
class Part:
    """One thing in a cell: a free time, or what there is of a use on this day; the times are local.

    A use that only is set up or cleared up on this day has neither `starts_at` nor `ends_at`; one that began before or
    goes on after lacks that one alone. `at` is what puts the parts in order.
    """

    at: datetime
    starts_at: datetime | None
    ends_at: datetime | None
    use: Use | None = None
    set_up_at: datetime | None = None
    cleared_at: datetime | None = None
    whole_day: bool = False

    @property
    def offered_at(self) -> datetime | None:
        """Give the start that the plan form begins with: what is free from the night on begins at eight."""
        if self.starts_at is None or self.ends_at is None:
            return None
        usual = datetime.combine(self.starts_at.date(), time(OPENS), self.starts_at.tzinfo)
        return usual if self.starts_at < usual < self.ends_at else self.starts_at

    @property
    def offered_until(self) -> datetime | None:
        """Give the end that the plan form begins with: two hours after the start, if there is so much time."""
        return min(self.offered_at + PROPOSED, self.ends_at) if self.offered_at and self.ends_at else None


@dataclass(frozen=True)
class Cell:
    """One day at one venue."""

    day: date
    parts: Sequence[Part]
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Row:
    """One venue, as deep as it lies inside others, and its days."""

    site: Site
    depth: int
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Board:
    """What the board shows."""

    rows: Sequence[Row]
    days: Sequence[tuple[date, dict[str, str] | None]]
    organisations: Sequence[tuple[str, str]]
    venues: Sequence[tuple[str, str]]


@router.get("/calendar/board")
async def board(
    request: Request,
    database: Database,
    person: MaybePerson,
    chosen: Filters,
    name: Name = "",
    on: From = "",
    days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = DAYS,
) -> HTMLResponse:
    """Show a week from a day or from today, of every venue, or of one with what lies inside it."""
    zone = zone_of(request)
    today = today_in(zone)
    window = window_of(name, today, read_day(on), days)
    shown = await database.read(look, window, zone, chosen.organisation, chosen.venue)
    return pages.page(
        request,
        "board.html",
        board=shown,
        window=window,
        earlier=Window(window.first - timedelta(days=window.days), window.days),
        later=Window(window.last + DAY, window.days),
        chosen=chosen,
        today=today,
        **choices_offered(shown.organisations, shown.venues),
    )


def look(session: Session, window: Window, zone: ZoneInfo, owner_id: str, venue_id: str) -> Board:
    """Read what the board shows; a venue inside another is taken with it."""
    rows = queries.venues(session)
    owners = {row.id: row.organisation_id for row in rows}
    sites = {row.id: queries.site_of(row) for row in rows}
    start, end = midnight(window.first, zone), midnight(window.first, zone, window.days)
    uses = queries.taken_between(session, start, end, sites)
    days = [window.first + number * DAY for number in range(window.days)]
    wanted = [site for site in sites.values() if not owner_id or owners[site.id] == owner_id]
    if venue_id:
        wanted = [site for site in wanted if venue_id in (site.id, *site.ancestor_ids)]
    organisations, venues = queries.offered(session)
    now = seconds(clock.now())
    return Board(
        rows=[Row(site, depth, _cells(days, site, uses, sites, zone, now)) for site, depth in in_order(wanted)],
        days=[(day, holiday_on(day)) for day in days],
        organisations=organisations,
        venues=venues,
    )


def _cells(
    days: Sequence[date], site: Site, uses: Sequence[Use], sites: dict[str, Site], zone: ZoneInfo, now: int
) -> list[Cell]:
    here, hours = uses_at(site, uses, sites), opening_hours_of(site, sites)
    return [cell_of(day, here, zone, now, hours) for day in days]


def cell_of(day: date, uses: Sequence[Use], zone: ZoneInfo, now: int, hours: str = "") -> Cell:
    """Lay out one day of one venue: what is taken and, from now on, what is free, in the order of the clock.

    `hours` are those in which it is open, as OpenStreetMap writes them.
    """
    start, end = seconds(midnight(day, zone)), seconds(midnight(day, zone, 1))
    here = [use for use in uses if use.taken_from < end and use.taken_until > start]
    whole = _offered_on(day, hours, zone)
    opens, closes = max(whole[0], -(-now // QUARTER) * QUARTER), whole[1]
    free = gaps((opens, closes), here) if opens < closes else []
    parts = [_taken(use, start, end, zone) for use in here]
    parts += [
        Part(_local(one, zone), _local(one, zone), _local(two, zone), whole_day=(one, two) == whole)
        for one, two in free
    ]
    return Cell(day, sorted(parts, key=lambda part: part.at), bars_of(day, here, zone))


def _offered_on(day: date, hours: str, zone: ZoneInfo) -> Span:
    """Give the time of a day in which free time is offered: the usual one, and as long as the venue is open."""
    usual = (datetime.combine(day, time(OPENS)), datetime.combine(day, time(CLOSES)))
    spans = [usual, *opening.hours_on(hours, day)]
    begin, end = min(start for start, _ in spans), max(end for _, end in spans)
    return seconds(begin.replace(tzinfo=zone)), seconds(end.replace(tzinfo=zone))


def _taken(use: Use, start: int, end: int, zone: ZoneInfo) -> Part:
    """Cut a use to the day from `start` to `end`."""
    is_on = use.start < end and use.end > start
    return Part(
        at=_local(max(use.taken_from, start), zone),
        starts_at=_local(use.start, zone) if is_on and use.start >= start else None,
        ends_at=_local(use.end, zone) if is_on and use.end <= end else None,
        use=use,
        set_up_at=_local(use.taken_from, zone) if start <= use.taken_from < min(use.start, end) else None,
        cleared_at=_local(use.taken_until, zone) if max(use.end, start) < use.taken_until <= end else None,
        whole_day=use.start <= start and use.end >= end,
    )


def bars_of(day: date, uses: Sequence[Use], zone: ZoneInfo) -> list[Bar]:
    """Draw a day as pieces of a strip: set-up and clear-up time below, the events above."""
    begin = midnight(day, zone)
    spans = [(use.taken_from, use.taken_until, "around") for use in uses]
    spans += [(use.start, use.end, "met" if use.in_conflict else "taken") for use in uses]
    bars = []
    for start, end, kind in spans:
        first = max(0, (start - seconds(begin)) // 1800)
        last = min(STRIP_HALVES, -(-(end - seconds(begin)) // 1800))
        if first < last:
            bars.append(Bar(first + 1, last - first, kind))
    return bars


def _local(instant: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(instant, zone)
