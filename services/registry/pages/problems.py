"""The neighbourhood's problems: the list, one of them with its path, and what those who work here do with it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.registry import commands, queries
from services.registry.domain.participation import STAGES, next_stage
from services.registry.domain.permissions import (
    may_moderate_problems,
    may_move_problem,
    may_name_problem,
)
from services.registry.domain.plans import Stage
from services.registry.models import InitiativeSuggestion, Problem
from services.registry.pages import problem_form, words
from services.registry.pages.initiatives import named_in, suggestions_in_words
from services.registry.pages.typed import Several, Text, Version, wrong_fields
from services.registry.schemas import Identifier
from services.registry.schemas import problems as schemas
from shared import clock, i18n, web
from shared.database import Database
from shared.i18n import say
from shared.pages import Pages
from shared.paging import Paging, page_of
from shared.people import Person, must
from shared.problems import ChangedMeanwhile, InvalidInput, NotSignedIn
from shared.reasons import AUDIENCE_LABELS

router = APIRouter(include_in_schema=False)
templates = Pages("registry")
EVERYTHING = Paging(limit=200)
LOOKS = {"adopted": "information", "in_work": "information", "solved": "success", "dropped": "muted"}
"""How a status looks (the kinds of `tag`)."""
NOTICES = {
    "supported": "Thank you. Your support is counted.",
    "counted": "Your support was counted today already.",
    "saved": "It is saved.",
    "withdrawn": "The support is taken back.",
    "wanted": "Thank you. The initiative is formed as soon as one more says yes.",
    "declined": "It is declined, and you are not asked again.",
    "let_through": "It is public now.",
    "changed": "Somebody else changed this a moment ago. Look again, and repeat your change if need be.",
}
"""What a page says after something was done; the address names the sentence."""


@router.get("/registry/problems")
async def problems(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    paging: web.Paging,
    status: str = "",
    theme: Annotated[str, Query(max_length=60)] = "",
    notice: str = "",
) -> Response:
    """Show the neighbourhood's problems, by status and theme, and the coalitions that want to solve them."""
    wanted = next((one for one in words.PROBLEM_STATUSES if one == status), None)
    rows = await database.read(queries.problems, paging=paging, status=wanted, theme=theme or None)
    shown, cursor = page_of(paging, rows, lambda row: row.id)
    following = request.url.include_query_params(cursor=cursor).query if cursor else None
    return templates.page(
        request,
        "problems.html",
        problems=shown,
        initiatives=await database.read(queries.initiatives, paging=EVERYTHING),
        wanted=wanted or "",
        statuses=words.said(words.PROBLEM_STATUSES),
        looks=LOOKS,
        theme=theme,
        themes=await _themes(database),
        notice=notice_of(notice),
        may_moderate=may_moderate_problems(person),
        next=f"/registry/problems?{following}" if following else None,
    )


@router.get("/registry/problems/new")
async def ask_to_name(request: Request, database: web.Database, person: web.CurrentPerson) -> Response:
    """Show those who work here the form for a new problem."""
    must(may_name_problem(person))
    return await _form(
        request, database, None, problem_form.typed_of(Problem(title="", audiences=[], themes=[], evidence=[]))
    )


@router.post("/registry/problems/new")
async def name(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    title: Text = "",
    description: Text = "",
    address: Text = "",
    point: Text = "",
    affected: Text = "",
    affected_number: Text = "",
    audiences: Several = (),
    themes: Several = (),
    evidence: Text = "",
) -> Response:
    """Name a problem; what was typed stays where something is wrong."""
    must(may_name_problem(person))
    typed = _typed(title, description, address, point, affected, affected_number, audiences, themes, evidence)
    try:
        body = schemas.ProblemBody(**problem_form.read(typed))
        problem = await database.write(commands.name_problem, by=person, plan=body.plan())
    except (ValidationError, InvalidInput) as wrong:
        return await _form(request, database, None, typed, problem_form.faults_of(wrong))
    return RedirectResponse(f"/registry/problems/{problem.id}?notice=saved", status_code=303)


@router.get("/registry/problems/{problem_id}")
async def problem(
    request: Request, database: web.Database, person: web.MaybePerson, problem_id: Identifier, notice: str = ""
) -> Response:
    """Show one problem: what is known, who supports it, what became of it, and how residents take part."""
    return await _card(request, database, person, problem_id, notice=notice)


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
    title: Text = "",
    description: Text = "",
    address: Text = "",
    point: Text = "",
    affected: Text = "",
    affected_number: Text = "",
    audiences: Several = (),
    themes: Several = (),
    evidence: Text = "",
) -> Response:
    """Reword a problem; what was typed stays where something is wrong or somebody else was faster."""
    must(may_name_problem(person))
    typed = _typed(title, description, address, point, affected, affected_number, audiences, themes, evidence)
    row = await database.read(queries.problem, problem_id)
    about: dict[str, Any] = {"by": person, "problem_id": problem_id, "version": version}
    try:
        changes = schemas.ProblemChange(**problem_form.read(typed)).changes()
        await database.write(commands.change_problem, **about, changes=changes)
    except (ValidationError, InvalidInput) as wrong:
        return await _form(request, database, row, typed, problem_form.faults_of(wrong), version=version)
    except ChangedMeanwhile:
        told = say("Somebody else changed this meanwhile. Look at it in another tab, then save again.")
        return await _form(request, database, row, typed, {"title": told}, status=412)
    return RedirectResponse(f"/registry/problems/{problem_id}?notice=saved", status_code=303)


@router.post("/registry/problems/{problem_id}/support")
async def support(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    problem_id: Identifier,
    organisation_id: Text = "",
    back: Text = "",
) -> Response:
    """Support a problem: in an organisation's name, or as a resident, of whom nothing is asked."""
    if organisation_id:
        if person is None:
            raise NotSignedIn
        await database.write(
            commands.support_problem, by=person, problem_id=problem_id, organisation_id=organisation_id
        )
        return RedirectResponse(f"/registry/problems/{problem_id}?notice=supported", status_code=303)
    await web.limit(request, "answer")
    today = clock.now().date()
    who = request.app.state.daily_hash.of(today, "support", problem_id, web.client_of(request))
    counted = await database.write(commands.support_as_resident, problem_id=problem_id, who=who, on=today)
    notice = "supported" if counted else "counted"
    where = f"?notice={notice}#problem-{problem_id}" if back == "list" else f"/{problem_id}?notice={notice}"
    return RedirectResponse(f"/registry/problems{where}", status_code=303)


@router.post("/registry/problems/{problem_id}/withdraw")
async def withdraw(
    database: web.Database, person: web.CurrentPerson, problem_id: Identifier, organisation_id: Text = ""
) -> Response:
    """Take an organisation's support back."""
    await database.write(commands.withdraw_support, by=person, problem_id=problem_id, organisation_id=organisation_id)
    return RedirectResponse(f"/registry/problems/{problem_id}?notice=withdrawn", status_code=303)


@router.post("/registry/problems/{problem_id}/status")
async def move(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    problem_id: Identifier,
    version: Version,
    status: Text = "",
    because: Text = "",
) -> Response:
    """Say what became of a problem, and why."""
    must(may_move_problem(person))
    notice = "saved"
    try:
        body = schemas.StatusBody.model_validate({"status": status, "because": because})
        about: dict[str, Any] = {"by": person, "problem_id": problem_id, "version": version}
        await database.write(commands.move_problem, **about, plan=body.plan())
    except ValidationError as wrong:
        sentences = {"status": say("Choose from the list."), "because": say("Write why, in a sentence.")}
        return await _card(request, database, person, problem_id, faults=wrong_fields(wrong, sentences))
    except ChangedMeanwhile:
        notice = "changed"
    return RedirectResponse(f"/registry/problems/{problem_id}?notice={notice}", status_code=303)


