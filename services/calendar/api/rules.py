"""`conflict-rules`: how severe conflicts of a kind are, at a venue or in the whole neighbourhood."""

from typing import Annotated

from fastapi import Query, Request, Response
from sqlalchemy.orm import Session

from services.calendar import commands, queries, schemas
from services.calendar.domain.conflicts import Kind
from services.calendar.models import EVERYWHERE, ConflictRule
from services.calendar.schemas import ChangeAnswer, ConflictRuleAnswer, Identifier
from shared import web
from shared.paging import Paging
from shared.problems import NotFound

router = web.api_router("calendar")
AtVenue = Annotated[Identifier | None, Query(description="At this venue; without, in the whole neighbourhood.")]


@router.get("/conflict-rules", response_model=schemas.Page[ConflictRuleAnswer])
async def list_conflict_rules(
    request: Request, database: web.Database, paging: web.Paging, kind: Kind | None = None, venue: AtVenue = None
) -> Response:
    """List what was decided, in the order in which it first was; where nothing was, the table of kinds holds."""
    rows = await database.read(queries.conflict_rules, paging, kind=kind, venue_id=venue)
    return web.listing(request, paging, rows, show=ConflictRuleAnswer.of, key=lambda row: row.id, sorted_by="id")


@router.get("/conflict-rules/{kind}", response_model=ConflictRuleAnswer)
async def get_conflict_rule(database: web.Database, kind: Kind, venue: AtVenue = None) -> Response:
    """Give what was decided for one kind; version 0 while nothing is."""
    row = await database.read(_rule, kind, venue)
    return web.answer(ConflictRuleAnswer.of(row), version=row.version)


@router.put("/conflict-rules/{kind}", response_model=ConflictRuleAnswer)
async def set_conflict_rule(
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    kind: Kind,
    body: schemas.RuleBody,
    venue: AtVenue = None,
) -> Response:
    """Decide how severe conflicts of a kind are; what it concerns is checked again.

    `block` refuses an event and is for venues and resources; `standard` takes back what was decided. A venue's rule is
    decided by who may speak for its organisation, and goes before the neighbourhood's.
    """
    row = await database.write(
        commands.set_conflict_rule,
        by=by,
        kind=kind,
        venue_id=venue,
        level=body.level,
        because=body.because,
        version=version,
    )
    return web.answer(ConflictRuleAnswer.of(row), version=row.version)


@router.get("/conflict-rules/{kind}/history", response_model=schemas.Page[ChangeAnswer])
async def list_history_of_rule(
    request: Request, database: web.Database, paging: web.Paging, kind: Kind, venue: AtVenue = None
) -> Response:
    """Tell who decided what about one kind, and why, the earliest first."""

    def history(session: Session, paging: Paging) -> list[ChangeAnswer]:
        row = queries.conflict_rule(session, kind, venue)
        return (
            [ChangeAnswer.of(one) for one in queries.history_of(session, "conflict_rule", row.id, paging)]
            if row
            else []
        )

    rows = await database.read(history, paging)
    return web.listing(request, paging, rows, show=lambda row: row, key=lambda row: (row.version,), sorted_by="version")


def _rule(session: Session, kind: Kind, venue_id: str | None) -> ConflictRule:
    """Give a rule, also one that nobody decided yet; raises `NotFound` for a venue that is not known."""
    if venue_id and queries.venue(session, venue_id) is None:
        raise NotFound
    decided = queries.conflict_rule(session, kind, venue_id)
    return decided or ConflictRule(kind=kind, venue_id=venue_id or EVERYWHERE, level="standard", version=0)
