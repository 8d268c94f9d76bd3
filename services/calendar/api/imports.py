"""`imports`: a calendar file, or a zip of some, as the body of a request."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Query, Request, Response

from services.calendar import commands, queries, schemas
from services.calendar.api.waiting import wait_for_copies
from services.calendar.domain.components import UnreadableCalendar
from services.calendar.domain.importing import CalendarFile, files_of, read_calendar
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
        "content": {
            "text/calendar": {"schema": {"type": "string", "description": "A calendar (RFC 5545)."}},
            "application/zip": {"schema": {"type": "string", "format": "binary", "description": "Some, as a zip."}},
        },
    }
}
Progress = Callable[[int, int], Awaitable[object]]
"""Is told how much is done, of how much."""
OrganisationId = Annotated[Identifier, Query(description="The organisation that hosts what is imported.")]


@router.post("/imports", response_model=schemas.ImportAnswer, openapi_extra=FILE)
async def import_calendar(
    request: Request, database: web.Database, by: web.CurrentPerson, organisation_id: OrganisationId
) -> Response:
    """Import events from a calendar file or a zip of some; importing the same file again changes nothing."""
    data = await request.body()
    settings: Settings = request.app.state.settings

    async def work() -> commands.Imported:
        return await import_file(database, settings, by=by, organisation_id=organisation_id, data=data)

    return await web.long_work(request, database, work, show=schemas.import_answer)


async def import_file(
    database: Database,
    settings: Settings,
    *,
    by: Person,
    organisation_id: str,
    data: bytes,
    progress: Progress | None = None,
) -> commands.Imported:
    """Take over a calendar file, or a zip of some: each is read whole, outside any transaction, then written in units.

    The very file that was imported last is known by its hash, and not read. `progress` is told how many of how many
    bytes are done. Raises `NotAllowed`, `InvalidInput` where nobody knows the organisation, `FileRefused`.
    """
    must(may_plan_for(by, organisation_id))
    await _know(database, settings, organisation_id)
    source, digest = commands.source_of_files(organisation_id), hashlib.blake2b(data, digest_size=16).hexdigest()
    known = await database.read(queries.items_of_file, source, digest)
    if known is not None:
        return commands.Imported((), known)
    try:
        files = await asyncio.to_thread(files_of, data)
        outcomes = await _Import(database, settings, by, organisation_id, progress).take(files)
    except UnreadableCalendar as unreadable:
        raise schemas.refusal_of(unreadable) from unreadable
    if outcomes and not any(one.result == "refused" for one in outcomes):
        await database.write(commands.remember_file, source, digest, len(outcomes))
    return commands.Imported(outcomes)


class _Import:
    """One import while it runs: whose it is, and how far it is."""

    def __init__(
        self, database: Database, settings: Settings, by: Person, organisation_id: str, progress: Progress | None
    ) -> None:
        self.database, self.settings, self.by = database, settings, by
        self.organisation_id, self.progress = organisation_id, progress
        self.done = self.total = 0

    async def take(self, files: Sequence[CalendarFile]) -> list[commands.Outcome]:
        """Take over files one after the other; in a zip, one that is no calendar costs itself alone."""
        self.total = sum(len(one.data) for one in files)
        outcomes: list[commands.Outcome] = []
        for file in files:
            await self._tell(self.done)
            try:
                outcomes += [replace(one, file=file.name) for one in await self._take(file.data)]
            except UnreadableCalendar as unreadable:
                if not file.name:
                    raise
                outcomes.append(commands.Outcome("", 1, "refused", (unreadable.reason,), file.name))
            self.done += len(file.data)
        await self._tell(self.done)
        return outcomes

    async def _take(self, data: bytes) -> list[commands.Outcome]:
        settings = self.settings
        untitled = say_in(settings.language, "Untitled event")
        reading = await asyncio.to_thread(read_calendar, data, zone=settings.zone, untitled=untitled)
        outcomes = [commands.refused_outcome(item) for item in reading.items if item.result == "refused"]
        for unit in in_units(series_of(reading.items), commands.ITEMS_A_UNIT):
            outcomes += await self.database.write(
                commands.import_series,
                by=self.by,
                organisation_id=self.organisation_id,
                series=unit,
                horizon_days=settings.horizon_days,
            )
            await self._tell(self.done + len(data) * len(outcomes) // max(1, len(reading.items)))
        return outcomes

    async def _tell(self, done: int) -> None:
        if self.progress is not None:
            await self.progress(done, self.total)


async def _know(database: Database, settings: Settings, organisation_id: str) -> None:
    """Wait for the copy of the organisation; raises `InvalidInput` where nobody knows it."""
    now = clock.now()
    host = EventPlan("?", now, now, settings.zone, host_ids=(organisation_id,))
    await wait_for_copies(database, host, settings.copy_wait_seconds)
    if await database.read(queries.unknown_references, host):
        raise refused([Fault("query", "/organisation_id", "No organisation is known by this id")])
