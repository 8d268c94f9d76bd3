"""`requests`: what hosts ask of owners of venues and resources, and the owners' answers."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Query, Request, Response
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


class _Asked:
    """One request that is about to be answered; with If-Match, only as it was read."""

    def __init__(
        self,
        request: Request,
        database: web.Database,
        by: web.CurrentPerson,
        request_id: RequestId,
        version: web.MaybeIfMatch,
    ) -> None:
        self.request, self.database = request, database
        self.what: dict[str, Any] = {"by": by, "request_id": request_id, "version": version}

    async def change(self, command: Callable[..., models.Request], **values: Any) -> Response:
        """Run a command, and show what became of the request."""
        return await web.perform(
            self.request, self.database, _shown(command), **self.what, **values, show=_show(self.request)
        )


Asked = Annotated[_Asked, Depends()]


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
async def accept_request(its: Asked, request: Request, body: schemas.Agreeing | None = None) -> Response:
    """Agree; the event is confirmed when all that it needs is agreed to. 409 with the conflicts if it is taken."""
    body = body or schemas.Agreeing()
    horizon_days = request.app.state.settings.horizon_days
    return await its.change(
        commands.accept_request,
        because=body.because,
        despite_conflicts=body.despite_conflicts,
        horizon_days=horizon_days,
    )


@router.post("/requests/{request_id}/counter", response_model=RequestAnswer, responses=web.refuses(409))
async def counter_request(its: Asked, body: schemas.CounterBody) -> Response:
    """Propose another time, another venue of one's own, or fewer; the hosts accept that, or withdraw."""
    return await its.change(commands.counter_request, counter=body.plan())


@router.post("/requests/{request_id}/refuse", response_model=RequestAnswer, responses=web.refuses(409))
async def refuse_request(its: Asked, body: schemas.Refusing) -> Response:
    """Say no, and why; the event stays tentative until its hosts move it."""
    return await its.change(commands.refuse_request, because=body.because)


@router.post("/requests/{request_id}/withdraw", response_model=RequestAnswer, responses=web.refuses(409))
async def withdraw_request(its: Asked, body: schemas.Because | None = None) -> Response:
    """Take a request back; the event stays tentative."""
    return await its.change(commands.withdraw_request, because=body.because if body else "")


def _show(request: Request) -> Callable[[RequestCard], RequestAnswer]:
    """Show a request, with the time at which it is over by the settings."""
    days: float = request.app.state.settings.request_days
    return lambda card: RequestAnswer.of(card, days)


def _shown(command: Callable[..., models.Request]) -> Callable[..., RequestCard]:
    """Let a command give the card of what it changed."""

    def run(session: Session, **values: Any) -> RequestCard:
        return queries.request_card(session, command(session, **values).id, values["by"])

    return run
