"""One's own account: who one is here, where one is signed in, one's password, staying signed in and signing out."""

import asyncio
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.registry import commands, queries
from services.registry.domain.mail_addresses import email_hash_of
from services.registry.domain.passwords import LONGEST, SHORTEST, weakness_of
from services.registry.domain.slow_hashes import slow_hash_of
from services.registry.pages import words
from services.registry.pages.cookies import local, renew
from services.registry.pages.cookies import sign_out as forget_session
from services.registry.problems import PasswordElsewhere
from services.registry.schemas import Identifier
from shared import auth, clock, web
from shared.i18n import say
from shared.pages import Pages
from shared.people import Person

router = web.page_router()
templates = Pages("registry")

ACCOUNT = "/registry/account"
NOTICES = {
    "ended": "The session is ended. That browser must sign in again.",
    "others-ended": "You are signed in here only.",
    "password": "From now on you can also sign in with your password.",
    "no-password": "Your password is removed. You sign in with codes.",
}
"""What the page says after something was done; the address names the sentence."""
WEAKNESSES = {
    "short": "A password has at least {least} characters. A whole sentence is easy to remember.",
    "long": "A password has at most {most} characters.",
    "common": "Many people use this password, so it is tried first. Choose a sentence of your own.",
    "own": "This is your name or your address, so it is tried first. Choose something else.",
}
WAYS = {"code": "by a code", "link": "by a link", "password": "by your password"}


@router.get("/registry/account")
async def account(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    notice: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Show somebody who they are here: roles, contacts, sessions, password."""
    return await _account_page(request, database, person, notice=NOTICES.get(notice))


@router.post("/registry/account/sessions/{session_id}/end")
async def end_own_session(
    request: Request, database: web.Database, person: web.CurrentPerson, session_id: Identifier
) -> Response:
    """End one of one's sessions; the one of this browser signs out."""
    await database.write(commands.end_own_session, by=person, session_id=session_id)
    if session_id != person.session_id:
        return RedirectResponse(f"{ACCOUNT}?notice=ended", status_code=303)
    response = RedirectResponse("/", status_code=303)
    forget_session(response, request)
    return response


@router.post("/registry/account/sessions/end-others")
async def end_other_sessions(database: web.Database, person: web.CurrentPerson) -> Response:
    """End all of one's sessions but the one of this browser."""
    await database.write(commands.end_other_sessions, by=person)
    return RedirectResponse(f"{ACCOUNT}?notice=others-ended", status_code=303)


@router.post("/registry/account/password")
async def set_password(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    password: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Set or change one's password, if it is good enough."""
    addresses = await database.read(queries.mail_addresses_of, person_id=person.id)
    weakness = weakness_of(password, (person.name, *addresses))
    if weakness is not None:
        fault = say(WEAKNESSES[weakness], least=SHORTEST, most=LONGEST)
        return await _account_page(request, database, person, fault=fault)
    password_hash = await asyncio.to_thread(slow_hash_of, password)
    hashes = [email_hash_of(address) for address in addresses]
    try:
        await database.write(commands.set_password, by=person, password_hash=password_hash, email_hashes=hashes)
    except PasswordElsewhere as problem:
        return await _account_page(request, database, person, fault=f"{say(problem.title)}. {say(problem.detail)}")
    return RedirectResponse(f"{ACCOUNT}?notice=password", status_code=303)


@router.post("/registry/account/password/remove")
async def remove_password(database: web.Database, person: web.CurrentPerson) -> Response:
    """Remove one's password."""
    await database.write(commands.remove_password, by=person)
    return RedirectResponse(f"{ACCOUNT}?notice=no-password", status_code=303)


@router.get("/registry/session")
async def refresh(
    request: Request, database: web.Database, next: Annotated[str, Query(max_length=2000)] = "/"
) -> Response:
    """Give a browser with a session a new token, and send it back to where it came from; else sign it out."""
    return await _refreshed(request, database, back=local(next), otherwise=local(next), status=303)


@router.post("/registry/session")
async def refresh_and_send_again(
    request: Request, database: web.Database, next: Annotated[str, Query(max_length=2000)] = "/"
) -> Response:
    """Do the same for a form that was sent with an old token: 307 lets the browser send it again (RFC 9110 §15.4.8).

    The form itself is of no interest here. When the session is over too, one signs in and fills the form in again.
    """
    async for _ in request.stream():
        pass
    form = urlsplit(request.headers.get("referer", ""))
    page = local(form.path + (f"?{form.query}" if form.query else "")) if form.path else local(next)
    otherwise = f"/registry/sign-in?{urlencode({'next': page})}"
    return await _refreshed(request, database, back=local(next), otherwise=otherwise, status=307)


async def _refreshed(request: Request, database: web.Database, *, back: str, otherwise: str, status: int) -> Response:
    """Renew the token and go `back`; with a session that is over go on signed out, and always by GET."""
    secret = web.cookie_of(request, auth.SESSION_COOKIE)
    token = await database.write(commands.refresh, secret=secret) if secret else None
    if token is None:
        response = RedirectResponse(otherwise, status_code=303)
        forget_session(response, request)
    else:
        response = RedirectResponse(back, status_code=status)
        renew(response, request, token)
    response.headers["Cache-Control"] = "no-store"
    return response


@router.post("/registry/sign-out")
async def sign_out(request: Request, database: web.Database) -> Response:
    """End the session and forget its cookies."""
    secret = web.cookie_of(request, auth.SESSION_COOKIE)
    if secret:
        await database.write(commands.end_session, secret=secret)
    response = RedirectResponse("/", status_code=303)
    forget_session(response, request)
    return response


async def _account_page(
    request: Request,
    database: web.Database,
    person: Person,
    *,
    notice: str | None = None,
    fault: str | None = None,
) -> Response:
    found = await database.read(queries.account, viewer=person, now=clock.now())
    return templates.page(
        request,
        "account.html",
        status=422 if fault else 200,
        found=found,
        roles=words.said(words.ROLES),
        ways=words.said(WAYS),
        visibilities={**words.said(words.VISIBILITIES), "public": say("public")},
        is_shown=words.is_shown,
        notice=say(notice) if notice else None,
        fault=fault,
    )
