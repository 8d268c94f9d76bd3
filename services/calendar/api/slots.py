"""`slots`: the nearest free times at a venue; `slots/search`: a free time for many, wherever there is room."""

from datetime import timedelta
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.domain.faults import faults_of, zone_of
from services.calendar.domain.plans import EventPlan
from services.calendar.domain.slots import Question, Slot
from services.calendar.queries.free_times import Answer, free_times, unknown_in
from services.calendar.queries.shown import shown_obstacles, shown_slots, shown_times
from services.calendar.schemas import Identifier, SlotAnswer, SlotsAnswer
from services.calendar.schemas.slots import FreeTimeAnswer, FreeTimesAnswer, InTheWayAnswer, SlotSearchBody
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


@router.post("/slots/search", response_model=FreeTimesAnswer)
async def search_slots(
    request: Request, database: web.Database, by: web.CurrentPerson, body: SlotSearchBody
) -> Response:
    """Find times at which everybody, a place and what is borrowed are free, the best first; store nothing.

    Where there is none, `in_the_way` says what excludes every time, and what is free when that gives way.
    """
    question = body.question(request.app.state.settings.zone)
    answer = await database.read(sought, question, body.faults(), body.limit)
    return web.answer(
        FreeTimesAnswer(
            items=[FreeTimeAnswer.of(one) for one in shown_times(answer)],
            in_the_way=[InTheWayAnswer.model_validate(one) for one in shown_obstacles(answer)],
        )
    )


def sought(session: Session, question: Question, faults: list[tuple[str, str]], most: int) -> Answer:
    """Refuse a question that is wrong by itself or names what nobody knows; else find free times."""
    if zone_of(question.zone) is None:
        faults = [*faults, ("/zone", "There is no such time zone; use an IANA name such as Europe/Warsaw")]
    faults = faults or unknown_in(session, question)
    if faults:
        raise InvalidInput(*faults)
    return free_times(session, question, now=clock.now(), most=most)


def free_slots(session: Session, plan: EventPlan, most: int) -> list[Slot]:
    """Find free slots for a bare plan; raises `InvalidInput`."""
    faults = faults_of(plan) or queries.unknown_references(session, plan)
    faults = faults or queries.withdrawn_references(session, plan)
    if faults:
        raise InvalidInput(*faults)
    now = clock.now()
    return queries.free_slots(session, queries.subject_of_plan(session, plan, now=now), now=now, most=most)
