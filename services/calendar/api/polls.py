"""`polls`: asking for the date of a meeting; `ballots/{secret}`: voting by link; who is invited to a meeting."""

from typing import Annotated

from fastapi import Path, Request, Response
from sqlalchemy.orm import Session

from services.calendar import commands
from services.calendar.api.waiting import wait_for_copies
from services.calendar.commands.voting import Link
from services.calendar.domain.permissions import may_change_event
from services.calendar.domain.plans import EventPlan
from services.calendar.problems import NotAMeeting
from services.calendar.queries import event_seen, meeting_card
from services.calendar.queries import polls as looking
from services.calendar.queries.polls import InvitationCard
from services.calendar.schemas import EventAnswer, Identifier, Page
from services.calendar.schemas.polls import (
    BallotAnswer,
    InvitationAnswer,
    InvitationsAnswer,
    InvitationsBody,
    LinkMade,
    LinksBody,
    LinksMade,
    PollAnswer,
    PollBody,
    PollCardAnswer,
    Secret,
    SettleBody,
    VoteBody,
)
from services.calendar.settings import Settings
from shared import clock, web
from shared.people import Person, must

router = web.api_router("calendar")
EventId = Annotated[Identifier, Path()]
PollId = Annotated[Identifier, Path()]
SecretInPath = Annotated[Secret, Path(description="The last part of a link.")]
NO_STORE = {"Cache-Control": "no-store"}


@router.get("/meetings/{event_id}/invitations", response_model=InvitationsAnswer, responses=web.refuses(409))
async def list_invitations(database: web.Database, by: web.CurrentPerson, event_id: EventId) -> Response:
    """List who is invited to a meeting, for its hosts' people: guests with their addresses."""
    cards, version = await database.read(_invitations, event_id, by)
    return web.answer(_invited(cards), version=version, headers={**NO_STORE})


@router.put("/meetings/{event_id}/invitations", response_model=InvitationsAnswer, responses=web.refuses(409))
async def invite(
    database: web.Database, by: web.CurrentPerson, version: web.IfMatch, event_id: EventId, body: InvitationsBody
) -> Response:
    """Say who is invited to a meeting, all of them; who is new is told. The version is the meeting's."""
    invited = [one.invited() for one in body.invited]
    await database.write(commands.invite, by=by, event_id=event_id, invited=invited, version=version)
    cards, version = await database.read(_invitations, event_id, by)
    return web.answer(_invited(cards), version=version, headers={**NO_STORE})


@router.get("/polls", response_model=Page[PollAnswer])
async def list_polls(request: Request, database: web.Database, by: web.CurrentPerson, paging: web.Paging) -> Response:
    """List the polls of one's organisations and those to which one is invited, the oldest first."""
    rows = await database.read(looking.polls, by, paging)
    return web.listing(request, paging, rows, show=PollAnswer.of, key=lambda row: row.id, sorted_by="id")


@router.post("/polls", status_code=201, response_model=PollCardAnswer, responses=web.refuses(409))
async def open_poll(request: Request, database: web.Database, by: web.CurrentPerson, body: PollBody) -> Response:
    """Ask for the date of a meeting; its dates are held as tentative."""
    settings: Settings = request.app.state.settings
    plan, now = body.plan(settings.zone), clock.now()
    ids = (body.organisation_id, *(one.organisation_id for one in body.invited if one.organisation_id))
    awaited = EventPlan("?", now, now, settings.zone, host_ids=ids, venue_id=body.venue_id)
    await wait_for_copies(database, awaited, settings.copy_wait_seconds)

    def open_and_look(session: Session) -> PollCardAnswer:
        made = commands.open_poll(session, by=by, plan=plan, horizon_days=settings.horizon_days)
        return PollCardAnswer.of_card(looking.poll_card(session, made.id, by))

    return await web.create(request, database, open_and_look, show=lambda made: made)


@router.get("/polls/{poll_id}", response_model=PollCardAnswer)
async def get_poll(database: web.Database, by: web.CurrentPerson, poll_id: PollId) -> Response:
    """Give one poll with what it came to so far, and the date that is suggested, with reasons."""
    card = await database.read(looking.poll_card, poll_id, by)
    return web.answer(PollCardAnswer.of_card(card), headers=NO_STORE)


@router.post("/polls/{poll_id}/links", response_model=LinksMade, responses=web.refuses(409))
async def make_links(
    request: Request, database: web.Database, by: web.CurrentPerson, poll_id: PollId, body: LinksBody
) -> Response:
    """Make links to vote by; they are told once."""
    address = request.app.state.settings.address

    def made(links: list[Link], *, once: bool) -> LinksMade:
        return LinksMade(
            items=[
                LinkMade(
                    invitation_id=one.id if one else None,
                    name=one.name if one else "",
                    url=f"{address}/calendar/polls/{text}" if once else None,
                )
                for one, text in links
            ]
        )

    def make(session: Session) -> list[Link]:
        if body.open:
            return [commands.make_open_link(session, by=by, poll_id=poll_id)]
        return commands.make_links(session, by=by, poll_id=poll_id, invitation_id=body.invitation_id)

    return await web.create(
        request,
        database,
        make,
        status=200,
        show=lambda links: made(links, once=False),
        show_once=lambda links: made(links, once=True),
    )


@router.post("/polls/{poll_id}/settle", response_model=EventAnswer, responses=web.refuses(409))
async def settle_poll(
    request: Request, database: web.Database, by: web.CurrentPerson, poll_id: PollId, body: SettleBody
) -> Response:
    """Let one date be the meeting's: it is confirmed, the others are let go, who is invited is told."""
    return await web.perform(
        request,
        database,
        commands.settle_poll,
        by=by,
        poll_id=poll_id,
        event_id=body.date_id,
        horizon_days=request.app.state.settings.horizon_days,
        show=EventAnswer.of,
    )


@router.post("/polls/{poll_id}/withdraw", response_model=PollAnswer, responses=web.refuses(409))
async def withdraw_poll(request: Request, database: web.Database, by: web.CurrentPerson, poll_id: PollId) -> Response:
    """Call a poll off and let go of its dates."""
    return await web.perform(request, database, commands.withdraw_poll, by=by, poll_id=poll_id, show=PollAnswer.of)


@router.get("/ballots/{secret}", response_model=BallotAnswer)
async def get_ballot(database: web.Database, secret: SecretInPath) -> Response:
    """Give what a link shows: the dates, and one's own answers."""
    ballot = await database.read(looking.ballot, secret)
    return web.answer(BallotAnswer.of(ballot, clock.now()), headers=NO_STORE)


@router.post("/ballots/{secret}", response_model=BallotAnswer, responses=web.refuses(409, 429))
async def vote(request: Request, database: web.Database, secret: SecretInPath, body: VoteBody) -> Response:
    """Vote, or vote again: the earlier answers are replaced. A group's link makes a link of one's own."""
    await web.limit(request, "answer")
    address = request.app.state.settings.address

    def take(session: Session) -> BallotAnswer:
        now, url, text = clock.now(), None, secret
        if looking.link_of(session, secret).invitation_id is None:
            text = commands.join_poll(session, text=secret, name=body.name, now=now)
            url = f"{address}/calendar/polls/{text}"
        replaced = commands.vote(session, text=text, answers=body.answers, now=now)
        return BallotAnswer.of(looking.ballot(session, text), now, replaced=replaced, url=url)

    def kept(made: BallotAnswer) -> BallotAnswer:
        return made.model_copy(update={"url": None})

    return await web.create(request, database, take, status=200, show=kept, show_once=lambda made: made)


def _invitations(session: Session, event_id: str, by: Person) -> tuple[list[InvitationCard], int]:
    """Give who is invited to a meeting, and its version; raises `NotFound`, `NotAllowed`, `NotAMeeting`."""
    event = event_seen(session, event_id, by)
    must(may_change_event(by, tuple(event.host_ids)))
    if event.kind != "meeting":
        raise NotAMeeting
    return looking.invitations(session, event_id=event_id), meeting_card(session, event_id).version


def _invited(cards: list[InvitationCard]) -> InvitationsAnswer:
    return InvitationsAnswer(items=[InvitationAnswer.of(one) for one in cards])
