"""The neighbourhood's problems: the list, and one of them with its path and those who could solve it."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query, Request, Response

from services.registry import commands, queries
from services.registry.domain.participation import STAGES, next_stage
from services.registry.domain.permissions import may_moderate_problems, may_move_problem, may_name_problem
from services.registry.models import InitiativeSuggestion
from services.registry.pages import words
from services.registry.pages.initiatives import named_in, suggestions_in_words
from services.registry.schemas import Identifier
from shared import i18n, web
from shared.database import Database
from shared.i18n import say
from shared.pages import Pages
from shared.paging import WHOLE, page_of
from shared.people import Person
from shared.reasons import AUDIENCE_LABELS

router = web.page_router()
templates = Pages("registry")
LOOKS = {"adopted": "information", "in_work": "information", "solved": "success", "dropped": "muted"}
"""How a status looks (the kinds of `tag`)."""


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
        initiatives=await database.read(queries.initiatives, paging=WHOLE),
        wanted=wanted or "",
        statuses=words.said(words.PROBLEM_STATUSES),
        looks=LOOKS,
        theme=theme,
        themes=await themes_by_name(database),
        notice=words.notice_of(notice),
        may_moderate=may_moderate_problems(person),
        next=f"/registry/problems?{following}" if following else None,
    )


@router.get("/registry/problems/{problem_id}")
async def problem(
    request: Request, database: web.Database, person: web.MaybePerson, problem_id: Identifier, notice: str = ""
) -> Response:
    """Show one problem: what is known, who supports it, what became of it, and how residents take part."""
    return await card_page(request, database, person, problem_id, notice=notice)


async def themes_by_name(database: Database) -> dict[str, str]:
    """Give the themes by code, in the language of the running request, by name."""
    rows = await database.read(queries.offered_themes)
    names = {row.code: row.name_en if i18n.language.get() == "en" else row.name_pl for row in rows}
    return dict(sorted(names.items(), key=lambda pair: pair[1].casefold()))


async def card_page(
    request: Request,
    database: Database,
    person: Person | None,
    problem_id: str,
    *,
    notice: str = "",
    faults: dict[str, str] | None = None,
) -> Response:
    """Show one problem, and what was wrong with what was posted on its page."""
    door = web.door_of(request)
    about: dict[str, Any] = {"viewer": person, "problem_id": problem_id}
    card = await commands.disclose(database, person, door, queries.problem_card, **about)
    mine = await database.read(queries.organisations_to_speak_for, person)
    stages = {one.stage: one for one in card.problem.stages}
    suggested = await _suggested(database, person, problem_id)
    return templates.form(
        request,
        "problem-card.html",
        faults,
        card=card,
        suggestions=suggestions_in_words(suggested),
        names=await database.read(queries.organisation_names, named_in(suggested)),
        mine=mine,
        supporting=[one for one in mine if one[0] in card.problem.supporter_ids],
        could_support=[one for one in mine if one[0] not in card.problem.supporter_ids],
        statuses=words.said(words.PROBLEM_STATUSES),
        looks=LOOKS,
        stages=[(stage, stages.get(stage)) for stage in STAGES],
        stage_names=words.said(words.STAGES),
        next_stage=next_stage({stage: one.held_on for stage, one in stages.items()}),
        themes=await themes_by_name(database),
        audiences=[say(AUDIENCE_LABELS.get(one, one)) for one in card.problem.audiences],
        may_edit=may_name_problem(person),
        may_move=may_move_problem(person),
        notice=words.notice_of(notice),
    )


async def _suggested(database: Database, person: Person | None, problem_id: str) -> Sequence[InitiativeSuggestion]:
    """Give the coalitions that are suggested around a problem to those whom they concern."""
    if person is None:
        return []
    return await database.read(queries.suggestions, viewer=person, paging=WHOLE, problem_id=problem_id)
