"""`events`, their dry run and their history."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request, Response
from sqlalchemy.orm import Session

from services.calendar import commands, queries, schemas
from services.calendar.api.waiting import wait_for_changes, wait_for_copies
from services.calendar.domain.faults import faults_of
from services.calendar.domain.plans import Audience, EventKind, EventPlan, EventStatus
from services.calendar.models import Event
from services.calendar.queries import Checked, Filter
from services.calendar.queries.shown import shown_alternatives, shown_conflicts, shown_opportunities, shown_slots
from services.calendar.queries.subjects import party_of
from services.calendar.schemas import CheckAnswer, ConflictFound, EventAnswer, Identifier, SlotAnswer
from services.calendar.schemas.fields import Moment
from services.calendar.schemas.slots import AlternativeAnswer
from services.calendar.settings import Settings
from shared import clock, web
from shared.paging import Paging
from shared.people import Person, may_speak_for
from shared.problems import InvalidInput

router = web.api_router("calendar")
EventId = Annotated[Identifier, Path()]
From = Annotated[Moment | None, Query(alias="from", description="Only what ends after this instant.")]
To = Annotated[Moment | None, Query(description="Only what starts before this instant.")]
OrganisationId = Annotated[Identifier | None, Query(description="Only what this organisation hosts.")]
VenueId = Annotated[Identifier | None, Query(description="Only what is at this venue, or in one that lies in it.")]
SearchWords = Annotated[str, Query(max_length=200, description="Words that must all occur.")]
Theme = Annotated[str | None, Query(max_length=60)]


def wanted_events(
    person: web.MaybePerson,
    from_at: From = None,
    to: To = None,
    organisation: OrganisationId = None,
    venue: VenueId = None,
    audience: Audience | None = None,
    theme: Theme = None,
    kind: EventKind | None = None,
    status: EventStatus | None = None,
    q: SearchWords = "",
) -> Filter:
    """Read which events are asked for; what is left out does not restrict."""
    return Filter(
        from_at=from_at,
        until_at=to,
        organisation_id=organisation,
        venue_id=venue,
        audience=audience,
        theme=theme,
        kind=kind,
        status=status,
        words=q,
        seen_by=person,
    )


Wanted = Annotated[Filter, Depends(wanted_events)]


@router.get("/events", response_model=schemas.Page[EventAnswer])
async def list_events(
    request: Request,
    database: web.Database,
    paging: web.Paging,
    wanted: Wanted,
) -> Response:
    """List events by their first start; with `from` or `to`, those that have a date in that time."""
    rows = await database.read(queries.events, wanted, paging)
    return web.listing(
        request,
        paging,
        rows,
        show=lambda row: EventAnswer.seen(row, wanted.seen_by),
        key=lambda row: (row.starts_at, row.id),
        sorted_by="starts_at, id",
    )


@router.post("/events", status_code=201, response_model=EventAnswer, responses=web.refuses(409))
async def plan_event(
    request: Request, database: web.Database, by: web.CurrentPerson, body: schemas.EventBody
) -> Response:
    """Plan an event; what blocks it is answered with 409, the conflicts and the three nearest free slots."""
    plan, settings = body.plan(), _settings(request)
    await wait_for_copies(database, plan, settings.copy_wait_seconds)
    return await web.create(
        request,
        database,
        commands.plan_event,
        by=by,
        plan=plan,
        horizon_days=settings.horizon_days,
        show=EventAnswer.of,
    )


@router.post("/events/check", response_model=CheckAnswer)
async def check_event(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    body: schemas.EventBody,
    event_id: Annotated[Identifier | None, Query(description="The stored event that this would change.")] = None,
) -> Response:
    """Say what a plan would collide with, what it could be joined with, which slots are free and what would help.

    All of it is for the whole series, and nothing is stored.
    """
    plan, settings = with_own_host(body.plan(), by), _settings(request)
    await wait_for_copies(database, plan, settings.copy_wait_seconds)
    found = await database.read(check_plan, plan, event_id=event_id, horizon_days=settings.horizon_days)
    return web.answer(check_answer(plan, found, event_id))


@router.get("/events/{event_id}", response_model=EventAnswer)
async def get_event(database: web.Database, person: web.MaybePerson, event_id: EventId) -> Response:
    """Give one event."""
    row = await database.read(queries.event_seen, event_id, person)
    return web.answer(EventAnswer.seen(row, person), version=row.version)


@router.patch("/events/{event_id}", response_model=EventAnswer, responses=web.refuses(409))
async def edit_event(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    event_id: EventId,
    body: schemas.EventChange,
) -> Response:
    """Change an event; what is absent stays. It moves when its time or place changes, and may be blocked.

    With `status` `cancelled` nothing else may change.
    """
    changes, settings = body.changes(), _settings(request)
    await wait_for_changes(database, event_id, by, changes, settings.copy_wait_seconds)
    row = await database.write(
        commands.edit_event,
        by=by,
        event_id=event_id,
        version=version,
        changes=changes,
        because=body.because,
        horizon_days=settings.horizon_days,
    )
    return web.answer(EventAnswer.of(row), version=row.version)


@router.post("/events/{event_id}/cancel", response_model=EventAnswer, responses=web.refuses(409))
async def cancel_event(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    event_id: EventId,
    body: schemas.Because | None = None,
) -> Response:
    """Cancel an event; it stays to be seen. Cancelling it again changes nothing."""
    because = body.because if body else ""
    return await web.perform(
        request, database, commands.cancel_event, by=by, event_id=event_id, because=because, show=EventAnswer.of
    )


@router.post("/events/{event_id}/restore", response_model=EventAnswer, responses=web.refuses(409))
async def restore_event(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    event_id: EventId,
    body: schemas.Because | None = None,
) -> Response:
    """Undo a cancel, if what the event needs is still free; one that is not cancelled stays as it is."""
    return await web.perform(
        request,
        database,
        commands.restore_event,
        by=by,
        event_id=event_id,
        because=body.because if body else "",
        horizon_days=_settings(request).horizon_days,
        show=EventAnswer.of,
    )


@router.get("/events/{event_id}/history", response_model=schemas.Page[schemas.ChangeAnswer])
async def list_history(
    request: Request, database: web.Database, person: web.MaybePerson, paging: web.Paging, event_id: EventId
) -> Response:
    """Tell what happened to an event, the earliest first."""

    def history(session: Session, paging: Paging) -> list[schemas.ChangeAnswer]:
        event = queries.event_seen(session, event_id, person)
        return [schemas.ChangeAnswer.of(row) for row in queries.history_seen(session, event, person, paging)]

    rows = await database.read(history, paging)
    return web.listing(request, paging, rows, show=lambda row: row, key=lambda row: (row.version,), sorted_by="version")


def check_plan(session: Session, plan: EventPlan, *, event_id: str | None, horizon_days: int) -> Checked:
    """Refuse a plan that is wrong by itself, or names what nobody knows or offers; else say what it would meet."""
    faults = faults_of(plan) or queries.unknown_references(session, plan)
    stored = session.get(Event, event_id) if event_id else None
    faults = faults or queries.withdrawn_references(session, plan, queries.plan_of(stored) if stored else None)
    if faults:
        raise InvalidInput(*faults)
    return queries.dry_run(session, plan, now=clock.now(), event_id=event_id, horizon_days=horizon_days)


def check_answer(plan: EventPlan, found: Checked, event_id: str | None) -> CheckAnswer:
    """Show what a check found."""
    party = party_of(plan, event_id or queries.NOBODY, None)
    return CheckAnswer(
        conflicts=[ConflictFound.found(one) for one in shown_conflicts(party, found.findings)],
        opportunities=[schemas.OpportunityFound.found(one) for one in shown_opportunities(party, found.chances)],
        slots=[SlotAnswer.of(one) for one in shown_slots(plan.venue_id, found.slots)],
        alternatives=[AlternativeAnswer.of(one) for one in shown_alternatives(found.alternatives)],
    )


def with_own_host(plan: EventPlan, by: Person) -> EventPlan:
    """Name the host where a plan to be checked does not and there is no doubt."""
    own = [organisation_id for organisation_id in by.roles if may_speak_for(by, organisation_id)]
    if plan.host_ids or len(own) != 1:
        return plan
    return commands.with_host(plan, by)


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings
