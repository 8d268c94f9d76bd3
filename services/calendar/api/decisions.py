"""`decisions`: what all meetings decided, to be searched; and what one decision is about."""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from services.calendar import commands, queries
from services.calendar.queries.decided import DecisionFilter, Progress, decision_links, found_decisions
from services.calendar.schemas import Identifier, Page
from services.calendar.schemas.after import AboutAnswer, FoundDecisionAnswer, LinksAnswer, LinksBody
from shared import clock, web

router = web.api_router("calendar")
EventId = Annotated[Identifier, Path()]
DecisionId = Annotated[Identifier, Path()]
SearchWords = Annotated[str, Query(max_length=200, description="Words that must all occur, accents apart.")]
State = Annotated[Progress | None, Query(description="Only what is so.")]
OwnerId = Annotated[Identifier | None, Query(description="Only what this organisation carries out.")]
About = Annotated[Identifier | None, Query(description="Only about this problem, initiative or event.")]


@router.get("/decisions", response_model=Page[FoundDecisionAnswer])
async def search_decisions(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    paging: web.Paging,
    q: SearchWords = "",
    state: State = None,
    owner_id: OwnerId = None,
    about: About = None,
) -> Response:
    """List what was decided at the meetings that one may see, the newest first."""
    wanted = DecisionFilter(clock.today(request.app.state.settings.zone), q, state, owner_id, about)
    rows = await database.read(found_decisions, person, wanted, paging)
    return web.listing(
        request,
        paging,
        rows,
        show=FoundDecisionAnswer.of_found,
        key=lambda row: row.decision.id,
        sorted_by="id, the newest first",
    )


@router.get("/meetings/{event_id}/decisions/{decision_id}/about", response_model=LinksAnswer)
async def get_links(
    database: web.Database, person: web.MaybePerson, event_id: EventId, decision_id: DecisionId
) -> Response:
    """Say what a decision is about; the version is the decision's."""
    links = await database.read(decision_links, event_id, decision_id, person)
    row = await database.read(queries.decision, event_id, decision_id)
    return web.answer(LinksAnswer(about=[AboutAnswer.of(link) for link in links]), version=row.version)


@router.put("/meetings/{event_id}/decisions/{decision_id}/about", response_model=LinksAnswer)
async def link_decision(
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    event_id: EventId,
    decision_id: DecisionId,
    body: LinksBody,
) -> Response:
    """Say what a decision is about, all of it; the version is the decision's."""
    row = await database.write(
        commands.link_decision,
        by=by,
        event_id=event_id,
        decision_id=decision_id,
        about=[one.about() for one in body.about],
        version=version,
    )
    links = await database.read(decision_links, event_id, decision_id, by)
    return web.answer(LinksAnswer(about=[AboutAnswer.of(link) for link in links]), version=row.version)
