"""What every service tells somebody of themselves: asked by the key of their own link, or signed in."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from shared.people import Person, is_human, must
from shared.problems import NotSignedIn
from shared.web.answers import answer
from shared.web.api import page_router
from shared.web.attachments import attachment
from shared.web.requests import Database, MaybePerson

Holds = Callable[[Session, str], Mapping[str, Any]]
"""Gives what a service holds of a person, by their id, as plain values."""
Key = Annotated[str, Query(max_length=2000, description="The key of the link that opens one's own data.")]


def own_data_router(service: str, holds: Holds) -> APIRouter:
    """Make the door `/<service>/own-data`: a JSON file with what the service holds of whoever asks."""
    router = page_router()

    @router.get(f"/{service}/own-data")
    async def own_data(request: Request, database: Database, person: MaybePerson, key: Key = "") -> Response:
        """Give what this service holds of whoever asks, as a file to be kept."""
        subject = await subject_of(request, person, key)
        found = await database.read(holds, subject.id)
        document = {"format": "osiedle-own-data", "service": service, "id": subject.id, **found}
        return private(attachment(answer(document), f"osiedle-{service}.json"))

    return router


async def subject_of(request: Request, person: Person | None, key: str) -> Person:
    """Say whose data is asked for: whose link has this key, else who is signed in.

    Raises `OwnDataKeyRefused`, `NotSignedIn`, and `NotAllowed` for a program.
    """
    if key:
        checked = await request.app.state.keys.check_own_data(key)
        return Person(id=checked.person_id, own_link=True)
    if person is None:
        raise NotSignedIn
    must(is_human(person))
    return person


def private(response: Response) -> Response:
    """Keep an answer out of every cache and search engine; gives the same response.

    Its address, which may have a key in it, is told to no other site by the usual `Referrer-Policy`, same-origin; a
    stricter one would take the origin from our own forms too.
    """
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
