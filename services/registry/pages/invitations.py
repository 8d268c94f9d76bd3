"""Inviting somebody by letter or by a link handed over, and the page on which the invited accept."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from services.registry import commands, queries, schemas
from services.registry.commands import Invited, Opened
from services.registry.domain.permissions import may_change_roles, may_give_neighbourhood_roles, may_see_invitations
from services.registry.domain.plans import Device, InvitationPlan, Language
from services.registry.models import Organisation
from services.registry.pages import words
from services.registry.pages.cookies import device_of, local, renew, signed_in
from services.registry.problems import InvitationNotValid
from services.registry.queries.invitations import InvitationCard
from services.registry.schemas import Identifier
from services.registry.schemas.fields import Name
from shared import auth, clock, web
from shared.database import Database
from shared.i18n import say
from shared.messages.registry import Role
from shared.pages import Pages
from shared.paging import WHOLE
from shared.people import Person, must
from shared.problems import InvalidInput

router = web.page_router()
templates = Pages("registry")
Key = Annotated[str, Query(max_length=200)]
ROLE_WORDS: dict[Role, str] = {
    "member": "member: sees what the institutions share with each other",
    "coordinator": "coordinator: plans events, looks after the card and the contacts, invites members",
    "leader": "leader: also decides who belongs to the institution and in which role",
}
NEIGHBOURHOOD_WORDS = {
    "neighbourhood_coordinator": "neighbourhood coordinator: speaks for every institution and invites into each",
    "administrator": "administrator: may do everything, also name administrators",
}


@dataclass(frozen=True)
class Asked:
    """The form in which somebody is invited, as it was filled in."""

    name: str = ""
    email: str = ""
    language: str = "pl"
    organisation_id: str = ""
    role: str = "member"
    given: tuple[str, ...] = ()
    by_hand: bool = False

    def plan(self) -> InvitationPlan:
        """Give what the command takes; without an organisation there is no role in one."""
        role: Any = self.role if self.role in ROLE_WORDS else None
        return InvitationPlan(
            name=self.name.strip(),
            email=self.email.strip(),
            language="en" if self.language == "en" else "pl",
            organisation_id=self.organisation_id or None,
            role=role if self.organisation_id else None,
            administrator="administrator" in self.given,
            neighbourhood_coordinator="neighbourhood_coordinator" in self.given,
            by_hand=self.by_hand,
        )


@router.get("/registry/organisations/{organisation_id}/invite")
async def ask_to_invite(
    request: Request, database: web.Database, person: web.CurrentPerson, organisation_id: Identifier
) -> Response:
    """Show the form for inviting somebody into an institution."""
    return await _form(request, database, person, Asked(organisation_id=organisation_id), organisation_id)


@router.post("/registry/organisations/{organisation_id}/invite")
async def invite(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    organisation_id: Identifier,
    name: Annotated[Name, Form()],
    email: Annotated[str, Form(max_length=254)] = "",
    language: Annotated[str, Form()] = "pl",
    role: Annotated[str, Form()] = "member",
    by_hand: Annotated[str, Form()] = "",
) -> Response:
    """Invite somebody into an institution."""
    asked = Asked(name, email, language, organisation_id, role, by_hand=bool(by_hand))
    return await _invite(request, database, person, asked, organisation_id)


@router.get("/registry/people/invite")
async def ask_to_invite_anywhere(request: Request, database: web.Database, person: web.CurrentPerson) -> Response:
    """Show the form for inviting somebody into any institution, or into a role in the neighbourhood."""
    return await _form(request, database, person, Asked(role="coordinator"), None)


@router.post("/registry/people/invite")
async def invite_anywhere(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    name: Annotated[Name, Form()],
    email: Annotated[str, Form(max_length=254)] = "",
    language: Annotated[str, Form()] = "pl",
    organisation_id: Annotated[str, Form(max_length=36)] = "",
    role: Annotated[str, Form()] = "member",
    given: Annotated[tuple[str, ...], Form()] = (),
    by_hand: Annotated[str, Form()] = "",
) -> Response:
    """Invite somebody into any institution, or into a role in the neighbourhood."""
    must(may_see_invitations(person, None))
    asked = Asked(name, email, language, organisation_id, role, given, bool(by_hand))
    return await _invite(request, database, person, asked, None)


@router.post("/registry/invitations/{invitation_id}/send")
async def send_again(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    invitation_id: Identifier,
    back: Annotated[str, Form(max_length=200)] = "/registry/people",
    by_hand: Annotated[str, Form()] = "",
) -> Response:
    """Repeat an invitation by letter, or make a new link to hand over."""
    made = await database.write(commands.send_again, by=person, invitation_id=invitation_id, by_hand=bool(by_hand))
    return _sent(request, made, local(back))


@router.post("/registry/invitations/{invitation_id}/withdraw")
async def withdraw(
    database: web.Database,
    person: web.CurrentPerson,
    invitation_id: Identifier,
    back: Annotated[str, Form(max_length=200)] = "/registry/people",
) -> Response:
    """Take an invitation back."""
    await database.write(commands.withdraw_invitation, by=person, invitation_id=invitation_id)
    return RedirectResponse(f"{local(back)}?notice=withdrawn", 303)


@router.get("/registry/invitation")
async def show_invitation(
    request: Request, database: web.Database, _person: web.MaybePerson, key: Key = ""
) -> Response:
    """Show somebody who invites them into what: opening the link alone changes nothing."""
    card = await database.read(queries.open_invitation, secret=key, now=clock.now()) if key else None
    return _invitation(request, card, key)


@router.post("/registry/invitation")
async def accept(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    key: Annotated[str, Form(max_length=200)],
    name: Annotated[str, Form(max_length=200)] = "",
    language: Annotated[Language, Form()] = "pl",
) -> Response:
    """Accept an invitation: who is signed in gets its roles, somebody new is registered and signed in."""
    await web.limit(request, "sign-in")
    card = await database.read(queries.open_invitation, secret=key, now=clock.now())
    if card is None:
        return _invitation(request, None, key)
    if person is None and not name.strip():
        return _invitation(request, card, key, fault=say("Write your name."))
    try:
        if person is None:
            device = device_of(request)
            opened = await database.write(join, secret=key, name=name.strip(), language=language, device=device)
            return signed_in(request, opened, "/registry/account")
        cookie = web.cookie_of(request, auth.SESSION_COOKIE) or ""
        token = await database.write(join_too, secret=key, by=person, session_secret=cookie)
    except InvitationNotValid:
        return _invitation(request, None, key)
    response = RedirectResponse("/registry/account", status_code=303)
    if token is not None:
        renew(response, request, token)
    return response


def join(session: Session, *, secret: str, name: str, language: Language, device: Device) -> Opened:
    """Register who accepts an invitation, and sign their browser in."""
    person = commands.accept_invitation(session, secret=secret, by=None, name=name, language=language)
    return commands.open_session(session, person_id=person.id, way="link", device=device)


def join_too(session: Session, *, secret: str, by: Person, session_secret: str) -> str | None:
    """Give the roles of an invitation to who is signed in, and a token that knows them, if their session is open."""
    commands.accept_invitation(session, secret=secret, by=by)
    return commands.refresh(session, secret=session_secret)


async def _invite(
    request: Request, database: Database, person: Person, asked: Asked, organisation_id: str | None
) -> Response:
    try:
        made = await database.write(commands.invite, by=person, plan=asked.plan())
    except InvalidInput as refusal:
        faults = {one["pointer"].strip("/"): say(one["detail"]) for one in refusal.extra["errors"]}
        return await _form(request, database, person, asked, organisation_id, faults)
    back = f"/registry/organisations/{organisation_id}/people" if organisation_id else "/registry/people"
    return _sent(request, made, back)


def _sent(request: Request, made: Invited, back: str) -> Response:
    """Lead back where a letter goes out; else show the link, which nobody can show again."""
    if made.secret is None:
        return RedirectResponse(f"{back}?notice=sent", 303)
    link = schemas.invitation_link(request.app.state.settings.address, made.secret)
    return templates.page(
        request,
        "invitation-link.html",
        card=made.card,
        written=link,
        back=back,
        headers={"Cache-Control": "no-store"},
    )


async def _form(
    request: Request,
    database: Database,
    person: Person,
    asked: Asked,
    organisation_id: str | None,
    faults: dict[str, str] | None = None,
) -> Response:
    """Show the form to those who may invite here, with what was filled in and what is wrong with it."""
    must(may_see_invitations(person, organisation_id))
    one = await database.read(queries.named, Organisation, organisation_id) if organisation_id else None
    offered = [] if one else await database.read(queries.organisations, paging=WHOLE)
    may_lead = organisation_id is None or may_change_roles(person, organisation_id)
    return templates.form(
        request,
        "invite.html",
        faults,
        organisation=one,
        organisations=[(row.id, row.name) for row in offered],
        asked=asked,
        roles=[(code, say(text)) for code, text in ROLE_WORDS.items() if may_lead or code == "member"],
        neighbourhood_roles=[
            (code, say(text)) for code, text in NEIGHBOURHOOD_WORDS.items() if may_give_neighbourhood_roles(person)
        ]
        if one is None
        else [],
    )


def _invitation(request: Request, card: InvitationCard | None, key: str, fault: str | None = None) -> Response:
    return templates.page(
        request,
        "invitation.html",
        status=422 if fault else (200 if card else InvitationNotValid.status),
        card=card,
        key=key,
        roles=words.said(words.ROLES),
        fault=fault,
        headers={"Cache-Control": "no-store"},
    )
