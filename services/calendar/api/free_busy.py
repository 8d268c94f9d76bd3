"""`free-busy`: when an organisation or a venue is taken, merged; in JSON, or as VFREEBUSY where that is asked for."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel

from services.calendar import queries
from services.calendar.api.events import From, OrganisationId, To, VenueId
from services.calendar.domain.free_busy import Busy, Span, busy_in, free_busy_text
from services.calendar.queries import Filter
from services.calendar.settings import Settings
from shared import clock, web
from shared.web.refusals import Fault, refused

router = web.api_router("calendar")
A_WEEK, LONGEST = timedelta(days=7), timedelta(days=366)
CALENDAR = "text/calendar"
ANSWERS: dict[int | str, dict[str, Any]] = {200: {"content": {CALENDAR: {"schema": {"type": "string"}}}}}


class BusySpan(BaseModel):
    """A time that is taken, half-open."""

    starts_at: datetime
    ends_at: datetime


class FreeBusyAnswer(BaseModel):
    """What is taken from `starts_at` to `ends_at`, merged and in order; after `known_until` series may go on unseen."""

    starts_at: datetime
    ends_at: datetime
    known_until: datetime
    busy: list[BusySpan]
    tentative: list[BusySpan]


@router.get("/free-busy", response_model=FreeBusyAnswer, responses=ANSWERS)
async def free_busy(
    request: Request,
    database: web.Database,
    organisation: OrganisationId = None,
    venue: VenueId = None,
    from_at: From = None,
    to: To = None,
) -> Response:
    """Say when an organisation or a venue (with the time to set up and to clear up) is taken; a week when absent."""
    settings: Settings = request.app.state.settings
    now = clock.now()
    starts_at = from_at or now.replace(microsecond=0)
    ends_at = to or starts_at + A_WEEK
    if not timedelta() < ends_at - starts_at <= LONGEST:
        raise refused([Fault("query", "/to", "The end must be after the start, and at most a year later")])
    window = int(starts_at.timestamp()), int(ends_at.timestamp())
    wanted = Filter(organisation_id=organisation, venue_id=venue)
    busy = busy_in(window, await database.read(queries.busy_times, wanted, window))
    if CALENDAR in request.headers.get("accept", ""):
        uid = f"{organisation or 'all'}-{venue or 'all'}-{window[0]}@osiedle"
        text = free_busy_text(window, busy, uid=uid, stamp=now)
        return Response(text, media_type=f"{CALENDAR}; charset=utf-8", headers={"Vary": "Accept"})
    answer = _answer(window, busy, now + timedelta(days=settings.horizon_days))
    return web.answer(answer, headers={"Vary": "Accept"})


def _answer(window: Span, busy: Busy, known_until: datetime) -> FreeBusyAnswer:
    return FreeBusyAnswer(
        starts_at=_instant(window[0]),
        ends_at=_instant(window[1]),
        known_until=known_until,
        busy=[_span(span) for span in busy.taken],
        tentative=[_span(span) for span in busy.tentative],
    )


def _span(span: Span) -> BusySpan:
    return BusySpan(starts_at=_instant(span[0]), ends_at=_instant(span[1]))


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
