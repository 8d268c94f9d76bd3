"""The exchange board: what is needed beside what answers it; a match, and what the two sides say to it."""

from typing import Annotated, Any

from fastapi import Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.registry import commands, queries, schemas
from services.registry.domain.permissions import (
    may_answer_match,
    may_close_need,
    may_edit_organisation,
    may_state_needs,
)
from services.registry.models import Match, Need
from services.registry.pages import words
from services.registry.queries.exchange import MatchCard
from services.registry.schemas import Identifier
from services.registry.schemas.needs import said
from shared import web
from shared.i18n import language, say
from shared.identifiers import is_id
from shared.pages import Pages
from shared.paging import page_of
from shared.people import Person
from shared.reasons import DECLINES, declined_because

router = web.page_router()
templates = Pages("registry")
Text = Annotated[str, Form(max_length=10_000)]


@router.get("/registry/exchange")
async def exchange(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    paging: web.Paging,
    kind: Annotated[str, Query(max_length=20)] = "",
    theme: Annotated[str, Query(max_length=60)] = "",
    organisation_id: Annotated[str, Query(max_length=36)] = "",
) -> Response:
    """Show what is needed, what answers it, and what can be lent; to be narrowed by kind, theme and institution."""
    board = await database.read(
        queries.board,
        paging=paging,
        kind=kind if kind in words.RESOURCE_KINDS else None,
        theme=theme or None,
        organisation_id=organisation_id if is_id(organisation_id) else None,
    )
    shown, cursor = page_of(paging, board.needs, lambda one: one.need.id)
    following = request.url.include_query_params(cursor=cursor).query if cursor else None
    return templates.page(
        request,
        "exchange.html",
        board=board,
        needs=shown,
        asked={"kind": kind, "theme": theme, "organisation_id": organisation_id},
        kinds=words.said(words.RESOURCE_KINDS),
        zlotys=words.zlotys,
        themes=[(code, names[language.get()]) for code, names in board.themes.items()],
        organisations=await database.read(queries.organisations_in_need),
        next=f"/registry/exchange?{following}" if following else None,
        may_state=may_state_needs(person),
        **looks(person),
    )


@router.get("/registry/matches/{match_id}")
async def match(request: Request, database: web.Database, person: web.MaybePerson, match_id: Identifier) -> Response:
    """Show one match: what is needed, what answers it and why, and what was said to it."""
    return _match(request, await database.read(queries.match_card, match_id), person)


@router.post("/registry/matches/{match_id}")
async def answer_match(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    match_id: Identifier,
    do: Annotated[str, Form(max_length=10)] = "",
    decline_reason: Text = "",
    because: Text = "",
) -> Response:
    """Accept or decline it for one side; a decline without a reason is asked for one."""
    if do == "accept":
        await database.write(commands.accept_match, by=person, match_id=match_id)
    else:
        try:
            body = schemas.DeclineBody.model_validate({"decline_reason": decline_reason, "because": because})
        except ValidationError:
            card = await database.read(queries.match_card, match_id)
            faults = {"decline_reason": say("Choose why it does not suit.")}
            return _match(request, card, person, because=because, faults=faults)
        await database.write(commands.decline_match, by=person, match_id=match_id, plan=body.plan())
    return RedirectResponse(f"/registry/matches/{match_id}", status_code=303)


def looks(person: Person | None) -> dict[str, Any]:
    """Give what templates ask about needs and matches: their words, and what this person may do."""

    def may_answer(match: Match) -> bool:
        return may_answer_match(person, (match.need_organisation_id, match.resource_organisation_id))

    def may_change(need: Need) -> bool:
        return may_edit_organisation(person, need.organisation_id)

    return {
        "said": said,
        "may_answer": may_answer,
        "may_change": may_change,
        "may_close": lambda need: may_close_need(person, need.organisation_id),
        "statuses": words.said(words.NEED_STATUSES),
        "states": words.said(words.MATCH_STATES),
        "weekdays": words.said(words.WEEKDAYS),
    }


def _match(
    request: Request,
    card: MatchCard,
    person: Person | None,
    *,
    because: str = "",
    faults: dict[str, str] | None = None,
) -> Response:
    return templates.form(
        request,
        "match.html",
        faults,
        card=card,
        kinds=words.said(words.RESOURCE_KINDS),
        zlotys=words.zlotys,
        declines=list(words.said(DECLINES).items()),
        declined_because=declined_because,
        because=because,
        **looks(person),
    )
