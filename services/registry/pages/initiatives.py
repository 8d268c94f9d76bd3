"""Coalitions: the list with those that are suggested, one of them, and what its members change there."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ValidationError

from services.registry import commands, queries
from services.registry.domain.permissions import (
    may_edit_initiative,
    may_form_initiative,
    may_join_initiative,
    may_see_budget,
)
from services.registry.models import Initiative, InitiativeSuggestion
from services.registry.pages import initiative_form, words
from services.registry.pages.typed import Several, Text, Version
from services.registry.schemas import Identifier
from services.registry.schemas import initiatives as schemas
from shared import clock, web
from shared.database import Database
from shared.i18n import plural, say
from shared.pages import Pages
from shared.paging import Paging, page_of
from shared.people import Person, must
from shared.problems import ChangedMeanwhile, InvalidInput, Problem

router = APIRouter(include_in_schema=False)
templates = Pages("registry")
EVERYTHING = Paging(limit=200)
HOME = "/registry/initiatives"
PARTS: dict[str, type[BaseModel]] = {"tasks": schemas.Task, "budget": schemas.BudgetLine, "pledges": schemas.Pledge}
NOTICES = {
    "saved": "It is saved.",
    "formed": "The initiative is formed.",
    "wanted": "Thank you. The initiative is formed as soon as one more says yes.",
    "declined": "It is declined, and you are not asked again.",
    "changed": "Somebody else changed this a moment ago. Look again, and repeat your change if need be.",
}
"""What a page says after something was done; the address names the sentence."""


@router.get(HOME)
async def initiatives(
    request: Request, database: web.Database, person: web.MaybePerson, paging: web.Paging, notice: str = ""
) -> Response:
    """Show the coalitions, and to those who could form one what is suggested to them."""
    rows = await database.read(queries.initiatives, paging=paging)
    shown, cursor = page_of(paging, rows, lambda row: row.id)
    suggested = await database.read(queries.suggestions, viewer=person, paging=EVERYTHING) if person else []
    ids = {one for row in shown for one in row.organisation_ids} | named_in(suggested)
    mine = await database.read(queries.spoken_for, viewer=person)
    return templates.page(
        request,
        "initiatives.html",
        initiatives=shown,
        suggestions=suggestions_in_words(suggested),
        names=await database.read(queries.organisation_names, ids),
        mine=[(row.id, row.name) for row in mine],
        notice=notice_of(notice),
        next=f"{HOME}?cursor={cursor}" if cursor else None,
    )


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


@router.get(HOME + "/{initiative_id}")
async def initiative(
    request: Request, database: web.Database, person: web.MaybePerson, initiative_id: Identifier, notice: str = ""
) -> Response:
    """Show one coalition: who is in it, what it wants, what is to be done, and what it has."""
    return await _card(request, database, person, initiative_id, notice=notice)


@router.get(HOME + "/{initiative_id}/application")
async def application(
    request: Request, database: web.Database, person: web.MaybePerson, initiative_id: Identifier
) -> Response:
    """Show the application to the participatory budget as a checklist, to be printed."""
    card = await database.read(queries.initiative_card, initiative_id=initiative_id)
    return templates.page(
        request,
        "initiative-application.html",
        card=card,
        day_of=date.fromisoformat,
        deadline=deadline_in_words(card.initiative, clock.today(request.app.state.settings.zone)),
        roles=words.said(words.INITIATIVE_ROLES),
        statuses=words.said(words.BUDGET_STATUSES),
        may_see_budget=may_see_budget(person),
    )


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
    title: Text = "",
    goal: Text = "",
    problem_ids: Several = (),
    events: Text = "",
    edition: Text = "",
    deadline_on: Text = "",
    amount_asked: Text = "",
) -> Response:
    """Save what a coalition wants; what was typed stays where something is wrong or somebody else was faster."""
    typed = {"title": title, "goal": goal, "problem_ids": problem_ids, "events": events}
    typed |= {"edition": edition, "deadline_on": deadline_on, "amount_asked": amount_asked}
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
        told = say("Somebody else changed this meanwhile. Look at it in another tab, then save again.")
        return await _edit(request, database, row, typed, {"title": told}, status=412)
    return RedirectResponse(f"{HOME}/{initiative_id}?notice=saved", status_code=303)


@router.post(HOME + "/{initiative_id}/lines")
async def change_lines(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    initiative_id: Identifier,
    version: Version,
    part: Text = "tasks",
    do: Text = "add",
    place: Annotated[int, Form(ge=0, le=1000)] = 0,
    what: Text = "",
    organisation_id: Text = "",
    resource_id: Text = "",
    until_on: Text = "",
    amount: Text = "",
    source: Text = "",
    status: Text = "planned",
    quantity: Text = "1",
) -> Response:
    """Add a task, a line of the budget or a pledge, take one off, or tick a task."""
    part = part if part in PARTS else "tasks"
    row = await database.read(queries.initiative, initiative_id)
    lines: list[Any] = [dict(one) for one in getattr(row, part)]
    typed = {
        "tasks": {"what": what, "organisation_id": organisation_id or None, "until_on": until_on or None},
        "budget": {
            "what": what,
            "amount": initiative_form.amount_of(amount),
            "source": source,
            "status": status,
        },
        "pledges": {
            "what": what,
            "organisation_id": await _giver(database, initiative_id, resource_id) or organisation_id,
            "resource_id": resource_id or None,
            "quantity": quantity,
        },
    }
    notice = "saved"
    try:
        if do == "add":
            lines.append(PARTS[part].model_validate(typed[part]).model_dump(mode="json"))
        elif place < len(lines):
            lines = [*lines[:place], *initiative_form.instead(lines[place], do), *lines[place + 1 :]]
        changes = schemas.InitiativeChange.model_validate({part: lines}).changes()
        about: dict[str, Any] = {"by": person, "initiative_id": initiative_id, "version": version}
        await database.write(commands.change_initiative, **about, changes=changes)
    except (ValidationError, InvalidInput) as wrong:
        faults = {f"{part}-{field}": text for field, text in initiative_form.line_faults(wrong).items()}
        return await _card(request, database, person, initiative_id, faults=faults)
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


def deadline_in_words(row: Initiative, today: date) -> str:
    """Say how long there is time to apply."""
    if row.application is None:
        return ""
    days = (schemas.Application.model_validate(row.application).deadline_on - today).days
    if days < 0:
        return say("The time to apply is over.")
    if days == 0:
        return say("Today is the last day to apply.")
    return plural("There is {n} day left to apply.", "There are {n} days left to apply.", days)


def suggestions_in_words(rows: Sequence[InitiativeSuggestion]) -> list[tuple[InitiativeSuggestion, list[str]]]:
    """Give suggestions, each with the sentences that say why."""
    return [(row, schemas.reasons_in_words(row)) for row in rows]


def named_in(rows: Iterable[InitiativeSuggestion]) -> set[str]:
    """Give the ids of all organisations that suggestions name."""
    return {one for row in rows for one in (*row.organisation_ids, *row.declined_ids)}


def notice_of(code: str) -> str | None:
    """Say what was done, in the language of the running request."""
    return say(NOTICES[code]) if code in NOTICES else None


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
        return await _card(request, database, person, initiative_id, faults=fault, status=409)
    return RedirectResponse(f"{HOME}/{initiative_id}?notice=saved", status_code=303)


async def _giver(database: Database, initiative_id: str, resource_id: str) -> str:
    """Say whose what was chosen is: who chooses a thing need not say so."""
    card = await database.read(queries.initiative_card, initiative_id=initiative_id)
    return next((one.organisation_id for one in card.offered if one.id == resource_id), "")


async def _problems(database: Database) -> list[tuple[str, str]]:
    return [(row.id, row.title) for row in await database.read(queries.problems, paging=EVERYTHING)]


async def _new(
    request: Request, database: Database, person: Person, typed: Any, faults: dict[str, str] | None = None
) -> Response:
    mine = await database.read(queries.spoken_for, viewer=person)
    return templates.page(
        request,
        "initiative-new.html",
        status=422 if faults else 200,
        typed=typed,
        mine=[(row.id, row.name) for row in mine],
        problems=await _problems(database),
        faults=faults or {},
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
    return templates.page(
        request,
        "initiative-edit.html",
        status=status if faults else 200,
        initiative=row,
        typed=typed,
        version=version or row.version,
        problems=await _problems(database),
        faults=faults or {},
    )


async def _card(
    request: Request,
    database: Database,
    person: Person | None,
    initiative_id: str,
    *,
    notice: str = "",
    faults: dict[str, str] | None = None,
    status: int = 422,
) -> Response:
    card = await database.read(queries.initiative_card, initiative_id=initiative_id)
    row = card.initiative
    mine = await database.read(queries.spoken_for, viewer=person)
    return templates.page(
        request,
        "initiative.html",
        status=status if faults else 200,
        card=card,
        day_of=date.fromisoformat,
        deadline=deadline_in_words(row, clock.today(request.app.state.settings.zone)),
        roles=words.said(words.INITIATIVE_ROLES),
        statuses=words.said(words.BUDGET_STATUSES),
        mine=[(one.id, one.name) for one in mine],
        may_edit=may_edit_initiative(person, row.organisations_as("lead", "partner")),
        may_leave=lambda organisation_id: may_join_initiative(person, organisation_id),
        may_see_budget=may_see_budget(person),
        notice=notice_of(notice),
        faults=faults or {},
    )
