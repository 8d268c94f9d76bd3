"""One press each: proposing, accepting, declining; an owner's yes, no, or something else."""

from datetime import datetime, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import Form, Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from services.calendar import commands, queries
from services.calendar.domain.approval import CounterPlan
from services.calendar.domain.joining import ProposalPlan, Way
from services.calendar.pages.forms import read_day
from shared.web import CurrentPerson, Database, page_router

router = page_router()
Version = Annotated[int, Form()]
Words = Annotated[str, Form(max_length=1000)]
Id = Annotated[str, Form(max_length=36)]
Done = Literal["proposed", "declined", "withdrawn", "agreed", "countered", "refused"]


@router.post("/calendar/opportunities/{opportunity_id}/propose")
async def propose(
    database: Database,
    person: CurrentPerson,
    opportunity_id: str,
    version: Version,
    way: Annotated[Way, Form()] = "join",
    message: Words = "",
    keep: Id = "",
) -> RedirectResponse:
    """Propose to join or coordinate."""
    plan = ProposalPlan(way=way, message=message.strip(), keep_id=keep or None)
    await database.write(commands.propose, by=person, opportunity_id=opportunity_id, version=version, plan=plan)
    return _back("proposed")


@router.post("/calendar/opportunities/{opportunity_id}/accept")
async def accept(
    request: Request, database: Database, person: CurrentPerson, opportunity_id: str, version: Version
) -> RedirectResponse:
    """Accept a proposal, and lead to the joint event, or to one's own that is coordinated now."""

    def command(session: Session) -> str:
        row = commands.accept_proposal(
            session,
            by=person,
            opportunity_id=opportunity_id,
            version=version,
            horizon_days=request.app.state.settings.horizon_days,
        )
        card = queries.opportunity_card(session, row.id, person)
        shown, notice = (card.joint_event_id, "joined") if card.joint_event_id else (card.asked_event_id, "coordinated")
        return f"/calendar/events/{shown}?notice={notice}"

    return RedirectResponse(await database.write(command), status_code=303)


@router.post("/calendar/opportunities/{opportunity_id}/decline")
async def decline(
    database: Database, person: CurrentPerson, opportunity_id: str, version: Version, because: Words = ""
) -> RedirectResponse:
    """Say "no thanks"."""
    await database.write(
        commands.decline, by=person, opportunity_id=opportunity_id, version=version, because=because.strip()
    )
    return _back("declined")


@router.post("/calendar/opportunities/{opportunity_id}/withdraw")
async def withdraw_proposal(
    database: Database, person: CurrentPerson, opportunity_id: str, version: Version
) -> RedirectResponse:
    """Take a proposal back."""
    await database.write(commands.withdraw_proposal, by=person, opportunity_id=opportunity_id, version=version)
    return _back("withdrawn")


@router.post("/calendar/requests/{request_id}/accept")
async def accept_request(
    request: Request,
    database: Database,
    person: CurrentPerson,
    request_id: str,
    version: Version,
    despite_conflicts: Annotated[bool, Form()] = False,
) -> RedirectResponse:
    """Agree to a request, or to what the owner proposed."""
    await database.write(
        commands.accept_request,
        by=person,
        request_id=request_id,
        version=version,
        despite_conflicts=despite_conflicts,
        horizon_days=request.app.state.settings.horizon_days,
    )
    return _back("agreed")


@router.post("/calendar/requests/{request_id}/counter")
async def counter_request(
    database: Database,
    person: CurrentPerson,
    request_id: str,
    version: Version,
    starts_on: Annotated[str, Form(max_length=10)] = "",
    starts_time: Annotated[str, Form(max_length=5)] = "",
    venue_id: Id = "",
    quantity: Annotated[str, Form(max_length=7)] = "",
    message: Words = "",
) -> RedirectResponse:
    """Propose another time of the same length, another place, or fewer."""

    def command(session: Session) -> None:
        event = queries.event(session, queries.request(session, request_id).event_id)
        starts_at = _moment(starts_on, starts_time, event.starts_at.astimezone(ZoneInfo(event.zone)))
        counter = CounterPlan(
            starts_at=starts_at,
            ends_at=starts_at + (event.ends_at - event.starts_at) if starts_at else None,
            venue_id=venue_id or None,
            quantity=int(quantity) if quantity.isdecimal() else None,
            message=message.strip(),
        )
        commands.counter_request(session, by=person, request_id=request_id, version=version, counter=counter)

    await database.write(command)
    return _back("countered")


@router.post("/calendar/requests/{request_id}/refuse")
async def refuse_request(
    database: Database,
    person: CurrentPerson,
    request_id: str,
    version: Version,
    because: Annotated[str, Form(min_length=1, max_length=1000)],
) -> RedirectResponse:
    """Say no, and why."""
    await database.write(
        commands.refuse_request, by=person, request_id=request_id, version=version, because=because.strip()
    )
    return _back("refused")


@router.post("/calendar/requests/{request_id}/withdraw")
async def withdraw_request(
    database: Database, person: CurrentPerson, request_id: str, version: Version
) -> RedirectResponse:
    """Take a request back."""
    await database.write(commands.withdraw_request, by=person, request_id=request_id, version=version)
    return _back("withdrawn")


def _back(done: Done) -> RedirectResponse:
    return RedirectResponse(f"/calendar/inbox?notice={done}", status_code=303)


def _moment(day: str, clock: str, before: datetime) -> datetime | None:
    """Read a day and a time on the event's own clock; what is left out stays as it is, and none is none."""
    on = read_day(day) if day else None
    try:
        at = time.fromisoformat(clock) if clock else None
    except ValueError:
        at = None
    if on is None and at is None:
        return None
    return datetime.combine(on or before.date(), at or before.time(), before.tzinfo)
