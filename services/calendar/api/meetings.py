"""`meetings/{event_id}`: agenda, attendance, minutes, and what was decided."""

from typing import Annotated

from fastapi import Path, Request, Response
from sqlalchemy.orm import Session

from services.calendar import commands, queries, schemas
from services.calendar.problems import NotAMeeting
from services.calendar.queries import MeetingCard
from services.calendar.queries.held import held
from services.calendar.queries.publishing import may_read_written
from services.calendar.schemas import DecisionAnswer, Identifier, MeetingAnswer
from services.calendar.schemas.fields import HeldOn
from shared import web
from shared.people import Person

router = web.api_router("calendar")
EventId = Annotated[Identifier, Path()]
DecisionId = Annotated[Identifier, Path()]


@router.get("/meetings/{event_id}", response_model=MeetingAnswer, responses=web.refuses(409))
async def get_meeting(
    database: web.Database, person: web.MaybePerson, event_id: EventId, held_on: HeldOn = None
) -> Response:
    """Give what is written about a meeting; version 0 while nothing is."""
    card, is_member = await database.read(_meeting, event_id, person, held_on)
    return web.answer(MeetingAnswer.of(card, person, is_member), version=card.version)


@router.patch("/meetings/{event_id}", response_model=MeetingAnswer, responses=web.refuses(409))
async def write_meeting(
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    event_id: EventId,
    body: schemas.MeetingChange,
    held_on: HeldOn = None,
) -> Response:
    """Write agenda, attendance or minutes; what is absent stays.

    The link is that of all dates. `agenda` are titles: items of these titles stay, others are taken off, new ones join.
    """
    row = await database.write(
        commands.write_meeting, by=by, event_id=event_id, version=version, changes=body.changes(), held_on=held_on
    )
    card, is_member = await database.read(_meeting, event_id, by, row.held_on)
    return web.answer(MeetingAnswer.of(card, by, is_member), version=card.version)


@router.get("/meetings/{event_id}/decisions", response_model=schemas.Page[DecisionAnswer])
async def list_decisions(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    paging: web.Paging,
    event_id: EventId,
    held_on: HeldOn = None,
) -> Response:
    """List what a meeting decided, in the order in which it did; without `held_on`, at all its dates."""
    await database.read(queries.event_seen, event_id, person)
    rows = await database.read(queries.decisions, event_id, paging, held_on)
    return web.listing(request, paging, rows, show=DecisionAnswer.of, key=lambda row: row.id, sorted_by="id")


@router.post(
    "/meetings/{event_id}/decisions", status_code=201, response_model=DecisionAnswer, responses=web.refuses(409)
)
async def record_decision(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    event_id: EventId,
    body: schemas.DecisionBody,
    held_on: HeldOn = None,
) -> Response:
    """Record what a meeting decided, who does it, and until when."""
    return await web.create(
        request,
        database,
        commands.record_decision,
        by=by,
        event_id=event_id,
        plan=body.plan(),
        held_on=held_on,
        show=DecisionAnswer.of,
    )


@router.get("/meetings/{event_id}/decisions/{decision_id}", response_model=DecisionAnswer)
async def get_decision(
    database: web.Database, person: web.MaybePerson, event_id: EventId, decision_id: DecisionId
) -> Response:
    """Give one decision."""
    await database.read(queries.event_seen, event_id, person)
    row = await database.read(queries.decision, event_id, decision_id)
    return web.answer(DecisionAnswer.of(row), version=row.version)


@router.patch("/meetings/{event_id}/decisions/{decision_id}", response_model=DecisionAnswer)
async def change_decision(
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    event_id: EventId,
    decision_id: DecisionId,
    body: schemas.DecisionChange,
) -> Response:
    """Change a decision, most often to say that it is done; its owner may too."""
    row = await database.write(
        commands.change_decision,
        by=by,
        event_id=event_id,
        decision_id=decision_id,
        version=version,
        changes=body.changes(),
    )
    return web.answer(DecisionAnswer.of(row), version=row.version)


def _meeting(session: Session, event_id: str, person: Person | None, held_on: str | None) -> tuple[MeetingCard, bool]:
    """Give a meeting's card, and whether somebody hosts it or is invited; raises `NotFound`, `NotAMeeting`."""
    event = queries.event_seen(session, event_id, person)
    if event.kind != "meeting":
        raise NotAMeeting
    date = held(session, event, held_on)
    return queries.meeting_card(session, event_id, date.held_on), may_read_written(session, event, person)
