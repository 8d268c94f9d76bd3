"""`initiatives`: who joins to solve what is wrong in the neighbourhood."""

from typing import Annotated

from fastapi import Path, Request, Response

from services.registry import commands, queries, schemas
from services.registry.models import Initiative
from services.registry.schemas import Identifier, InitiativeAnswer
from shared import web

router = web.api_router("registry")
PathId = Annotated[Identifier, Path()]


def show_initiative(row: Initiative) -> InitiativeAnswer:
    """Show a coalition; its members and problems must have been read."""
    return InitiativeAnswer.model_validate(row)


@router.get("/initiatives", response_model=schemas.Page[InitiativeAnswer])
async def list_initiatives(request: Request, database: web.Database, paging: web.Paging) -> Response:
    """List coalitions, the oldest first."""
    rows = await database.read(queries.initiatives, paging=paging)
    return web.listing(request, paging, rows, show=show_initiative, key=lambda row: row.id, sorted_by="id")


@router.post("/initiatives", status_code=201, response_model=InitiativeAnswer)
async def form_initiative(
    request: Request, database: web.Database, by: web.CurrentPerson, body: schemas.InitiativeBody
) -> Response:
    """Form a coalition."""
    return await web.create(request, database, commands.form_initiative, by=by, plan=body.plan(), show=show_initiative)


@router.get("/initiatives/{initiative_id}", response_model=InitiativeAnswer)
async def get_initiative(database: web.Database, initiative_id: PathId) -> Response:
    """Give one coalition."""
    row = await database.read(queries.named, Initiative, initiative_id)
    return web.answer(show_initiative(row), version=row.version)
