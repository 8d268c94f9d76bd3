"""`occurrences`: the dates of one event, changed and listed, and those of all events."""

from typing import Annotated

from fastapi import Path, Query, Request, Response
from sqlalchemy.orm import Session

from services.calendar import commands, queries, schemas
from services.calendar.api.events import EventId, From, To, Wanted
from services.calendar.api.waiting import wait_for_changes
from services.calendar.domain.series import Scope
from services.calendar.models import Event, Occurrence
from services.calendar.queries import Filter
from services.calendar.schemas import EventAnswer, OccurrenceAnswer
from services.calendar.schemas.fields import Moment
from services.calendar.settings import Settings
from shared import web

router = web.api_router("calendar")


@router.patch("/events/{event_id}/occurrences/{recurrence_at}", response_model=EventAnswer, responses=web.refuses(409))
async def edit_occurrence(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    event_id: EventId,
    recurrence_at: Annotated[Moment, Path(description="The start that its rule gives the date.")],
    body: schemas.EventChange,
    scope: Annotated[Scope, Query(description="This date, this and those that follow, or all.")] = "this",
) -> Response:
    """Change one date of a series, or those that follow too, or all; times are that date's.

    With `status` `cancelled`, alone unless for one date, it is cancelled. The answer is the event that has the date
    now: where the series was split, a new one whose `follows_id` is the old one. One date with a place, hosts or words
    of its own is split off.
    """
    changes = body.changes()
    settings: Settings = request.app.state.settings
    await wait_for_changes(database, event_id, by, changes, settings.copy_wait_seconds)
    row = await database.write(
        commands.edit_occurrence,
        by=by,
        event_id=event_id,
        recurrence_at=recurrence_at,
        scope=scope,
        version=version,
        changes=changes,
        because=body.because,
        horizon_days=settings.horizon_days,
    )
    return web.answer(EventAnswer.of(row), version=row.version)


@router.get("/events/{event_id}/occurrences", response_model=schemas.Page[OccurrenceAnswer])
async def list_occurrences_of_event(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    paging: web.Paging,
    event_id: EventId,
    from_at: From = None,
    to: To = None,
) -> Response:
    """List the dates of one event: up to the horizon, or with `to` as far as that."""

    def dates(session: Session) -> tuple[Event, list[Occurrence]]:
        event = queries.event_seen(session, event_id, person)
        return event, queries.occurrences_of(session, event, paging, Filter(from_at=from_at, until_at=to))

    event, rows = await database.read(dates)
    return web.listing(
        request,
        paging,
        rows,
        show=lambda row: OccurrenceAnswer.of(row, event),
        key=lambda row: (row.start, row.recurrence),
        sorted_by="starts_at, recurrence_at",
    )


@router.get("/occurrences", response_model=schemas.Page[OccurrenceAnswer])
async def list_occurrences(
    request: Request,
    database: web.Database,
    paging: web.Paging,
    wanted: Wanted,
) -> Response:
    """List the dates of all events, the earliest first: up to the horizon, or with `to` as far as that."""
    rows = await database.read(queries.occurrences, wanted, paging)
    return web.listing(
        request,
        paging,
        rows,
        show=lambda pair: OccurrenceAnswer.of(*pair),
        key=lambda pair: (pair[0].start, pair[0].event_id, pair[0].recurrence),
        sorted_by="starts_at, event_id, recurrence_at",
    )
