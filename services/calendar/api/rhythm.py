"""`rhythms`: how the same hosts meet: how regularly, who stays away, and what came of the last time."""

from typing import Annotated

from fastapi import Query, Request, Response
from sqlalchemy.orm import Session

from services.calendar.queries.rhythm import RhythmCard, rhythm_cards
from services.calendar.schemas import Identifier
from services.calendar.schemas.rhythm import RhythmAnswer, RhythmList
from shared import clock, web
from shared.people import Person, is_partner, must

router = web.api_router("calendar")
OrganisationId = Annotated[Identifier | None, Query(description="Only meetings that this organisation hosts.")]


@router.get("/rhythms", response_model=RhythmList)
async def list_rhythms(
    request: Request, database: web.Database, by: web.CurrentPerson, organisation_id: OrganisationId = None
) -> Response:
    """List how each group of hosts met in the last year, whoever met last first: for partners."""
    must(is_partner(by))
    cards = await database.read(_cards, by, request.app.state.settings.zone, organisation_id)
    return web.answer(RhythmList(items=[RhythmAnswer.of(card) for card in cards]))


def _cards(session: Session, by: Person, zone: str, organisation_id: str | None) -> list[RhythmCard]:
    return rhythm_cards(session, by, clock.now(), zone, organisation_id)
