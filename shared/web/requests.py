"""What a door asks of a request: who asks, which database, which page of a list, which version is edited."""

import re
from typing import Annotated

from fastapi import Depends, Header, Query, Request

from shared import auth, paging
from shared.auth import TokenRefused
from shared.database import Database as ServiceDatabase
from shared.people import Person
from shared.problems import ChangedMeanwhile, NotSignedIn, VersionRequired

ETAG = re.compile(r'^\s*"(\d{1,18})"\s*$')


class SessionStale(NotSignedIn):
    """The token in the cookie is over, but the registry may know the session and give a new one."""


def accepts_html(request: Request) -> bool:
    """Say whether a person's browser asks for a page, rather than a program for data."""
    path = request.url.path
    return "/api/" not in path and "text/html" in request.headers.get("accept", "")


def _database(request: Request) -> ServiceDatabase:
    database: ServiceDatabase = request.app.state.database
    return database


async def maybe_person(request: Request) -> Person | None:
    """Give who asks, by bearer token or cookie, or none; a bearer token that does not hold is refused.

    A page request whose cookie is over but which has a session raises `SessionStale`: it is sent to the registry.
    """
    request.state.person = None
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        person: Person | None = await _check(request, token.strip())
    elif kind:
        raise NotSignedIn("Only bearer tokens are understood here.")
    else:
        person = await _person_of_cookies(request)
    request.state.person = person
    return person


async def _check(request: Request, token: str) -> Person:
    person: Person = await request.app.state.keys.check(token)
    return person


async def _person_of_cookies(request: Request) -> Person | None:
    token = request.cookies.get(auth.TOKEN_COOKIE)
    try:
        if token:
            return await _check(request, token)
    except TokenRefused:
        pass
    if auth.SESSION_COOKIE in request.cookies and request.method == "GET" and accepts_html(request):
        raise SessionStale
    return None


async def current_person(person: Annotated[Person | None, Depends(maybe_person)]) -> Person:
    """Give who asks; raises `NotSignedIn` when nobody is known."""
    if person is None:
        raise NotSignedIn
    return person


def wanted_paging(
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


Database = Annotated[ServiceDatabase, Depends(_database)]
MaybePerson = Annotated[Person | None, Depends(maybe_person)]
CurrentPerson = Annotated[Person, Depends(current_person)]
Paging = Annotated[paging.Paging, Depends(wanted_paging)]
IfMatch = Annotated[int, Depends(version_to_edit)]
