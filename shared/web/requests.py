"""What a door asks of a request: who asks, which database, which page of a list, which version is edited."""

import asyncio
import re
from typing import Annotated

from fastapi import Depends, Header, Query, Request
from sqlalchemy.exc import SQLAlchemyError

from shared import auth, limits, paging
from shared.auth import TokenRefused
from shared.database import Database as ServiceDatabase
from shared.people import Person
from shared.problems import Busy, ChangedMeanwhile, NotAllowed, NotSignedIn, VersionRequired

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
MOST_DIGITS = 18
FIND_SECONDS = 2.0
"""How long a page that must answer waits for the database to say who asks."""
ANSWERED_COOKIE = "osiedle_answered"
"""Says that this device has answered the questions of one link, at whose address alone it is sent; nothing else."""
ETAG = re.compile(r'^\s*"(\d{1,18})"\s*$')


class SessionStale(NotSignedIn):
    """The token in the cookie is over, but the registry may know the session and give a new one."""


def accepts_html(request: Request) -> bool:
    """Say whether a person's browser asks for a page, rather than a program for data."""
    path = request.url.path
    is_data = "/api/" in path or path.endswith(".ics")  # a page would repeat the address, which may be a secret
    return not is_data and "text/html" in request.headers.get("accept", "")


async def _database(request: Request) -> ServiceDatabase:
    database: ServiceDatabase = request.app.state.database
    return database


async def maybe_person(request: Request) -> Person | None:
    """Give who asks, by bearer token or cookie, or none; a bearer token that does not hold is refused.

    A page request (a form, too) whose cookie is over but which has a session raises `SessionStale`: it is sent to the
    registry for a new token, and comes back.
    Who writes more often than they may is refused with `TooManyRequests`.
    """
    person, refusal = await _recognised(request)
    if refusal is not None:
        raise refusal
    return person


async def person_if_found(request: Request) -> Person | None:
    """Give who asks, or none, also where the database that knows them does not answer in time.

    For pages that say how things are; `request.state.person_in_doubt` says whether it was so. Raises what
    `maybe_person` refuses with.
    """
    request.state.person_in_doubt = False
    try:
        async with asyncio.timeout(FIND_SECONDS):
            return await maybe_person(request)
    except (SQLAlchemyError, Busy, TimeoutError):
        request.state.person_in_doubt = True
        return None


async def count_write(request: Request) -> None:
    """Count a request that may change something, at every route: also where nobody need be known."""
    if request.method not in SAFE_METHODS:
        await _recognised(request)


async def limit(request: Request, kind: str) -> None:
    """Count one deed of a `kind` that has a limit of its own, by the address it comes from; raises `TooManyRequests`.

    A door calls it before any work, whoever or whatever is named in the request, so that the answer tells nothing.
    """
    await request.app.state.limits.count(kind, client_of(request))


def client_of(request: Request) -> str:
    """Name the address that a request comes from, as limits count it; proxies are believed as the settings say."""
    return limits.counted_address(request.client.host if request.client else None)


def cookie_of(request: Request, name: str) -> str | None:
    """Read one of our cookies, by the name it has here (see `auth.cookie_name`)."""
    secure = request.app.state.settings.is_secure
    return request.cookies.get(auth.cookie_name(name, secure=secure))


async def _recognised(request: Request) -> tuple[Person | None, NotSignedIn | NotAllowed | None]:
    """Find out once per request who asks, or why nobody is believed, and count what they write."""
    state = request.state
    if not hasattr(state, "recognised"):
        state.person = None
        try:
            state.person = await _person_of(request)
            state.recognised = state.person, None
        except (NotSignedIn, NotAllowed) as refusal:
            state.recognised = None, refusal
        if request.method not in SAFE_METHODS:
            await request.app.state.limits.count("write", state.person.id if state.person else client_of(request))
    recognised: tuple[Person | None, NotSignedIn | NotAllowed | None] = state.recognised
    return recognised


async def _person_of(request: Request) -> Person | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return await _bearer(request, token.strip())
    if kind:
        raise NotSignedIn("Only bearer tokens are understood here.")
    return await _person_of_cookies(request)


async def _bearer(request: Request, text: str) -> Person:
    """Give who shows this bearer token: a human, or a program with a key, which goes no further than its scopes.

    Every route learns here who asks, so here alone scopes are asked for.
    """
    if not text.startswith(auth.PREFIX):
        return await _check(request, text)
    program: Person = await request.app.state.api_keys.check(text)
    auth.must_have_scope(program, auth.needed_scope(request.app.state.name, request.method))
    return program


async def _check(request: Request, token: str) -> Person:
    person: Person = await request.app.state.keys.check(token)
    return person


async def _person_of_cookies(request: Request) -> Person | None:
    token = cookie_of(request, auth.TOKEN_COOKIE)
    try:
        if token:
            return await _check(request, token)
    except TokenRefused:
        pass
    is_new = cookie_of(request, auth.RENEWED_COOKIE) is not None
    if accepts_html(request) and cookie_of(request, auth.SESSION_COOKIE) and not is_new:
        raise SessionStale
    return None


async def is_still(request: Request, person: Person) -> bool:
    """Say whether who began a long answer is believed still: one who was signed out or lost a role is not."""
    state = request.app.state
    if person.key_id is not None:
        return bool(await state.api_keys.is_still(person))
    return not await state.keys.is_revoked(person)


async def current_person(person: Annotated[Person | None, Depends(maybe_person)]) -> Person:
    """Give who asks; raises `NotSignedIn` when nobody is known."""
    if person is None:
        raise NotSignedIn
    return person


def door_of(request: Request) -> str:
    """Name the door that was asked, for the records: `GET /registry/api/v1/people/{person_id}`."""
    return f"{request.method} {request.scope['route'].path}"


def number_of(text: str) -> int | None:
    """Read a whole number that a form carries along, such as a version; none where somebody changed it into another."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None


async def wanted_paging(
    limit: Annotated[int, Query(ge=1, le=paging.MOST, description="At most so many items.")] = paging.LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=500, description="Where to go on, as the list's `next` says.")
    ] = None,
) -> paging.Paging:
    """Read which page of a list is wanted."""
    return paging.Paging(limit=limit, after=paging.key_of(cursor) if cursor else None)


def version_to_edit(
    if_match: Annotated[
        str | None, Header(alias="If-Match", description="The ETag that was read (RFC 9110 §13.1.1).")
    ] = None,
) -> int:
    """Read the version that is edited; raises `VersionRequired`, or `ChangedMeanwhile` for a tag not ours."""
    if if_match is None or if_match.strip() in ("", "*"):
        raise VersionRequired
    match = ETAG.match(if_match)
    if match is None:
        raise ChangedMeanwhile
    return int(match[1])


def version_if_said(
    if_match: Annotated[
        str | None, Header(alias="If-Match", description="The ETag that was read; without it, whatever it is now.")
    ] = None,
) -> int | None:
    """Read the version that is answered, where one is named; raises `ChangedMeanwhile` for a tag not ours."""
    return None if if_match is None or if_match.strip() in ("", "*") else version_to_edit(if_match)


Database = Annotated[ServiceDatabase, Depends(_database)]
MaybePerson = Annotated[Person | None, Depends(maybe_person)]
PersonIfFound = Annotated[Person | None, Depends(person_if_found)]
CurrentPerson = Annotated[Person, Depends(current_person)]
Paging = Annotated[paging.Paging, Depends(wanted_paging)]
IfMatch = Annotated[int, Depends(version_to_edit)]
MaybeIfMatch = Annotated[int | None, Depends(version_if_said)]
