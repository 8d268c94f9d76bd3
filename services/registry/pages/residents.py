"""Residents without an account name a problem; somebody lets it through or refuses it, and they can look which."""

from typing import Annotated, Any

from fastapi import Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.registry import commands, queries
from services.registry.domain.permissions import may_name_problem
from services.registry.pages.typed import Text, point_of, wrong_fields
from services.registry.schemas import Identifier
from services.registry.schemas.problems import RefusalBody, ResidentProblemBody
from shared import clock, web
from shared.i18n import say
from shared.pages import Pages
from shared.paging import WHOLE, page_of
from shared.problems import Problem

router = web.page_router()
templates = Pages("registry")
EMPTY = {"title": "", "description": "", "address": "", "point": ""}
MODERATION = "/registry/problems/moderation"


@router.get("/registry/problems/name")
async def ask_to_name(request: Request, person: web.MaybePerson) -> Response:
    """Show the form in which everybody can name a problem; who has a role here gets the longer one."""
    if may_name_problem(person):
        return RedirectResponse("/registry/problems/new", status_code=303)
    return _form(request, EMPTY)


@router.post("/registry/problems/name")
async def name(
    request: Request,
    database: web.Database,
    title: Text = "",
    description: Text = "",
    address: Text = "",
    point: Text = "",
) -> Response:
    """Let a problem wait until somebody lets it through, and say where to look what became of it."""
    typed = {"title": title, "description": description, "address": address, "point": point}
    await web.limit(request, "answer")
    try:
        body = ResidentProblemBody(title=title, description=description, address=address, **point_of(point))
    except ValidationError as wrong:
        return _form(request, typed, faults_of(wrong))
    today = clock.now().date()
    who = request.app.state.daily_hash.of(today, "name", web.client_of(request))
    try:
        made = await database.write(commands.name_as_resident, plan=body.plan(), who=who, on=today)
    except Problem as refusal:
        return _form(request, typed, {"title": f"{say(refusal.title)}. {say(refusal.detail)}"}, status=refusal.status)
    return RedirectResponse(f"/registry/problems/waiting?key={made.secret}", status_code=303)


@router.get("/registry/problems/waiting")
async def waiting(
    request: Request, database: web.Database, _person: web.MaybePerson, key: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """Show somebody what became of the problem that they named; what it says is shown to nobody here."""
    found = await database.read(queries.settlement, secret=key)
    where = f"{request.app.state.settings.address}/registry/problems/waiting?key={key}"
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return templates.page(request, "problem-waiting.html", found=found, where=where, headers=headers)


@router.get(MODERATION)
async def moderation(
    request: Request, database: web.Database, person: web.CurrentPerson, paging: web.Paging, notice: str = ""
) -> Response:
    """Show what residents named and nobody let through yet."""
    rows = await database.read(queries.waiting_problems, viewer=person, paging=paging)
    return _moderation(request, rows, paging, notice=notice)


@router.post(MODERATION + "/{waiting_id}")
async def settle(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    waiting_id: Identifier,
    version: Annotated[int, Form()],
    do: Text = "",
    title: Text = "",
    description: Text = "",
    address: Text = "",
    because: Text = "",
) -> Response:
    """Let through what a resident named, worded as it stands in the form now, or refuse it with a reason."""
    about: dict[str, Any] = {"by": person, "waiting_id": waiting_id, "version": version}
    try:
        if do == "let_through":
            said = ResidentProblemBody(title=title, description=description, address=address)
            wording = {"title": said.title, "description": said.description, "address": said.address}
            problem = await database.write(commands.let_through, **about, wording=wording)
            return RedirectResponse(f"/registry/problems/{problem.id}?notice=let_through", status_code=303)
        await database.write(commands.refuse_waiting, **about, because=RefusalBody(because=because).because)
    except ValidationError as wrong:
        rows = await database.read(queries.waiting_problems, viewer=person, paging=WHOLE)
        faults = {f"{field}-{waiting_id}": text for field, text in faults_of(wrong).items()}
        return _moderation(request, rows, WHOLE, faults=faults)
    return RedirectResponse(f"{MODERATION}?notice=refused", status_code=303)


def faults_of(wrong: ValidationError) -> dict[str, str]:
    """Say of each field of the form what is wrong with it."""
    sentences = {
        "title": say("Write in a few words what is wrong."),
        "because": say("Write why you refuse it: whoever named it can read that."),
        "description": say("This text is too long."),
        "address": say("This text is too long."),
    }
    return wrong_fields(wrong, sentences)


def _form(request: Request, typed: Any, faults: dict[str, str] | None = None, *, status: int = 422) -> Response:
    return templates.form(request, "problem-name.html", faults, status=status, typed=typed)


def _moderation(
    request: Request, rows: Any, paging: web.PagingValues, *, notice: str = "", faults: dict[str, str] | None = None
) -> Response:
    shown, cursor = page_of(paging, rows, lambda row: row.id)
    return templates.form(
        request,
        "problem-moderation.html",
        faults,
        waiting=shown,
        notice=notice,
        next=f"{MODERATION}?cursor={cursor}" if cursor else None,
    )
