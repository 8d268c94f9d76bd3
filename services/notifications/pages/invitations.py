"""People ask: whether they come to what they were invited to, by the link in their letter, without signing in."""

from typing import Annotated

from fastapi import Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.notifications import commands, queries
from services.notifications.domain.invitation_files import Answer
from shared import clock, web
from shared.i18n import when
from shared.pages import Pages

router = web.page_router()
pages = Pages("notifications")
Key = Annotated[str, Query(max_length=200)]
ADDRESS = "/notifications/invitations/answer"


@router.get(ADDRESS)
async def ask_for_answer(
    request: Request, database: web.Database, key: Key = "", answer: Answer | None = None
) -> HTMLResponse:
    """Ask to confirm an answer: programs that look into mail follow links, so this alone changes nothing."""
    asked = await database.read(queries.asked_by, key, clock.now())
    return _page(request, asked, key, chosen=answer or asked.answer, done=False)


@router.post(ADDRESS)
async def answer(
    request: Request, database: web.Database, answer: Annotated[Answer, Form()], key: Key = ""
) -> HTMLResponse:
    """Take the answer."""
    asked = await database.write(commands.answer_invitation, key=key, answer=answer)
    return _page(request, asked, key, chosen=answer, done=True)


@router.post("/notifications/deliveries/invitations/{letter_id}/retry")
async def retry(database: web.Database, person: web.CurrentPerson, letter_id: str) -> RedirectResponse:
    """Try a letter of invitation that was given up once more."""
    await database.write(commands.retry_invitation, by=person, letter_id=letter_id)
    return RedirectResponse("/notifications/deliveries/invitations", 303)


@router.get("/notifications/deliveries/invitations")
async def show_invitations(request: Request, database: web.Database, person: web.CurrentPerson) -> HTMLResponse:
    """Show the operator how letters of invitation fared, and what came back into the mailbox."""
    fared = await database.read(queries.invitations_fared, by=person)
    return pages.page(request, "invitations_fared.html", fared=fared)


def _page(request: Request, asked: queries.Asked, key: str, *, chosen: Answer | None, done: bool) -> HTMLResponse:
    its = asked.invitation
    return pages.page(
        request,
        "invitation_answer.html",
        headers={"Cache-Control": "no-store"},
        title=its.title,
        organiser=its.organiser,
        when=when(its.starts_at, its.ends_at, its.zone, its.all_day) if its.starts_at and its.ends_at else "",
        repeats=its.repeats,
        place=its.place,
        elsewhere=its.link,
        key=key,
        chosen=chosen,
        done=done,
    )
