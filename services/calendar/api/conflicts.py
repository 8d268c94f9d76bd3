"""`conflicts` and municipal `facts`."""

from typing import Annotated, Any, Literal

from fastapi import Path, Query, Request, Response
from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from services.calendar import commands, queries, schemas
from services.calendar.queries import ConflictCard
from services.calendar.schemas import ConflictAnswer, FactAnswer, Identifier
from shared import clock, web
from shared.messages.calendar import Severity

router = web.api_router("calendar")
ConflictId = Annotated[Identifier, Path()]
EventFilter = Annotated[Identifier | None, Query(description="Only those of this event.")]
OrganisationFilter = Annotated[Identifier | None, Query(description="Only those of this organisation's events.")]
ConflictState = Literal["open", "accepted", "resolved", "past"]


@router.get("/conflicts", response_model=schemas.Page[ConflictAnswer])
async def list_conflicts(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    paging: web.Paging,
    state: ConflictState | None = None,
    severity: Severity | None = None,
    event: EventFilter = None,
    organisation: OrganisationFilter = None,
) -> Response:
    """List conflicts in the order in which they were found."""
    rows = await database.read(
        queries.conflicts,
        paging,
        state=state,
        severity=severity,
        event_id=event,
        organisation_id=organisation,
        seen_by=person,
    )
    return web.listing(request, paging, rows, show=ConflictAnswer.of, key=lambda card: card.id, sorted_by="id")


@router.get("/conflicts/{conflict_id}", response_model=ConflictAnswer)
async def get_conflict(database: web.Database, person: web.MaybePerson, conflict_id: ConflictId) -> Response:
    """Give one conflict."""
    card = await database.read(queries.conflict_card, conflict_id, person)
    return web.answer(ConflictAnswer.of(card), version=card.version)


@router.post("/conflicts/{conflict_id}/accept", response_model=ConflictAnswer, responses=web.refuses(409))
async def accept_conflict(
    request: Request, database: web.Database, by: web.CurrentPerson, conflict_id: ConflictId, body: schemas.Accepting
) -> Response:
    """Say why a conflict may stay; those concerned are told."""

    def accept(session: Session, **values: Any) -> ConflictCard:
        row = commands.accept_conflict(session, now=clock.now(), **values)
        return queries.conflict_card(session, row.id, by)

    return await web.perform(
        request, database, accept, by=by, conflict_id=conflict_id, because=body.because, show=ConflictAnswer.of
    )


@router.get("/facts", response_model=schemas.Page[FactAnswer])
async def list_facts(
    request: Request,
    database: web.Database,
    paging: web.Paging,
    from_at: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    to: AwareDatetime | None = None,
) -> Response:
    """List what municipal systems told and did not withdraw, by its start."""
    rows = await database.read(queries.facts, paging, from_at=from_at, until_at=to)
    return web.listing(
        request, paging, rows, show=FactAnswer.of, key=lambda row: (row.start, row.id), sorted_by="starts_at, id"
    )
