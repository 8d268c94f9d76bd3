"""Signing in by a link that works once, keeping somebody signed in, signing out, and one's own account."""

import re
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.registry import commands, queries
from services.registry.commands.signing_in import SESSION_LIFETIME
from services.registry.models import Organisation
from services.registry.pages import words
from services.registry.problems import LinkNotValid
from shared import auth, clock, web
from shared.i18n import say
from shared.pages import Pages
from shared.settings import ServiceSettings

router = APIRouter(include_in_schema=False)
templates = Pages("registry")

LOCAL_ADDRESS = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")
Asked = Annotated[str, Query(max_length=2000)]
Typed = Annotated[str, Form(max_length=2000)]


@router.get("/registry/sign-in")
async def ask_to_sign_in(
    request: Request, database: web.Database, _person: web.MaybePerson, link: Asked = "", next: Asked = "/"
) -> Response:
    """Ask for the link, or to confirm it: opening a link alone changes nothing, since mail programs open links too."""
    found = await database.read(queries.linked_person, secret=secret_in(link), now=clock.now()) if link else None
    error = say(LinkNotValid.detail) if link and found is None else None
    return templates.page(request, "sign-in.html", found=found, pasted=link, next=local(next), error=error)


@router.post("/registry/sign-in")
async def sign_in(request: Request, database: web.Database, link: Typed = "", next: Typed = "/") -> Response:
    """Use the link up and sign the browser in."""
    try:
        session, token = await database.write(commands.sign_in, link_secret=secret_in(link))
    except LinkNotValid as problem:
        return templates.page(
            request,
            "sign-in.html",
            status=problem.status,
            found=None,
            pasted=link,
            next=local(next),
            error=say(problem.detail) if link.strip() else say("Paste the link that you were given."),
        )
    response = RedirectResponse(local(next), status_code=303)
    keep(response, request, auth.SESSION_COOKIE, session)
    keep(response, request, auth.TOKEN_COOKIE, token)
    return response


@router.get("/registry/session")
async def refresh(request: Request, database: web.Database, next: Asked = "/") -> Response:
    """Give a browser with a session a new token, and send it back to where it came from; else sign it out."""
    secret = request.cookies.get(auth.SESSION_COOKIE, "")
    token = await database.write(commands.refresh, secret=secret) if secret else None
    response = RedirectResponse(local(next), status_code=303)
    response.headers["Cache-Control"] = "no-store"
    if token is None:
        forget(response)
    else:
        keep(response, request, auth.TOKEN_COOKIE, token)
    return response


@router.post("/registry/sign-out")
async def sign_out(request: Request, database: web.Database) -> Response:
    """End the session and forget its cookies."""
    secret = request.cookies.get(auth.SESSION_COOKIE)
    if secret:
        await database.write(commands.end_session, secret=secret)
    response = RedirectResponse("/", status_code=303)
    forget(response)
    return response


@router.get("/registry/account")
async def account(request: Request, database: web.Database, person: web.CurrentPerson) -> Response:
    """Show somebody who they are here: roles, language, and their own contacts with who may see them."""
    card = await database.read(queries.person_card, viewer=person, person_id=person.id)
    names = {
        one.organisation_id: (await database.read(queries.named, Organisation, one.organisation_id)).name
        for one in card.person.memberships
    }
    return templates.page(
        request,
        "account.html",
        card=card,
        names=names,
        roles=words.said(words.ROLES),
        visibilities={**words.said(words.VISIBILITIES), "public": say("public")},
    )


def secret_in(text: str) -> str:
    """Find the secret in what somebody pasted: the whole link, or its last part alone."""
    pasted = text.strip()
    return next(iter(parse_qs(urlsplit(pasted).query).get("link", [])), pasted)


def local(address: str) -> str:
    """Give an address if it is one of ours, else the home page: nobody is sent to another site from here."""
    return address if LOCAL_ADDRESS.fullmatch(address) else "/"


def keep(response: Response, request: Request, name: str, value: str) -> None:
    """Set a cookie that scripts cannot read and other sites do not send along; both live as long as a session."""
    settings: ServiceSettings = request.app.state.settings
    seconds = int(SESSION_LIFETIME.total_seconds())
    response.set_cookie(
        name, value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=settings.is_secure
    )


def forget(response: Response) -> None:
    """Take both cookies back."""
    response.delete_cookie(auth.SESSION_COOKIE, path="/")
    response.delete_cookie(auth.TOKEN_COOKIE, path="/")
