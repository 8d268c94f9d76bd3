"""`problems` and `initiatives`: what is to be solved, and who joins to solve it."""

from typing import Annotated

from fastapi import Path, Request, Response

from services.registry import commands, queries, schemas
from services.registry.models import Initiative, Problem
from services.registry.schemas import Identifier, InitiativeAnswer, ProblemAnswer
from shared import web

router = web.api_router("registry")
PathId = Annotated[Identifier, Path()]


def show_problem(row: Problem) -> ProblemAnswer:
    """Show a problem."""
    return ProblemAnswer.model_validate(row)


def show_initiative(row: Initiative) -> InitiativeAnswer:
    """Show a coalition; its members and problems must have been read."""
    return InitiativeAnswer.model_validate(row)


@router.get("/problems", response_model=schemas.Page[ProblemAnswer])
async def list_problems(request: Request, database: web.Database, paging: web.Paging) -> Response:
    """List problems, the oldest first."""
    rows = await database.read(queries.problems, paging=paging)
    return web.listing(request, paging, rows, show=show_problem, key=lambda row: row.id, sorted_by="id")


@router.post("/problems", status_code=201, response_model=ProblemAnswer)
async def name_problem(
    request: Request, database: web.Database, by: web.CurrentPerson, body: schemas.ProblemBody
) -> Response:
    """Name a problem."""
    return await web.create(request, database, commands.name_problem, by=by, plan=body.plan(), show=show_problem)


@router.get("/problems/{problem_id}", response_model=ProblemAnswer)
async def get_problem(database: web.Database, problem_id: PathId) -> Response:
    """Give one problem."""
    row = await database.read(queries.named, Problem, problem_id)
    return web.answer(show_problem(row), version=row.version)


@router.patch("/problems/{problem_id}", response_model=ProblemAnswer)
async def change_problem(
    database: web.Database, by: web.CurrentPerson, version: web.IfMatch, problem_id: PathId, body: schemas.ProblemChange
) -> Response:
    """Reword a problem; what is absent stays."""
    row = await database.write(
        commands.change_problem, by=by, problem_id=problem_id, version=version, changes=body.changes()
    )
    return web.answer(show_problem(row), version=row.version)


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
