"""Naming a problem and rewording it, in the long form of those who work here."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.registry import commands, queries
from services.registry.domain.permissions import may_name_problem
from services.registry.models import Problem
from services.registry.pages import problem_form, words
from services.registry.pages.problems import themes_by_name
from services.registry.pages.typed import Version, changed_meanwhile
from services.registry.schemas import Identifier
from services.registry.schemas import problems as schemas
from shared import web
from shared.database import Database
from shared.pages import Pages
from shared.people import must
from shared.problems import ChangedMeanwhile, InvalidInput
from shared.reasons import AUDIENCE_LABELS

router = web.page_router()
templates = Pages("registry")


@router.get("/registry/problems/new")
async def ask_to_name(request: Request, database: web.Database, person: web.CurrentPerson) -> Response:
    """Show those who work here the form for a new problem."""
    must(may_name_problem(person))
    empty = Problem(title="", audiences=[], themes=[], evidence=[])
    return await _form(request, database, None, problem_form.typed_of(empty))


@router.post("/registry/problems/new")
async def name(
    request: Request, database: web.Database, person: web.CurrentPerson, typed: problem_form.Typed
) -> Response:
    """Name a problem; what was typed stays where something is wrong."""
    must(may_name_problem(person))
    try:
        body = schemas.ProblemBody(**problem_form.read(typed))
        problem = await database.write(commands.name_problem, by=person, plan=body.plan())
    except (ValidationError, InvalidInput) as wrong:
        return await _form(request, database, None, typed, problem_form.faults_of(wrong))
    return RedirectResponse(f"/registry/problems/{problem.id}?notice=saved", status_code=303)


@router.get("/registry/problems/{problem_id}/edit")
async def ask_to_edit(
    request: Request, database: web.Database, person: web.CurrentPerson, problem_id: Identifier
) -> Response:
    """Show the form with what is known of a problem."""
    must(may_name_problem(person))
    row = await database.read(queries.problem, problem_id)
    return await _form(request, database, row, problem_form.typed_of(row))


@router.post("/registry/problems/{problem_id}/edit")
async def edit(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    problem_id: Identifier,
    version: Version,
    typed: problem_form.Typed,
) -> Response:
    """Reword a problem; what was typed stays where something is wrong or somebody else was faster."""
    must(may_name_problem(person))
    row = await database.read(queries.problem, problem_id)
    about: dict[str, Any] = {"by": person, "problem_id": problem_id, "version": version}
    try:
        changes = schemas.ProblemChange(**problem_form.read(typed)).changes()
        await database.write(commands.change_problem, **about, changes=changes)
    except (ValidationError, InvalidInput) as wrong:
        return await _form(request, database, row, typed, problem_form.faults_of(wrong), version=version)
    except ChangedMeanwhile:
        return await _form(request, database, row, typed, {"title": changed_meanwhile()}, status=412)
    return RedirectResponse(f"/registry/problems/{problem_id}?notice=saved", status_code=303)


async def _form(
    request: Request,
    database: Database,
    row: Problem | None,
    typed: Mapping[str, Any],
    faults: dict[str, str] | None = None,
    *,
    version: int | None = None,
    status: int = 422,
) -> Response:
    """Show the form; saved again after somebody else was faster, it wins knowingly."""
    return templates.form(
        request,
        "problem-edit.html",
        faults,
        status=status,
        problem=row,
        typed=typed,
        version=version or (row.version if row else 0),
        audiences=list(words.said(AUDIENCE_LABELS).items()),
        themes=list((await themes_by_name(database)).items()),
    )
