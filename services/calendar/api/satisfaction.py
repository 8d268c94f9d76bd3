"""`events/{event_id}/satisfaction`: the links to the questions about an event, and what was answered; for its hosts."""

from typing import Annotated

from fastapi import Path, Request, Response
from sqlalchemy.orm import Session

from services.calendar import commands, queries
from services.calendar.domain.permissions import may_ask_satisfaction
from services.calendar.queries import SatisfactionCard
from services.calendar.schemas import Identifier
from services.calendar.schemas.satisfaction import LinkAnswer, LinkBody, SatisfactionAnswers
from shared import clock, web
from shared.people import Person, must

router = web.api_router("calendar")
EventId = Annotated[Identifier, Path()]


@router.get("/events/{event_id}/satisfaction", response_model=SatisfactionAnswers)
async def get_satisfaction(
    request: Request, database: web.Database, by: web.CurrentPerson, event_id: EventId
) -> Response:
    """Give the links of an event and what was answered; answers of fewer than five people are not told."""
    card = await database.read(_card, by, event_id)
    return web.answer(SatisfactionAnswers.of(card, request.app.state.settings.address, clock.now()))


@router.post("/events/{event_id}/satisfaction", status_code=201, response_model=LinkAnswer)
async def open_link(
    request: Request, database: web.Database, by: web.CurrentPerson, event_id: EventId, body: LinkBody
) -> Response:
    """Make the link to the questions about one date; the same one again for the same date."""
    address = request.app.state.settings.address
    recurrence = None if body.recurrence_at is None else int(body.recurrence_at.timestamp())

    def open_and_look(session: Session) -> LinkAnswer:
        link = commands.open_link(session, by=by, event_id=event_id, recurrence=recurrence)
        return LinkAnswer.of(queries.questions(session, link.token), address, clock.now())

    return await web.create(
        request,
        database,
        open_and_look,
        show=lambda made: made,
        location=lambda made: f"/calendar/satisfaction/{made.id}",
    )


def _card(session: Session, by: Person, event_id: str) -> SatisfactionCard:
    card = queries.satisfaction_card(session, event_id, clock.now(), by)
    must(may_ask_satisfaction(by, tuple(card.event.host_ids)))
    return card
