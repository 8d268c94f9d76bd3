"""What members do on a coalition's page: answer, join and leave, and keep its tasks, its money and what they give."""

from typing import Annotated, Any

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ValidationError

from services.registry import commands, queries
from services.registry.pages import initiative_form, words
from services.registry.pages.initiatives import HOME, card_page
from services.registry.pages.typed import Text, Version
from services.registry.schemas import Identifier
from services.registry.schemas import initiatives as schemas
from shared import web
from shared.database import Database
from shared.i18n import say
from shared.people import Person
from shared.problems import ChangedMeanwhile, InvalidInput, Problem

router = web.page_router()
PARTS: dict[str, type[BaseModel]] = {"tasks": schemas.Task, "budget": schemas.BudgetLine, "pledges": schemas.Pledge}


@router.post(HOME + "/suggestions/{suggestion_id}")
async def answer_suggestion(
    database: web.Database,
    person: web.CurrentPerson,
    suggestion_id: Identifier,
    do: Text = "",
    organisation_id: Text = "",
    because: Text = "",
    back: Text = "",
) -> Response:
    """Say for an organisation whether it wants the coalition that is suggested; `back` is the problem's page."""
    about: dict[str, Any] = {"by": person, "suggestion_id": suggestion_id, "organisation_id": organisation_id}
    if do == "accept":
        row = await database.write(commands.accept_suggestion, **about)
        if row.initiative_id is not None:
            return RedirectResponse(f"{HOME}/{row.initiative_id}?notice=formed", status_code=303)
    else:
        row = await database.write(commands.decline_suggestion, **about, because=because.strip()[:1000])
    where = f"/registry/problems/{row.problem_id}" if back == "problem" and row.problem_id else HOME
    return RedirectResponse(f"{where}?notice={'wanted' if do == 'accept' else 'declined'}", status_code=303)


@router.post(HOME + "/{initiative_id}/lines")
async def change_lines(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    initiative_id: Identifier,
    version: Version,
    typed: initiative_form.Line,
    part: Text = "tasks",
    do: Text = "add",
    place: Annotated[int, Form(ge=0, le=1000)] = 0,
) -> Response:
    """Add a task, a line of the budget or a pledge, take one off, or tick a task."""
    part = part if part in PARTS else "tasks"
    row = await database.read(queries.initiative, initiative_id)
    lines: list[Any] = [dict(one) for one in getattr(row, part)]
    line = typed[part]
    if resource_id := line.get("resource_id"):
        line["organisation_id"] = await _giver(database, initiative_id, resource_id) or line["organisation_id"]
    notice = "saved"
    try:
        if do == "add":
            lines.append(PARTS[part].model_validate(line).model_dump(mode="json"))
        elif place < len(lines):
            lines = [*lines[:place], *initiative_form.instead(lines[place], do), *lines[place + 1 :]]
        changes = schemas.InitiativeChange.model_validate({part: lines}).changes()
        about: dict[str, Any] = {"by": person, "initiative_id": initiative_id, "version": version}
        await database.write(commands.change_initiative, **about, changes=changes)
    except (ValidationError, InvalidInput) as wrong:
        faults = {f"{part}-{field}": text for field, text in initiative_form.line_faults(wrong).items()}
        return await card_page(request, database, person, initiative_id, faults=faults)
    except ChangedMeanwhile:
        notice = "changed"
    return RedirectResponse(f"{HOME}/{initiative_id}?notice={notice}#{part}", status_code=303)


@router.post(HOME + "/{initiative_id}/join")
async def join(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    initiative_id: Identifier,
    organisation_id: Text = "",
    role: Text = "partner",
) -> Response:
    """Let an organisation join, or have another role."""
    wanted = next((one for one in words.INITIATIVE_ROLES if one == role), "partner")
    return await _member(
        request, database, person, initiative_id, commands.join_initiative, organisation_id, role=wanted
    )


@router.post(HOME + "/{initiative_id}/leave")
async def leave(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    initiative_id: Identifier,
    organisation_id: Text = "",
) -> Response:
    """Let an organisation leave."""
    return await _member(request, database, person, initiative_id, commands.leave_initiative, organisation_id)


async def _member(
    request: Request,
    database: Database,
    person: Person,
    initiative_id: str,
    command: Any,
    organisation_id: str,
    **values: Any,
) -> Response:
    """Change who belongs to a coalition; what is refused is said on its page."""
    about = {"by": person, "initiative_id": initiative_id, "organisation_id": organisation_id}
    try:
        await database.write(command, **about, **values)
    except Problem as refusal:
        if refusal.status != 409:
            raise
        fault = {"members": f"{say(refusal.title)}. {say(refusal.detail)}"}
        return await card_page(request, database, person, initiative_id, faults=fault, status=409)
    return RedirectResponse(f"{HOME}/{initiative_id}?notice=saved", status_code=303)


async def _giver(database: Database, initiative_id: str, resource_id: str) -> str:
    """Say whose what was chosen is: who chooses a thing need not say so."""
    card = await database.read(queries.initiative_card, initiative_id=initiative_id)
    return next((one.organisation_id for one in card.offered if one.id == resource_id), "")
