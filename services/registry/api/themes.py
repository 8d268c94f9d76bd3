"""`themes`: what organisations and their things are about, one taxonomy in Polish and English."""

from typing import Annotated

from fastapi import Path, Request, Response

from services.registry import commands, queries, schemas
from services.registry.models import Theme
from services.registry.schemas.themes import ThemeAnswer, ThemeBody, ThemeChange
from shared import web

router = web.api_router("registry")
Code = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9_]{0,59}$", description="The code of a theme.")]


def show(row: Theme) -> ThemeAnswer:
    """Show a theme."""
    return ThemeAnswer.model_validate(row)


def place_of(row: Theme) -> str:
    """Say at which address a theme stands."""
    return f"/registry/api/v1/themes/{row.code}"


@router.get("/themes", response_model=schemas.Page[ThemeAnswer])
async def list_themes(request: Request, database: web.Database, paging: web.Paging) -> Response:
    """List the themes by code."""
    rows = await database.read(queries.themes, paging=paging)
    return web.listing(request, paging, rows, show=show, key=lambda row: row.code, sorted_by="code")


@router.post("/themes", status_code=201, response_model=ThemeAnswer)
async def register_theme(request: Request, database: web.Database, by: web.CurrentPerson, body: ThemeBody) -> Response:
    """Add a theme."""
    return await web.create(
        request, database, commands.register_theme, by=by, plan=body.plan(), show=show, location=place_of
    )


@router.get("/themes/{code}", response_model=ThemeAnswer)
async def get_theme(database: web.Database, code: Code) -> Response:
    """Give one theme."""
    row = await database.read(queries.theme, code)
    return web.answer(show(row), version=row.version)


@router.patch("/themes/{code}", response_model=ThemeAnswer)
async def change_theme(
    database: web.Database, by: web.CurrentPerson, version: web.IfMatch, code: Code, body: ThemeChange
) -> Response:
    """Change a theme or retire it; what is absent stays."""
    row = await database.write(commands.change_theme, by=by, code=code, version=version, changes=body.changes())
    return web.answer(show(row), version=row.version)
