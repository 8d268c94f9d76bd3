"""`invitations`: asking people to join; accepting one is a page, for humans."""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from services.registry import commands, queries, schemas
from services.registry.schemas import Identifier
from services.registry.schemas.people import InvitationAnswer, InvitationBody, MadeInvitationAnswer, SendingBody
from shared import web

router = web.api_router("registry")
InvitationId = Annotated[Identifier, Path()]
OfOrganisation = Annotated[
    Identifier | None,
    Query(description="Only those into this organisation; coordinators of one must name it."),
]


@router.get("/invitations", response_model=schemas.Page[InvitationAnswer])
async def list_invitations(
    request: Request,
    database: web.Database,
    viewer: web.CurrentPerson,
    paging: web.Paging,
    organisation_id: OfOrganisation = None,
) -> Response:
    """List the invitations that whoever asks might have sent."""
    rows = await database.read(queries.invitations, viewer=viewer, paging=paging, organisation_id=organisation_id)
    return web.listing(
        request,
        paging,
        rows,
        show=schemas.invitation_answer,
        key=lambda card: card.id,
        sorted_by="created_at, newest first",
    )


@router.post("/invitations", status_code=201, response_model=MadeInvitationAnswer)
async def invite(request: Request, database: web.Database, by: web.CurrentPerson, body: InvitationBody) -> Response:
    """Invite somebody; the link is in the answer, this once, if it is handed over by hand."""
    address = request.app.state.settings.address
    return await web.create(
        request,
        database,
        commands.invite,
        by=by,
        plan=body.plan(),
        show=schemas.made_invitation_answer,
        show_once=lambda made: schemas.made_invitation_answer(made, address),
    )


@router.get("/invitations/{invitation_id}", response_model=InvitationAnswer)
async def get_invitation(database: web.Database, viewer: web.CurrentPerson, invitation_id: InvitationId) -> Response:
    """Give one invitation."""
    card = await database.read(queries.invitation_card, viewer=viewer, invitation_id=invitation_id)
    return web.answer(schemas.invitation_answer(card), version=card.version)


@router.post("/invitations/{invitation_id}/withdraw", response_model=InvitationAnswer, responses=web.refuses(409))
async def withdraw_invitation(
    request: Request, database: web.Database, by: web.CurrentPerson, invitation_id: InvitationId
) -> Response:
    """Take an invitation back; its link opens nothing any more."""
    return await web.perform(
        request,
        database,
        commands.withdraw_invitation,
        by=by,
        invitation_id=invitation_id,
        show=schemas.invitation_answer,
    )


@router.post("/invitations/{invitation_id}/send", response_model=MadeInvitationAnswer, responses=web.refuses(409))
async def send_again(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    invitation_id: InvitationId,
    body: SendingBody | None = None,
) -> Response:
    """Repeat an invitation, for another 14 days; the link of before opens nothing any more."""
    address = request.app.state.settings.address
    return await web.perform(
        request,
        database,
        commands.send_again,
        by=by,
        invitation_id=invitation_id,
        by_hand=body is not None and body.by_hand,
        show=schemas.made_invitation_answer,
        show_once=lambda made: schemas.made_invitation_answer(made, address),
    )
