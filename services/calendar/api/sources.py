"""`sources`: calendars that others publish, subscribed to by an organisation."""

from typing import Annotated

from fastapi import Path, Request, Response

from services.calendar import commands, queries, schemas
from services.calendar.api.waiting import wait_for_copies
from services.calendar.domain.plans import EventPlan
from services.calendar.domain.subscriptions import AddressRefused, fetched_from
from services.calendar.schemas import Identifier, SourceAnswer
from services.calendar.settings import Settings
from shared import clock, web
from shared.problems import InvalidInput

router = web.api_router("calendar")
SourceId = Annotated[Identifier, Path()]


@router.get("/sources", response_model=schemas.Page[SourceAnswer])
async def list_sources(request: Request, database: web.Database, by: web.CurrentPerson, paging: web.Paging) -> Response:
    """List the subscribed calendars of the organisations that one speaks for, by name."""
    rows = await database.read(queries.sources, by, paging)
    return web.listing(
        request, paging, rows, show=SourceAnswer.of, key=lambda row: (row.name, row.id), sorted_by="name, id"
    )


@router.post("/sources", status_code=201, response_model=SourceAnswer, responses=web.refuses(409))
async def add_source(
    request: Request, database: web.Database, by: web.CurrentPerson, body: schemas.SourceBody
) -> Response:
    """Subscribe to a calendar; it is fetched within seconds, and then again and again."""
    settings: Settings = request.app.state.settings
    now = clock.now()
    host = EventPlan("?", now, now, settings.zone, host_ids=(body.organisation_id,))
    await wait_for_copies(database, host, settings.copy_wait_seconds)
    return await web.create(
        request,
        database,
        commands.add_source,
        by=by,
        organisation_id=body.organisation_id,
        name=body.name,
        url=address_of(settings, body.url),
        show=SourceAnswer.of,
    )


@router.get("/sources/{source_id}", response_model=SourceAnswer)
async def get_source(database: web.Database, by: web.CurrentPerson, source_id: SourceId) -> Response:
    """Give one subscribed calendar, with how the last fetch went."""
    row = await database.read(queries.source, source_id, by)
    return web.answer(SourceAnswer.of(row), headers={"ETag": f'"{row.version}"', "Cache-Control": "no-store"})


@router.patch("/sources/{source_id}", response_model=SourceAnswer, responses=web.refuses(409))
async def change_source(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    source_id: SourceId,
    body: schemas.SourceChange,
) -> Response:
    """Rename a subscribed calendar, give it another address, pause it or go on; what is absent stays."""
    changes = body.changes()
    if "url" in changes:
        changes["url"] = address_of(request.app.state.settings, changes["url"])
    row = await database.write(commands.change_source, by=by, source_id=source_id, version=version, changes=changes)
    return web.answer(SourceAnswer.of(row), version=row.version)


@router.delete("/sources/{source_id}", status_code=204)
async def remove_source(database: web.Database, by: web.CurrentPerson, source_id: SourceId) -> Response:
    """Unsubscribe; its events that are still to come are taken off the calendar."""
    await database.write(commands.remove_source, by=by, source_id=source_id)
    return Response(status_code=204)


@router.post("/sources/{source_id}/fetch", response_model=SourceAnswer)
async def fetch_source(
    request: Request, database: web.Database, by: web.CurrentPerson, source_id: SourceId
) -> Response:
    """Have a calendar fetched within seconds, rather than when its time comes."""
    return await web.perform(
        request, database, commands.ask_for_fetch, by=by, source_id=source_id, show=SourceAnswer.of
    )


def address_of(settings: Settings, text: str) -> str:
    """Give the address that is fetched; raises `InvalidInput` where none is."""
    try:
        return fetched_from(text, own=settings.address, http_allowed=settings.source_http)
    except AddressRefused as refused:
        raise InvalidInput(("/url", str(refused))) from None
