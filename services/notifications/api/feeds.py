"""The private feed of somebody's alerts, for feed readers, which cannot sign in."""

import hashlib
from typing import Annotated
from urllib.parse import urljoin

from fastapi import Path, Request, Response
from fastapi.routing import APIRouter

from services.notifications import queries
from services.notifications.queries import AlertSeen
from services.notifications.schemas import headline_of, text_of
from shared import atom, i18n, web
from shared.i18n import say
from shared.problems import NotFound

router = APIRouter(prefix="/notifications", route_class=web.ApiRoute)
PRIVATE = {"Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
Secret = Annotated[str, Path(description="As the page of what one is told gave it, once.", max_length=200)]


@router.get("/feed/{secret}.atom", response_class=Response)
async def alert_feed(request: Request, database: web.Database, secret: Secret) -> Response:
    """Give somebody's newest alerts as Atom (RFC 4287), in their language.

    An address that is none of ours, or was ended, is answered as one that never was.
    """
    try:
        person = await database.read(queries.subscriber, secret=secret)
    except NotFound:
        raise NotFound(headers=PRIVATE) from None
    found = await database.read(queries.feed_entries, by=person)
    address = request.app.state.settings.address
    token = i18n.language.set(person.language)
    try:
        feed = atom.Feed(
            title=say("My alerts"),
            home=f"{address}/notifications/",
            url=f"{address}{request.url.path}",
            language=person.language,
            id=f"urn:uuid:{person.id}",
        )
        text = atom.atom_text(feed, [_entry(seen, address) for seen in found]).encode()
    finally:
        i18n.language.reset(token)
    etag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    return Response(text, media_type=atom.MEDIA, headers={"ETag": etag, **PRIVATE})


def _entry(seen: AlertSeen, address: str) -> atom.AtomEntry:
    alert = seen.alert
    return atom.AtomEntry(
        id=alert.id,
        url=urljoin(address + "/", alert.url),
        title=headline_of(seen),
        published_at=alert.created_at,
        updated_at=alert.created_at,
        text=text_of(seen),
        categories=(alert.kind,),
    )
