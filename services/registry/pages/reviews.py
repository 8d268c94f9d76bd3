"""The review queue: cards that somebody should look at again, each with the reasons and one press to confirm."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.registry import commands, queries
from services.registry.domain.permissions import may_review_all
from services.registry.pages import words
from services.registry.schemas import Identifier
from shared import clock, web
from shared.pages import Pages
from shared.paging import page_of

router = web.page_router()
templates = Pages("registry")


@router.get("/registry/review")
async def cards_to_review(
    request: Request, database: web.Database, person: web.CurrentPerson, paging: web.Paging, reason: str = ""
) -> Response:
    """Show the cards to be looked at again: all of them, or those of one's own institutions."""
    wanted = reason if reason in words.REVIEW_REASONS else None
    today = clock.today(request.app.state.settings.zone)
    rows = await database.read(queries.cards_to_review, viewer=person, paging=paging, today=today, reason=wanted)
    asked = [] if wanted or paging.after else await database.read(queries.needs_to_answer, viewer=person)
    shown, cursor = page_of(paging, rows, lambda one: (one.organisation.name, one.organisation.id))
    following = request.url.include_query_params(cursor=cursor).query if cursor else None
    return templates.page(
        request,
        "review.html",
        cards=shown,
        needs=asked,
        reason=wanted or "",
        reasons=words.said(words.REVIEW_REASONS),
        sees_all=may_review_all(person),
        notice=request.query_params.get("notice", ""),
        next=f"/registry/review?{following}" if following else None,
    )


@router.post("/registry/organisations/{organisation_id}/confirm")
async def confirm(
    request: Request, database: web.Database, person: web.CurrentPerson, organisation_id: Identifier, back: str = ""
) -> Response:
    """Say that a card is still right, and go back to where the button was pressed."""
    today = clock.today(request.app.state.settings.zone)
    await database.write(commands.confirm_organisation, by=person, organisation_id=organisation_id, today=today)
    where = "/registry/review" if back == "review" else f"/registry/organisations/{organisation_id}"
    return RedirectResponse(f"{where}?notice=confirmed", status_code=303)
