"""`initiatives`: who joins to solve what is wrong in the neighbourhood; `initiative-suggestions`: who could."""

from typing import Annotated

from fastapi import Path, Request, Response

from services.registry import commands, queries
from services.registry.models import Initiative
from services.registry.schemas import Identifier, Page
from services.registry.schemas import initiatives as schemas
from services.registry.schemas.initiatives import (
    InitiativeAnswer,
    SuggestionAnswer,
    initiative_answer,
    suggestion_answer,
)
from shared import web

router = web.api_router("registry")
PathId = Annotated[Identifier, Path()]


@router.get("/initiatives", response_model=Page[InitiativeAnswer])
async def list_initiatives(
    request: Request, database: web.Database, person: web.MaybePerson, paging: web.Paging
) -> Response:
    """List coalitions, the oldest first."""
    rows = await database.read(queries.initiatives, paging=paging)

    def show(row: Initiative) -> InitiativeAnswer:
        return initiative_answer(row, person)

    return web.listing(request, paging, rows, show=show, key=lambda row: row.id, sorted_by="id")


@router.post("/initiatives", status_code=201, response_model=InitiativeAnswer)
async def form_initiative(
    request: Request, database: web.Database, by: web.CurrentPerson, body: schemas.InitiativeBody
) -> Response:
    """Form a coalition; the first of its organisations leads it."""
    return await web.create(
        request,
        database,
        commands.form_initiative,
        by=by,
        plan=body.plan(),
        show=lambda row: initiative_answer(row, by),
    )


@router.get("/initiatives/{initiative_id}", response_model=InitiativeAnswer)
async def get_initiative(database: web.Database, person: web.MaybePerson, initiative_id: PathId) -> Response:
    """Give one coalition."""
    row = await database.read(queries.initiative, initiative_id)
    return web.answer(initiative_answer(row, person), version=row.version)


@router.patch("/initiatives/{initiative_id}", response_model=InitiativeAnswer)
async def change_initiative(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    initiative_id: PathId,
    body: schemas.InitiativeChange,
) -> Response:
    """Say anew what a coalition wants, does and pays for; what is absent stays."""
    wait = request.app.state.settings.copy_wait_seconds
    await commands.wait_for_events(database, initiative_id, body.event_ids, wait)
    row = await database.write(
        commands.change_initiative, by=by, initiative_id=initiative_id, version=version, changes=body.changes()
    )
    return web.answer(initiative_answer(row, by), version=row.version)


@router.post("/initiatives/{initiative_id}/members", response_model=InitiativeAnswer, responses=web.refuses(409))
async def join_initiative(
    request: Request, database: web.Database, by: web.CurrentPerson, initiative_id: PathId, body: schemas.MemberBody
) -> Response:
    """Let an organisation join a coalition, or have another role in it."""
    return await web.perform(
        request,
        database,
        commands.join_initiative,
        by=by,
        initiative_id=initiative_id,
        organisation_id=body.organisation_id,
        role=body.role,
        show=lambda row: initiative_answer(row, by),
    )


@router.delete(
    "/initiatives/{initiative_id}/members/{organisation_id}",
    response_model=InitiativeAnswer,
    responses=web.refuses(409),
)
async def leave_initiative(
    database: web.Database, by: web.CurrentPerson, initiative_id: PathId, organisation_id: PathId
) -> Response:
    """Let an organisation leave a coalition."""
    row = await database.write(
        commands.leave_initiative, by=by, initiative_id=initiative_id, organisation_id=organisation_id
    )
    return web.answer(initiative_answer(row, by), version=row.version)


@router.get("/initiative-suggestions", response_model=Page[SuggestionAnswer])
async def list_suggestions(
    request: Request, database: web.Database, by: web.CurrentPerson, paging: web.Paging
) -> Response:
    """List the coalitions that are suggested to those for whom you speak, the oldest first."""
    rows = await database.read(queries.suggestions, viewer=by, paging=paging)
    return web.listing(request, paging, rows, show=suggestion_answer, key=lambda row: row.id, sorted_by="id")


@router.post(
    "/initiative-suggestions/{suggestion_id}/accept", response_model=SuggestionAnswer, responses=web.refuses(409)
)
async def accept_suggestion(
    request: Request, database: web.Database, by: web.CurrentPerson, suggestion_id: PathId, body: schemas.AcceptBody
) -> Response:
    """Say that an organisation wants a coalition; it is formed when two do, and whoever says so later joins it."""
    return await web.perform(
        request,
        database,
        commands.accept_suggestion,
        by=by,
        suggestion_id=suggestion_id,
        organisation_id=body.organisation_id,
        show=suggestion_answer,
    )


@router.post(
    "/initiative-suggestions/{suggestion_id}/decline", response_model=SuggestionAnswer, responses=web.refuses(409)
)
async def decline_suggestion(
    request: Request, database: web.Database, by: web.CurrentPerson, suggestion_id: PathId, body: schemas.DeclineBody
) -> Response:
    """Say that an organisation does not want a coalition; it is not asked again."""
    return await web.perform(
        request,
        database,
        commands.decline_suggestion,
        by=by,
        suggestion_id=suggestion_id,
        organisation_id=body.organisation_id,
        because=body.because,
        show=suggestion_answer,
    )
