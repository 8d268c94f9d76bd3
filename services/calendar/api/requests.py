"""`requests`: what hosts ask of owners of venues and resources, and the owners' answers."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import Path, Query, Request, Response
from sqlalchemy.orm import Session

from services.calendar import commands, models, queries, schemas
from services.calendar.api.conflicts import EventFilter
from services.calendar.queries import RequestCard
from services.calendar.schemas import Identifier, RequestAnswer
from shared import web

router = web.api_router("calendar")
RequestId = Annotated[Identifier, Path()]
RequestState = Literal["open", "countered", "accepted", "refused", "expired", "withdrawn"]
Thing = Annotated[Identifier | None, Query(description="Only those for this one.")]


@router.get("/requests", response_model=schemas.Page[RequestAnswer])
async def list_requests(
    request: Request,
    database: web.Database,
    paging: web.Paging,
    by: web.CurrentPerson,
    state: RequestState | None = None,
    event: EventFilter = None,
    venue: Thing = None,
    resource: Thing = None,
) -> Response:
    """List the requests that one's organisations made or have to answer, in the order in which they were asked."""
    rows = await database.read(
        queries.request_cards,
        paging,
        by=by,
        states=(state,) if state else (),
        event_id=event,
        venue_id=venue,
        resource_id=resource,
    )
    return web.listing(request, paging, rows, show=_show(request), key=lambda card: card.id, sorted_by="id")


@router.get("/requests/{request_id}", response_model=RequestAnswer)
async def get_request(
    request: Request, database: web.Database, by: web.CurrentPerson, request_id: RequestId
) -> Response:
    """Give one request of one's organisations."""
    card = await database.read(queries.request_card, request_id, by)
    return web.answer(_show(request)(card), version=card.version)


@router.post("/requests/{request_id}/accept", response_model=RequestAnswer, responses=web.refuses(409))
async def accept_request(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    request_id: RequestId,
    body: schemas.Agreeing | None = None,
) -> Response:
    """Agree; the event is confirmed when all that it needs is agreed to. 409 with the conflicts if it is taken."""
    body = body or schemas.Agreeing()
    return await web.perform(
        request,
        database,
        _shown(commands.accept_request),
        by=by,
        request_id=request_id,
        because=body.because,
        despite_conflicts=body.despite_conflicts,
        horizon_days=request.app.state.settings.horizon_days,
        show=_show(request),
    )


@router.post("/requests/{request_id}/counter", response_model=RequestAnswer, responses=web.refuses(409))
async def counter_request(
    request: Request, database: web.Database, by: web.CurrentPerson, request_id: RequestId, body: schemas.CounterBody
) -> Response:
    """Propose another time, another venue of one's own, or fewer; the hosts accept that, or withdraw."""
    return await web.perform(
        request,
        database,
        _shown(commands.counter_request),
        by=by,
        request_id=request_id,
        counter=body.plan(),
        show=_show(request),
    )


@router.post("/requests/{request_id}/refuse", response_model=RequestAnswer, responses=web.refuses(409))
async def refuse_request(
    request: Request, database: web.Database, by: web.CurrentPerson, request_id: RequestId, body: schemas.Refusing
) -> Response:
    """Say no, and why; the event stays tentative until its hosts move it."""
    return await web.perform(
        request,
        database,
        _shown(commands.refuse_request),
        by=by,
        request_id=request_id,
        because=body.because,
        show=_show(request),
    )


@router.post("/requests/{request_id}/withdraw", response_model=RequestAnswer, responses=web.refuses(409))
async def withdraw_request(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    request_id: RequestId,
    body: schemas.Because | None = None,
) -> Response:
    """Take a request back; the event stays tentative."""
    return await web.perform(
        request,
        database,
        _shown(commands.withdraw_request),
        by=by,
        request_id=request_id,
        because=body.because if body else "",
        show=_show(request),
    )


def _show(request: Request) -> Callable[[RequestCard], RequestAnswer]:
    """Show a request, with the time at which it is over by the settings."""
    days: float = request.app.state.settings.request_days
    return lambda card: RequestAnswer.of(card, days)


def _shown(command: Callable[..., models.Request]) -> Callable[..., RequestCard]:
    """Let a command give the card of what it changed."""

    def run(session: Session, **values: Any) -> RequestCard:
        return queries.request_card(session, command(session, **values).id, values["by"])

    return run
