"""`opportunities`: found, proposed, accepted or declined; accepting makes one event of two, or coordinates them."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Path, Request, Response
from sqlalchemy.orm import Session

from services.calendar import commands, queries, schemas
from services.calendar.api.conflicts import EventFilter
from services.calendar.models import Opportunity
from services.calendar.queries import OpportunityCard
from services.calendar.schemas import Identifier, OpportunityAnswer
from shared import web
from shared.database import Database
from shared.people import Person

router = web.api_router("calendar")
OpportunityId = Annotated[Identifier, Path()]
OpportunityState = Literal["open", "proposed", "accepted", "declined", "gone"]


@router.get("/opportunities", response_model=schemas.Page[OpportunityAnswer])
async def list_opportunities(
    request: Request,
    database: web.Database,
    paging: web.Paging,
    person: web.MaybePerson,
    event: EventFilter = None,
    state: OpportunityState | None = None,
) -> Response:
    """List opportunities in the order in which they were found."""
    rows = await database.read(queries.opportunities, paging, event_id=event, state=state, seen_by=person)
    show = partial(OpportunityAnswer.of, person=person)
    return web.listing(request, paging, rows, show=show, key=lambda card: card.id, sorted_by="id")


@router.post("/opportunities", status_code=201, response_model=OpportunityAnswer, responses=web.refuses(404, 409))
async def propose_pair(
    request: Request, database: web.Database, by: web.CurrentPerson, body: schemas.PairBody
) -> Response:
    """Propose to join or coordinate two events, whether or not an opportunity was found between them."""
    return await web.create(
        request,
        database,
        _shown(commands.propose_pair),
        by=by,
        event_ids=body.event_ids,
        plan=body.plan(),
        show=partial(OpportunityAnswer.of, person=by),
    )


@router.get("/opportunities/{opportunity_id}", response_model=OpportunityAnswer)
async def get_opportunity(database: web.Database, person: web.MaybePerson, opportunity_id: OpportunityId) -> Response:
    """Give one opportunity, with the proposal about it."""
    card = await database.read(queries.opportunity_card, opportunity_id, person)
    return web.answer(OpportunityAnswer.of(card, person), version=card.version)


@router.post("/opportunities/{opportunity_id}/propose", response_model=OpportunityAnswer, responses=web.refuses(409))
async def propose(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    opportunity_id: OpportunityId,
    body: schemas.ProposalBody,
) -> Response:
    """Propose to the hosts of the other event to join or coordinate."""
    return await _act(request, database, commands.propose, by, opportunity_id, plan=body.plan())


@router.post("/opportunities/{opportunity_id}/accept", response_model=OpportunityAnswer, responses=web.refuses(409))
async def accept_proposal(
    request: Request, database: web.Database, by: web.CurrentPerson, opportunity_id: OpportunityId
) -> Response:
    """Agree to what is proposed: both become one event (`joint_event_id`), or are coordinated; 409 if it is taken."""
    horizon_days = request.app.state.settings.horizon_days
    return await _act(request, database, commands.accept_proposal, by, opportunity_id, horizon_days=horizon_days)


@router.post("/opportunities/{opportunity_id}/decline", response_model=OpportunityAnswer, responses=web.refuses(409))
async def decline(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    opportunity_id: OpportunityId,
    body: schemas.Because | None = None,
) -> Response:
    """Say "no thanks" to a proposal or a suggestion; the pair is not suggested again."""
    return await _act(request, database, commands.decline, by, opportunity_id, because=body.because if body else "")


@router.post("/opportunities/{opportunity_id}/withdraw", response_model=OpportunityAnswer, responses=web.refuses(409))
async def withdraw_proposal(
    request: Request, database: web.Database, by: web.CurrentPerson, opportunity_id: OpportunityId
) -> Response:
    """Take a proposal back; the opportunity is open again."""
    return await _act(request, database, commands.withdraw_proposal, by, opportunity_id)


async def _act(
    request: Request,
    database: Database,
    command: Callable[..., Opportunity],
    by: Person,
    opportunity_id: str,
    **values: Any,
) -> Response:
    """Run a command on one opportunity, and show what became of it."""
    show = partial(OpportunityAnswer.of, person=by)
    return await web.perform(
        request, database, _shown(command), by=by, opportunity_id=opportunity_id, show=show, **values
    )


def _shown(command: Callable[..., Opportunity]) -> Callable[..., OpportunityCard]:
    """Let a command give the card of what it changed."""

    def run(session: Session, *, by: Person, **values: Any) -> OpportunityCard:
        return queries.opportunity_card(session, command(session, by=by, **values).id, by)

    return run