@router.post("/registry/problems/{problem_id}/stages")
async def enter_stage(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    problem_id: Identifier,
    version: Version,
    stage: Text = "",
    held_on: Text = "",
    event: Text = "",
    result: Text = "",
    do: Text = "save",
) -> Response:
    """Enter a step of the participation path, correct it, or take it off again."""
    must(may_move_problem(person))
    which: Stage = next((one for one in STAGES if one == stage), "diagnosis")
    about: dict[str, Any] = {"by": person, "problem_id": problem_id, "version": version, "stage": which}
    notice = "saved"
    try:
        if do == "remove":
            await database.write(commands.remove_stage, **about)
        else:
            said = {"held_on": held_on, "event_id": event.strip().rstrip("/").rpartition("/")[2] or None}
            body = schemas.StageBody.model_validate({**said, "result": result})
            await database.write(commands.enter_stage, **about, plan=body.plan())
    except (ValidationError, InvalidInput) as wrong:
        return await _card(request, database, person, problem_id, faults=problem_form.stage_faults(wrong))
    except ChangedMeanwhile:
        notice = "changed"
    return RedirectResponse(f"/registry/problems/{problem_id}?notice={notice}#path", status_code=303)


def notice_of(code: str) -> str | None:
    """Say what was done, in the language of the running request."""
    return say(NOTICES[code]) if code in NOTICES else None


def _typed(*values: Any) -> dict[str, Any]:
    names = ("title", "description", "address", "point", "affected", "affected_number", "audiences", "themes")
    return dict(zip((*names, "evidence"), values, strict=True))


async def _suggested(database: Database, person: Person | None, problem_id: str) -> Sequence[InitiativeSuggestion]:
    """Give the coalitions that are suggested around a problem to those whom they concern."""
    if person is None:
        return []
    return await database.read(queries.suggestions, viewer=person, paging=EVERYTHING, problem_id=problem_id)


async def _themes(database: Database) -> dict[str, str]:
    """Give the themes by code, in the language of the running request, by name."""
    rows = await database.read(queries.offered_themes)
    names = {row.code: row.name_en if i18n.language.get() == "en" else row.name_pl for row in rows}
    return dict(sorted(names.items(), key=lambda pair: pair[1].casefold()))


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
    return templates.page(
        request,
        "problem-edit.html",
        status=status if faults else 200,
        problem=row,
        typed=typed,
        version=version or (row.version if row else 0),
        audiences=list(words.said(AUDIENCE_LABELS).items()),
        themes=list((await _themes(database)).items()),
        faults=faults or {},
    )


async def _card(
    request: Request,
    database: Database,
    person: Person | None,
    problem_id: str,
    *,
    notice: str = "",
    faults: dict[str, str] | None = None,
) -> Response:
    door = web.door_of(request)
    about: dict[str, Any] = {"viewer": person, "problem_id": problem_id}
    card = await commands.disclose(database, person, door, queries.problem_card, **about)
    ours = await database.read(queries.spoken_for, viewer=person)
    stages = {one.stage: one for one in card.problem.stages}
    suggested = await _suggested(database, person, problem_id)
    return templates.page(
        request,
        "problem-card.html",
        status=422 if faults else 200,
        card=card,
        suggestions=suggestions_in_words(suggested),
        names=await database.read(queries.organisation_names, named_in(suggested)),
        mine=[(row.id, row.name) for row in ours],
        supporting=[row for row in ours if row.id in card.problem.supporter_ids],
        could_support=[(row.id, row.name) for row in ours if row.id not in card.problem.supporter_ids],
        statuses=words.said(words.PROBLEM_STATUSES),
        looks=LOOKS,
        stages=[(stage, stages.get(stage)) for stage in STAGES],
        stage_names=words.said(words.STAGES),
        next_stage=next_stage({stage: one.held_on for stage, one in stages.items()}),
        themes=await _themes(database),
        audiences=[say(AUDIENCE_LABELS.get(one, one)) for one in card.problem.audiences],
        may_edit=may_name_problem(person),
        may_move=may_move_problem(person),
        notice=notice_of(notice),
        faults=faults or {},
    )
