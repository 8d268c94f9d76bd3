"""`needs` and `matches`: what organisations lack, what answers it, and what became of it."""

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from sqlalchemy.orm import Session

from services.registry import commands, queries, schemas
from services.registry.domain.plans import MatchState
from services.registry.models import Need
from services.registry.queries.exchange import MatchCard
from services.registry.schemas import Identifier, MatchAnswer, NeedAnswer
from shared import web
from shared.messages.registry import NeedStatus, ResourceKind

router = web.api_router("registry")
OfOrganisation = Annotated[Identifier | None, Query(description="Only those of this organisation.")]
OnEitherSide = Annotated[
    Identifier | None, Query(description="Only those that this organisation stated or could answer.")
]
OfNeed = Annotated[Identifier | None, Query(description="Only this need.")]
InState = Annotated[MatchState | None, Query(description="Only matches in this state; else those that stand.")]
PathId = Annotated[Identifier, Path()]


@router.get("/needs", response_model=schemas.Page[NeedAnswer])
async def list_needs(
    request: Request,
    database: web.Database,
    paging: web.Paging,
    organisation_id: OfOrganisation = None,
    kind: ResourceKind | None = None,
    status: NeedStatus | None = None,
) -> Response:
    """List needs, the oldest first."""
    rows = await database.read(queries.needs, paging=paging, organisation_id=organisation_id, kind=kind, status=status)
    return web.listing(request, paging, rows, show=schemas.need_answer, key=lambda row: row.id, sorted_by="id")


@router.post("/needs", status_code=201, response_model=NeedAnswer)
async def state_need(
    request: Request, database: web.Database, by: web.CurrentPerson, body: schemas.NeedBody
) -> Response:
    """State a need; what answers it is suggested to both sides."""
    return await web.create(request, database, commands.state_need, by=by, plan=body.plan(), show=schemas.need_answer)


@router.get("/needs/{need_id}", response_model=NeedAnswer)
async def get_need(database: web.Database, need_id: PathId) -> Response:
    """Give one need."""
    row = await database.read(queries.named, Need, need_id)
    return web.answer(schemas.need_answer(row), version=row.version)


@router.patch("/needs/{need_id}", response_model=NeedAnswer, responses=web.refuses(409))
async def change_need(
    database: web.Database, by: web.CurrentPerson, version: web.IfMatch, need_id: PathId, body: schemas.NeedChange
) -> Response:
    """Change a need that stands; what is absent stays."""
    row = await database.write(commands.change_need, by=by, need_id=need_id, version=version, changes=body.changes())
    return web.answer(schemas.need_answer(row), version=row.version)


@router.post("/needs/{need_id}/close", response_model=NeedAnswer, responses=web.refuses(409))
async def close_need(
    request: Request, database: web.Database, by: web.CurrentPerson, need_id: PathId, body: schemas.CloseBody
) -> Response:
    """Say what came of a need: it was met, or is not needed any more. Its matches are over then."""
    return await web.perform(
        request, database, commands.close_need, by=by, need_id=need_id, plan=body.plan(), show=schemas.need_answer
    )


@router.get("/matches", response_model=schemas.Page[schemas.AnsweredNeedAnswer])
async def list_matches(
    request: Request,
    database: web.Database,
    paging: web.Paging,
    organisation_id: OnEitherSide = None,
    need_id: OfNeed = None,
    state: InState = None,
) -> Response:
    """List needs, the oldest first, each with what others could lend for it and why."""
    rows = await database.read(
        queries.needs_with_matches, paging=paging, organisation_id=organisation_id, need_id=need_id, state=state
    )
    return web.listing(
        request, paging, rows, show=schemas.answered_need, key=lambda row: row.need.id, sorted_by="need id"
    )


@router.get("/matches/{match_id}", response_model=MatchAnswer)
async def get_match(database: web.Database, match_id: PathId) -> Response:
    """Give one match."""
    card = await database.read(queries.match_card, match_id)
    return web.answer(schemas.match_answer(card), version=card.version)


@router.post("/matches/{match_id}/accept", response_model=MatchAnswer, responses=web.refuses(409))
async def accept_match(request: Request, database: web.Database, by: web.CurrentPerson, match_id: PathId) -> Response:
    """Say for one side that a match suits; both are told."""

    def accept(session: Session, **values: Any) -> MatchCard:
        return queries.match_card(session, commands.accept_match(session, **values).id)

    return await web.perform(request, database, accept, by=by, match_id=match_id, show=schemas.match_answer)


@router.post("/matches/{match_id}/decline", response_model=MatchAnswer, responses=web.refuses(409))
async def decline_match(
    request: Request, database: web.Database, by: web.CurrentPerson, match_id: PathId, body: schemas.DeclineBody
) -> Response:
    """Say for one side why a match does not suit; both are told, and it is not suggested again."""

    def decline(session: Session, **values: Any) -> MatchCard:
        return queries.match_card(session, commands.decline_match(session, **values).id)

    return await web.perform(
        request, database, decline, by=by, match_id=match_id, plan=body.plan(), show=schemas.match_answer
    )
