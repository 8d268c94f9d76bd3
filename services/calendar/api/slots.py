"""`slots`: the nearest free times at a venue."""

from datetime import timedelta
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.domain.faults import faults_of
from services.calendar.domain.plans import EventPlan
from services.calendar.domain.slots import Slot
from services.calendar.queries.shown import shown_slots
from services.calendar.schemas import Identifier, SlotAnswer, SlotsAnswer
from shared import clock, web
from shared.problems import InvalidInput

router = web.api_router("calendar")
MINUTES_OF_A_WEEK = 7 * 24 * 60
VenueId = Annotated[Identifier | None, Query(description="Where; no venue is free at any time.")]
From = Annotated[AwareDatetime | None, Query(alias="from", description="The wanted start; this instant when absent.")]
Minutes = Annotated[int, Query(ge=5, le=MINUTES_OF_A_WEEK, description="How long, in minutes.")]
Most = Annotated[int, Query(ge=1, le=20, description="At most so many slots.")]


@router.get("/slots", response_model=SlotsAnswer)
async def list_slots(
    request: Request,
    database: web.Database,
    venue: VenueId = None,
    from_at: From = None,
    minutes: Minutes = 120,
    limit: Most = 3,
    zone: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    """List the nearest free slots of so many minutes at a venue, the nearest first, none overlapping another."""
    starts_at = from_at or clock.now()
    where = zone or request.app.state.settings.zone
    plan = EventPlan("?", starts_at, starts_at + timedelta(minutes=minutes), where, venue_id=venue)
    found = await database.read(free_slots, plan, limit)
    return web.answer(SlotsAnswer(items=[SlotAnswer.of(slot) for slot in shown_slots(venue, found)]))


def free_slots(session: Session, plan: EventPlan, most: int) -> list[Slot]:
    """Find free slots for a bare plan; raises `InvalidInput`."""
    faults = faults_of(plan) or queries.unknown_references(session, plan)
    if faults:
        raise InvalidInput(*faults)
    now = clock.now()
    return queries.free_slots(session, queries.subject_of_plan(session, plan, now=now), now=now, most=most)
