"""Feeds that programs subscribe to: everybody's and one's own, Atom and JSON for readers, each event as a file."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated

from fastapi import FastAPI, Path, Request, Response
from fastapi.responses import StreamingResponse
from pydantic_core import to_json

from services.calendar import queries
from services.calendar.api.events import EventId, Wanted
from services.calendar.domain.exporting import CALENDAR_END, calendar_head, calendar_text, events_text, tasks_text
from services.calendar.domain.syndication import Entry, Feed, atom_text, json_feed
from services.calendar.queries import Filter
from services.calendar.queries.feeds import Mark, Piece, Shown
from services.calendar.queries.tasks import exported_tasks, tasks_mark
from shared import clock, i18n, web
from shared.database import Database
from shared.i18n import say, when
from shared.people import Person
from shared.problems import NotFound

router = web.api_router("calendar", under="")
MEDIA = "text/calendar; charset=utf-8"
PUBLIC = {"Cache-Control": "public, max-age=60"}
PRIVATE = {"Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
MOST_TEXTS = 20_000
"""So many events are kept in words, some hundred bytes each."""
A_MOMENT = timedelta(seconds=2)
"""Last-Modified counts seconds: what changed in this one may change in it again."""
Secret = Annotated[str, Path(description="As the page of one's keys gave it, once.")]


@router.get("/feed.ics", response_class=Response)
async def feed(request: Request, database: web.Database, wanted: Wanted) -> Response:
    """Give the calendar as iCalendar (RFC 5545), all of it or what the filters choose."""
    settings = request.app.state.settings
    wanted = replace(wanted, seen_by=None)  # caches on the way keep it for everybody
    return await _calendar(request, database, wanted, settings.neighbourhood, own_address(request), PUBLIC)


@router.get("/private/{secret}.ics", response_class=Response)
async def private_feed(request: Request, database: web.Database, secret: Secret, wanted: Wanted) -> Response:
    """Give the events of the organisations in which somebody has a role: calendar programs cannot send a key.

    Their tasks stand there too (VTODO), unless a filter chooses among the events. An address that is none of ours, is
    over or was revoked is answered as one that never was.
    """
    person: Person | None = await request.app.state.api_keys.subscriber(secret)
    if person is None:
        raise NotFound(headers=PRIVATE)
    mine = replace(wanted, organisation_ids=tuple(sorted(person.roles)), seen_by=person)
    owner = person if replace(wanted, seen_by=None, words=wanted.words or None) == Filter() else None
    return await _calendar(request, database, mine, say("My institutions’ events"), None, PRIVATE, owner)


@router.get("/events/{event_id}.ics", response_class=Response)
async def event_file(request: Request, database: web.Database, person: web.MaybePerson, event_id: EventId) -> Response:
    """Give one event as an iCalendar file."""
    settings = request.app.state.settings
    events = await database.read(queries.exported_event, event_id, settings.address, person)
    url = f"{settings.address}/calendar/events/{event_id}.ics"
    text = b"".join(calendar_text(events, name=settings.neighbourhood, url=url))
    etag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    response = Response(text, media_type=MEDIA, headers={"ETag": etag, **(PRIVATE if person else PUBLIC)})
    return web.attachment(response, f"{event_id}.ics")


@router.get("/feed.atom", response_class=Response)
async def atom_feed(request: Request, database: web.Database, wanted: Wanted) -> Response:
    """Give what is to come and changed last as Atom (RFC 4287), with the same filters."""
    wanted = replace(wanted, seen_by=None)
    mark = await database.read(queries.change_mark)
    headers = _headers(request, mark, wanted, PUBLIC, hourly=True)
    if _has_it(request, mark, headers):
        return Response(status_code=304, headers=headers)
    text = atom_text(_feed(request), await _entries(request, database, wanted))
    return Response(text, media_type="application/atom+xml; charset=utf-8", headers=headers)


@router.get("/feed.json", response_class=Response)
async def reader_feed(request: Request, database: web.Database, wanted: Wanted) -> Response:
    """Give what is to come and changed last as JSON Feed 1.1, with the same filters."""
    wanted = replace(wanted, seen_by=None)
    mark = await database.read(queries.change_mark)
    headers = _headers(request, mark, wanted, PUBLIC, hourly=True)
    if _has_it(request, mark, headers):
        return Response(status_code=304, headers=headers)
    document = json_feed(_feed(request), await _entries(request, database, wanted))
    return Response(to_json(document), media_type="application/feed+json", headers=headers)


async def _calendar(
    request: Request,
    database: Database,
    wanted: Filter,
    name: str,
    url: str | None,
    kept: Mapping[str, str],
    owner: Person | None = None,
) -> Response:
    """Answer with a calendar that is written while it is read, or with 304 without reading it.

    With an `owner`, their tasks come after the events.
    """
    mark = await database.read(queries.change_mark)
    if owner is not None:
        mark = replace(mark, tag=f"{mark.tag} {await database.read(tasks_mark, owner)}")
    headers = _headers(request, mark, wanted, kept)
    if _has_it(request, mark, headers):
        return Response(status_code=304, headers=headers)
    pieces = _pieces(database, wanted, request.app, name, url, owner)
    return StreamingResponse(pieces, media_type=MEDIA, headers=headers)


async def _pieces(
    database: Database, wanted: Filter, app: FastAPI, name: str, url: str | None, owner: Person | None
) -> AsyncIterator[bytes]:
    texts: dict[Shown, bytes] = app.state.event_texts
    zones = await database.read(queries.exported_zones, wanted)
    yield await asyncio.to_thread(calendar_head, name, url, zones)
    after_id = ""
    while True:
        piece = await database.read(queries.exported, wanted, app.state.settings.address, texts, after_id)
        yield await asyncio.to_thread(_written, piece, texts)
        after_id = piece.after_id
        if not after_id:
            break
    if owner is not None:
        yield tasks_text(await database.read(exported_tasks, owner, app.state.settings.address, clock.now()))
    yield CALENDAR_END


def _written(piece: Piece, texts: dict[Shown, bytes]) -> bytes:
    """Write a piece of a calendar; the words of each event are kept, for feeds are asked for day and night."""
    new = {one: events_text(parts) for one, parts in piece.exported.items()}
    written = b"".join(new.get(one) or texts.get(one, b"") for one in piece.shown)
    if len(texts) + len(new) > MOST_TEXTS:
        texts.clear()
    texts.update(new)
    return written


async def _entries(request: Request, database: Database, wanted: Filter) -> list[Entry]:
    found = await database.read(queries.entries, wanted, request.app.state.settings.address, clock.now())
    said = [
        (
            say("This event is cancelled") if one.status == "cancelled" else "",
            when(one.starts_at, one.ends_at, one.zone, one.all_day),
            one.place,
        )
        for one in found
    ]
    return [replace(one, summary=", ".join(filter(None, words))) for one, words in zip(found, said, strict=True)]


def _feed(request: Request) -> Feed:
    settings = request.app.state.settings
    home = f"{settings.address}/calendar/"
    return Feed(settings.neighbourhood, home, own_address(request), i18n.language.get())


def own_address(request: Request) -> str:
    """Give the public address of what was asked for, with its filters."""
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{request.app.state.settings.address}{request.url.path}{query}"


def _headers(
    request: Request, mark: Mark, wanted: Filter, kept: Mapping[str, str], *, hourly: bool = False
) -> dict[str, str]:
    """Give the validators of a feed: what changed last, what is asked for; `hourly` where events pass by the hour."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0) if hourly else None
    parts = (mark.tag, wanted, own_address(request), i18n.language.get(), hour)
    headers = {"ETag": f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"', **kept}
    if mark.changed_at is not None and wanted.seen_by is None:  # one's roles have no date
        newest = max(mark.changed_at, hour) if hour else mark.changed_at
        headers["Last-Modified"] = format_datetime(newest.astimezone(UTC), usegmt=True)
    return headers


def _has_it(request: Request, mark: Mark, headers: Mapping[str, str]) -> bool:
    """Say whether the caller has the newest by its date (RFC 9110 §13.1.3); ETags, which win, are seen to elsewhere."""
    since, newest = request.headers.get("if-modified-since"), headers.get("Last-Modified")
    if since is None or newest is None or "if-none-match" in request.headers or mark.changed_at is None:
        return False
    try:
        known = parsedate_to_datetime(since)
    except (ValueError, IndexError):
        return False
    is_settled = clock.now() - mark.changed_at > A_MOMENT
    return is_settled and known.tzinfo is not None and known >= parsedate_to_datetime(newest)
