"""Feeds that calendar programs subscribe to: everybody's, one's own under a secret address, each event as a file."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import Path, Request, Response
from fastapi.routing import APIRouter

from services.calendar import queries
from services.calendar.api.events import EventId, OrganisationId, Theme, VenueId
from services.calendar.domain.exporting import ExportedEvent, calendar_text
from services.calendar.domain.plans import Audience
from services.calendar.queries import Filter
from shared import web
from shared.i18n import say
from shared.people import Person
from shared.problems import NotFound

router = APIRouter(prefix="/calendar", route_class=web.ApiRoute)
MEDIA = "text/calendar; charset=utf-8"
PUBLIC = {"Cache-Control": "public, max-age=60"}
PRIVATE = {"Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
Secret = Annotated[str, Path(description="As the page of one's keys gave it, once.")]


@router.get("/feed.ics", response_class=Response)
async def feed(
    request: Request,
    database: web.Database,
    organisation: OrganisationId = None,
    venue: VenueId = None,
    audience: Audience | None = None,
    theme: Theme = None,
) -> Response:
    """Give the calendar as iCalendar (RFC 5545), all of it or what one organisation, venue, audience or theme has."""
    settings = request.app.state.settings
    wanted = Filter(organisation_id=organisation, venue_id=venue, audience=audience, theme=theme)
    events = await database.read(queries.exported, wanted, settings.address)
    return await _answer(events, settings.neighbourhood, f"{settings.address}/calendar/feed.ics", PUBLIC)


@router.get("/private/{secret}.ics", response_class=Response)
async def private_feed(
    request: Request,
    database: web.Database,
    secret: Secret,
    organisation: OrganisationId = None,
    venue: VenueId = None,
    audience: Audience | None = None,
    theme: Theme = None,
) -> Response:
    """Give the events of the organisations in which somebody has a role: calendar programs cannot send a key.

    An address that is none of ours, is over or was revoked is answered as one that never was.
    """
    person: Person | None = await request.app.state.api_keys.subscriber(secret)
    if person is None:
        raise NotFound(headers=PRIVATE)
    settings = request.app.state.settings
    wanted = Filter(
        organisation_id=organisation,
        organisation_ids=tuple(sorted(person.roles)),
        venue_id=venue,
        audience=audience,
        theme=theme,
        seen_by=person,
    )
    events = await database.read(queries.exported, wanted, settings.address)
    return await _answer(events, say("My institutions’ events"), None, PRIVATE)


@router.get("/events/{event_id}.ics", response_class=Response)
async def event_file(request: Request, database: web.Database, person: web.MaybePerson, event_id: EventId) -> Response:
    """Give one event as an iCalendar file."""
    settings = request.app.state.settings
    events = await database.read(queries.exported_event, event_id, settings.address, person)
    url = f"{settings.address}/calendar/events/{event_id}"
    response = await _answer(events, settings.neighbourhood, f"{url}.ics", PRIVATE if person else PUBLIC)
    return web.attachment(response, f"{event_id}.ics")


async def _answer(events: Sequence[ExportedEvent], name: str, url: str | None, headers: Mapping[str, str]) -> Response:
    text = await asyncio.to_thread(lambda: b"".join(calendar_text(events, name=name, url=url)))
    etag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    return Response(text, media_type=MEDIA, headers={"ETag": etag, **headers})
