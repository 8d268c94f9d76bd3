"""Signing in: by a code or a link from a letter, or by a password; every answer is the same for unknown addresses."""

import asyncio
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.registry import commands, queries
from services.registry.domain.mail_addresses import email_hash_of, is_mail_address
from services.registry.domain.secrets import new_secret
from services.registry.domain.slow_hashes import is_hash_of
from services.registry.models import Person
from services.registry.pages.cookies import WAITING_COOKIE, device_of, local, signed_in, wait_for_code
from services.registry.problems import CodeNotValid, LinkNotValid, PasswordRefused, TooManyPasswords
from shared import clock, web
from shared.i18n import say
from shared.pages import Pages
from shared.problems import Problem

router = web.page_router()
templates = Pages("registry")

CODE_PAGE = "/registry/sign-in/code"
Asked = Annotated[str, Query(max_length=2000)]
Typed = Annotated[str, Form(max_length=2000)]
Chosen = Annotated[str | None, Form(max_length=100)]


@router.get("/registry/sign-in")
async def ask_to_sign_in(
    request: Request, database: web.Database, _person: web.MaybePerson, link: Asked = "", next: Asked = "/"
) -> Response:
    """Ask for a mail address; or to confirm a link: opening it changes nothing, since mail programs open links too."""
    if not link:
        return sign_in_page(request, next)
    people = await database.read(queries.linked_people, secret=link, now=clock.now())
    if not people:
        return sign_in_page(request, next, refusal=LinkNotValid(), status=200)
    return link_page(request, link, next, people)


@router.post("/registry/sign-in")
async def sign_in(
    request: Request,
    database: web.Database,
    address: Typed = "",
    link: Typed = "",
    person_id: Chosen = None,
    next: Typed = "/",
) -> Response:
    """Let a letter go to an address and ask for its code; or use a link up and sign the browser in."""
    await web.limit(request, "sign-in")
    if link:
        return await _sign_in_by_link(request, database, link, person_id, next)
    if not is_mail_address(address):
        return sign_in_page(request, next, fault=("address", say("Type a mail address, such as anna@example.org.")))
    secret = new_secret()
    await database.write(commands.ask_for_letter, email_hash=email_hash_of(address), browser_secret=secret)
    response = RedirectResponse(_with_next(CODE_PAGE, next), status_code=303)
    wait_for_code(response, request, secret)
    return response


async def _sign_in_by_link(
    request: Request, database: web.Database, link: str, person_id: str | None, next: str
) -> Response:
    try:
        opened = await database.write(
            commands.sign_in_by_link, secret=link, device=device_of(request), person_id=person_id
        )
    except LinkNotValid as problem:
        return sign_in_page(request, next, refusal=problem)
    if isinstance(opened, commands.WhoIsIt):
        return link_page(request, link, next, opened.people, fault=say("Choose who you are."))
    return signed_in(request, opened, next)


@router.get(CODE_PAGE)
async def ask_for_code(request: Request, _person: web.MaybePerson, next: Asked = "/") -> Response:
    """Ask for the code from the letter; a browser that asked for none is asked for its address."""
    if not web.cookie_of(request, WAITING_COOKIE):
        return RedirectResponse(_with_next("/registry/sign-in", next), status_code=303)
    return code_page(request, next)


@router.post(CODE_PAGE)
async def sign_in_by_code(
    request: Request, database: web.Database, code: Typed = "", person_id: Chosen = None, next: Typed = "/"
) -> Response:
    """Sign the browser in if the code is right. The try counts first; comparing takes as long for every code."""
    await web.limit(request, "sign-in")
    digits = "".join(character for character in code if character.isdigit())
    try:
        tried = await database.write(commands.count_try, browser_secret=web.cookie_of(request, WAITING_COOKIE) or "")
        if not await asyncio.to_thread(is_hash_of, tried.code_hash, digits):
            raise CodeNotValid
        opened = await database.write(
            commands.sign_in_by_code, tried=tried, device=device_of(request), person_id=person_id
        )
    except CodeNotValid as problem:
        return code_page(request, next, refusal=problem)
    if isinstance(opened, commands.WhoIsIt):
        return code_page(request, next, code=digits, people=opened.people)
    return signed_in(request, opened, next)


@router.post("/registry/sign-in/password")
async def sign_in_by_password(
    request: Request, database: web.Database, password_address: Typed = "", password: Typed = "", next: Typed = "/"
) -> Response:
    """Sign the browser in if address and password belong together; it takes as long where the address is unknown."""
    await web.limit(request, "sign-in")
    device = device_of(request)
    try:
        tried = await database.write(
            commands.count_password_try, email_hash=email_hash_of(password_address), device=device
        )
        if not await asyncio.to_thread(is_hash_of, tried.hash, password):
            raise PasswordRefused
        opened = await database.write(commands.sign_in_by_password, tried=tried, device=device)
    except (PasswordRefused, TooManyPasswords) as problem:
        return sign_in_page(request, next, refusal=problem, typed=password_address, by_password=True)
    return signed_in(request, opened, next)


def sign_in_page(
    request: Request,
    next: str,
    *,
    refusal: Problem | None = None,
    fault: tuple[str, str] | None = None,
    status: int | None = None,
    typed: str = "",
    by_password: bool = False,
) -> Response:
    """Show the page that asks for an address, with what was refused; `fault` is a field and what is wrong in it."""
    return templates.page(
        request,
        "sign-in.html",
        status=status or (refusal.status if refusal else 422 if fault else 200),
        headers=refusal.headers if refusal else None,
        next=local(next),
        refusal=_sentences(refusal),
        fault=fault,
        typed=typed,
        by_password=by_password,
    )


def link_page(
    request: Request, link: str, next: str, people: Sequence[Person], *, fault: str | None = None
) -> Response:
    """Show whom a link signs in, and the button that does; who shares a mail address chooses who they are."""
    return templates.page(
        request,
        "sign-in-link.html",
        status=422 if fault else 200,
        headers={"Cache-Control": "no-store"},
        secret=link,
        next=local(next),
        people=people,
        fault=fault,
    )


def code_page(
    request: Request, next: str, *, refusal: Problem | None = None, code: str = "", people: Sequence[Person] = ()
) -> Response:
    """Show the page that asks for the code, or for who one is among those who share the mail address."""
    return templates.page(
        request,
        "sign-in-code.html",
        status=refusal.status if refusal else 200,
        headers={"Cache-Control": "no-store"},
        next=local(next),
        refusal=_sentences(refusal),
        code=code,
        people=people,
    )


def _sentences(problem: Problem | None) -> str | None:
    return None if problem is None else f"{say(problem.title)}. {say(problem.detail)}"


def _with_next(page: str, next: str) -> str:
    return f"{page}?{urlencode({'next': local(next)})}"
