"""Coalitions: the list with those that are suggested, one of them, and its application to be printed."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from fastapi import Request, Response

from services.registry import queries
from services.registry.domain.permissions import may_edit_initiative, may_join_initiative, may_see_budget
from services.registry.models import Initiative, InitiativeSuggestion
from services.registry.pages import words
from services.registry.schemas import Identifier
from services.registry.schemas import initiatives as schemas
from shared import clock, web
from shared.database import Database
from shared.i18n import plural, say
from shared.pages import Pages
from shared.paging import WHOLE, page_of
from shared.people import Person

router = web.page_router()
templates = Pages("registry")
HOME = "/registry/initiatives"


@router.get(HOME)
async def initiatives(
    request: Request, database: web.Database, person: web.MaybePerson, paging: web.Paging, notice: str = ""
) -> Response:
    """Show the coalitions, and to those who could form one what is suggested to them."""
    rows = await database.read(queries.initiatives, paging=paging)
    shown, cursor = page_of(paging, rows, lambda row: row.id)
    suggested = await database.read(queries.suggestions, viewer=person, paging=WHOLE) if person else []
    ids = {one for row in shown for one in row.organisation_ids} | named_in(suggested)
    return templates.page(
        request,
        "initiatives.html",
        initiatives=shown,
        suggestions=suggestions_in_words(suggested),
        names=await database.read(queries.organisation_names, ids),
        mine=await database.read(queries.organisations_to_speak_for, person),
        notice=words.notice_of(notice),
        next=f"{HOME}?cursor={cursor}" if cursor else None,
    )


@router.get(HOME + "/{initiative_id}")
async def initiative(
    request: Request, database: web.Database, person: web.MaybePerson, initiative_id: Identifier, notice: str = ""
) -> Response:
    """Show one coalition: who is in it, what it wants, what is to be done, and what it has."""
    return await card_page(request, database, person, initiative_id, notice=notice)


@router.get(HOME + "/{initiative_id}/application")
async def application(
    request: Request, database: web.Database, person: web.MaybePerson, initiative_id: Identifier
) -> Response:
    """Show the application to the participatory budget as a checklist, to be printed."""
    card = await database.read(queries.initiative_card, initiative_id=initiative_id)
    return templates.page(
        request,
        "initiative-application.html",
        **_shown(request, card, person),
    )


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


async def card_page(
    request: Request,
    database: Database,
    person: Person | None,
    initiative_id: str,
    *,
    notice: str = "",
    faults: dict[str, str] | None = None,
    status: int = 422,
) -> Response:
    """Show one coalition, and what was wrong with what was posted on its page."""
    card = await database.read(queries.initiative_card, initiative_id=initiative_id)
    return templates.form(
        request,
        "initiative.html",
        faults,
        status=status,
        **_shown(request, card, person),
        mine=await database.read(queries.organisations_to_speak_for, person),
        may_edit=may_edit_initiative(person, card.initiative.organisations_as("lead", "partner")),
        may_leave=lambda organisation_id: may_join_initiative(person, organisation_id),
        notice=words.notice_of(notice),
    )


def _shown(request: Request, card: queries.InitiativeCard, person: Person | None) -> dict[str, Any]:
    """Give what the page of a coalition and its application both show."""
    return {
        "card": card,
        "day_of": date.fromisoformat,
        "deadline": deadline_in_words(card.initiative, clock.today(request.app.state.settings.zone)),
        "roles": words.said(words.INITIATIVE_ROLES),
        "statuses": words.said(words.BUDGET_STATUSES),
        "zlotys": words.zlotys,
        "may_see_budget": may_see_budget(person),
    }
