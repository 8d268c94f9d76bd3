"""`imports`: a calendar file as the body of a request."""

import asyncio
from typing import Annotated, Any

from fastapi import Query, Request, Response

from services.calendar import commands, queries, schemas
from services.calendar.api.waiting import wait_for_copies
from services.calendar.domain.components import UnreadableCalendar
from services.calendar.domain.importing import read_calendar
from services.calendar.domain.importing.series import in_units, series_of
from services.calendar.domain.permissions import may_plan_for
from services.calendar.domain.plans import EventPlan
from services.calendar.schemas import Identifier
from services.calendar.settings import Settings
from shared import clock, web
from shared.database import Database
from shared.i18n import say_in
from shared.people import Person, must
from shared.web.refusals import Fault, refused

router = web.api_router("calendar")
FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"text/calendar": {"schema": {"type": "string", "description": "A calendar (RFC 5545)."}}},
    }
}
OrganisationId = Annotated[Identifier, Query(description="The organisation that hosts what is imported.")]


@router.post("/imports", response_model=schemas.ImportAnswer, openapi_extra=FILE)
async def import_calendar(
    request: Request, database: web.Database, by: web.CurrentPerson, organisation_id: OrganisationId
) -> Response:
    """Import events from a calendar file; importing the same file again changes nothing."""
    data = await request.body()
    settings: Settings = request.app.state.settings

    async def work() -> list[commands.Outcome]:
        return await import_file(database, settings, by=by, organisation_id=organisation_id, data=data)

    return await web.long_work(request, database, work, show=schemas.import_answer)


async def import_file(
    database: Database, settings: Settings, *, by: Person, organisation_id: str, data: bytes
) -> list[commands.Outcome]:
    """Read the whole file first, outside any transaction, then write so many items at a time.

    Raises `NotAllowed`, `InvalidInput` where nobody knows the organisation, `FileRefused`.
    """
    must(may_plan_for(by, organisation_id))
    now = clock.now()
    host = EventPlan("?", now, now, settings.zone, host_ids=(organisation_id,))
    await wait_for_copies(database, host, settings.copy_wait_seconds)
    if await database.read(queries.unknown_references, host):
        raise refused([Fault("query", "/organisation_id", "No organisation is known by this id")])
    untitled = say_in(settings.language, "Untitled event")
    try:
        reading = await asyncio.to_thread(read_calendar, data, zone=settings.zone, untitled=untitled)
    except UnreadableCalendar as unreadable:
        raise schemas.refusal_of(unreadable) from unreadable
    outcomes = [commands.refused_outcome(item) for item in reading.items if item.result == "refused"]
    for unit in in_units(series_of(reading.items), commands.ITEMS_A_UNIT):
        outcomes += await database.write(
            commands.import_series,
            by=by,
            organisation_id=organisation_id,
            series=unit,
            horizon_days=settings.horizon_days,
        )
    return outcomes
