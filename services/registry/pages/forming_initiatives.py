"""Forming a coalition, and saying what it wants and applies for, each in a form."""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.registry import commands, queries
from services.registry.domain.permissions import may_edit_initiative, may_form_initiative
from services.registry.models import Initiative
from services.registry.pages import initiative_form
from services.registry.pages.initiatives import HOME
from services.registry.pages.typed import Several, Text, Version, changed_meanwhile
from services.registry.schemas import Identifier
from services.registry.schemas import initiatives as schemas
from shared import web
from shared.database import Database
from shared.pages import Pages
from shared.paging import WHOLE
from shared.people import Person, must
from shared.problems import ChangedMeanwhile, InvalidInput

router = web.page_router()
templates = Pages("registry")


@router.get(HOME + "/new")
async def ask_to_form(request: Request, database: web.Database, person: web.CurrentPerson) -> Response:
    """Show the form of a new coalition to those who may speak for an organisation."""
    must(may_form_initiative(person, tuple(person.roles)))
    return await _new(request, database, person, {"title": "", "goal": "", "organisation_id": "", "problem_ids": ()})


@router.post(HOME + "/new")
async def form(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    organisation_id: Text = "",
    title: Text = "",
    goal: Text = "",
    problem_ids: Several = (),
) -> Response:
    """Form a coalition that one organisation leads; others join it on its page."""
    typed = {"title": title, "goal": goal, "organisation_id": organisation_id, "problem_ids": problem_ids}
    said = {"title": title, "goal": goal, "organisation_ids": (organisation_id,), "problem_ids": problem_ids}
    try:
        plan = schemas.InitiativeBody.model_validate(said).plan()
        made = await database.write(commands.form_initiative, by=person, plan=plan)
    except (ValidationError, InvalidInput) as wrong:
        return await _new(request, database, person, typed, initiative_form.faults_of(wrong))
    return RedirectResponse(f"{HOME}/{made.id}?notice=formed", status_code=303)


@router.get(HOME + "/{initiative_id}/edit")
async def ask_to_edit(
    request: Request, database: web.Database, person: web.CurrentPerson, initiative_id: Identifier
) -> Response:
    """Show the form with what a coalition wants, and its application."""
    row = await database.read(queries.initiative, initiative_id)
    must(may_edit_initiative(person, row.organisations_as("lead", "partner")))
    return await _edit(request, database, row, initiative_form.typed_of(row))


@router.post(HOME + "/{initiative_id}/edit")
async def edit(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    initiative_id: Identifier,
    version: Version,
    typed: initiative_form.Typed,
) -> Response:
    """Save what a coalition wants; what was typed stays where something is wrong or somebody else was faster."""
    row = await database.read(queries.initiative, initiative_id)
    about: dict[str, Any] = {"by": person, "initiative_id": initiative_id, "version": version}
    try:
        body = schemas.InitiativeChange.model_validate(initiative_form.read(typed))
        wait = request.app.state.settings.copy_wait_seconds
        await commands.wait_for_events(database, initiative_id, body.event_ids, wait)
        changes = body.changes()
        await database.write(commands.change_initiative, **about, changes=changes)
    except (ValidationError, InvalidInput) as wrong:
        return await _edit(request, database, row, typed, initiative_form.faults_of(wrong), version=version)
    except ChangedMeanwhile:
        return await _edit(request, database, row, typed, {"title": changed_meanwhile()}, status=412)
    return RedirectResponse(f"{HOME}/{initiative_id}?notice=saved", status_code=303)


async def _problems(database: Database) -> list[tuple[str, str]]:
    return [(row.id, row.title) for row in await database.read(queries.problems, paging=WHOLE)]


async def _new(
    request: Request, database: Database, person: Person, typed: Any, faults: dict[str, str] | None = None
) -> Response:
    return templates.form(
        request,
        "initiative-new.html",
        faults,
        typed=typed,
        mine=await database.read(queries.organisations_to_speak_for, person),
        problems=await _problems(database),
    )


async def _edit(
    request: Request,
    database: Database,
    row: Initiative,
    typed: Any,
    faults: dict[str, str] | None = None,
    *,
    version: int | None = None,
    status: int = 422,
) -> Response:
    return templates.form(
        request,
        "initiative-edit.html",
        faults,
        status=status,
        initiative=row,
        typed=typed,
        version=version or row.version,
        problems=await _problems(database),
    )
