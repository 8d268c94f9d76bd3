"""Inviting somebody: by a letter or by a link handed over, which works once and for 14 days; and accepting it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from services.registry.commands.audit import note
from services.registry.commands.editing import locked, must_exist, remember
from services.registry.commands.letters import Envelope, order_letter
from services.registry.commands.people import locked_person, new_person, roles_changed, set_role
from services.registry.domain.consents import checked_value
from services.registry.domain.invitations import LIFETIME, higher
from services.registry.domain.permissions import may_invite
from services.registry.domain.plans import ContactPlan, InvitationPlan, Language, MembershipPlan, PersonPlan
from services.registry.domain.secrets import hash_of, new_secret
from services.registry.models import Invitation, Organisation, Person
from services.registry.problems import InvitationNotValid, InvitationSettled
from services.registry.queries.invitations import InvitationCard, card_of
from services.registry.queries.people import actor
from shared import clock, people
from shared.i18n import say, say_in
from shared.people import is_human, must
from shared.problems import InvalidInput

SIGN_IN_PURPOSE = "To sign in here and to get the mails you ask for"


@dataclass(frozen=True)
class Invited:
    """An invitation that was just made; `secret` opens it, and is there only when it is handed over by hand."""

    card: InvitationCard
    secret: str | None

    @property
    def id(self) -> str:
        """The invitation's id."""
        return self.card.id

    @property
    def version(self) -> int:
        """The invitation's version."""
        return self.card.version


def invite(session: Session, *, by: people.Person, plan: InvitationPlan) -> Invited:
    """Ask somebody to join: a letter goes to their address, or `by` is shown the link to hand over.

    Raises `NotAllowed`, and `InvalidInput` for an unknown organisation, no role, or no address to write to.
    """
    must_exist(session, Organisation, plan.organisation_id, "/organisation_id")
    if (plan.organisation_id is None) != (plan.role is None) or not (plan.role or plan.is_for_neighbourhood):
        raise InvalidInput(("/role", "Say into which organisation and in which role"))
    must(may_invite(by, plan.organisation_id, plan.role, plan.is_for_neighbourhood))
    now = clock.now()
    row = Invitation(
        name=plan.name,
        email=_address_in(plan),
        language=plan.language,
        organisation_id=plan.organisation_id,
        role=plan.role,
        administrator=plan.administrator,
        neighbourhood_coordinator=plan.neighbourhood_coordinator,
        by_person_id=None if by.service else by.id,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(row)
    session.flush()
    remember(session, by, row, "invited", {"organisation_id": plan.organisation_id, "role": plan.role})
    return _handed_over(session, row, by_hand=plan.by_hand)


def send_again(session: Session, *, by: people.Person, invitation_id: str, by_hand: bool = False) -> Invited:
    """Repeat an invitation for another 14 days, by letter or by hand; the link of before works no more.

    Raises `NothingHere`, `NotAllowed`, `InvitationSettled`, `InvalidInput` where there is no address.
    """
    row = _locked_for(session, by, invitation_id)
    if row.accepted_at is not None or row.withdrawn_at is not None or not row.name:
        raise InvitationSettled
    if not by_hand and not row.email:
        raise _no_address()
    row.expires_at = clock.now() + LIFETIME
    row.version += 1
    remember(session, by, row, "invited again")
    return _handed_over(session, row, by_hand=by_hand)


def withdraw_invitation(session: Session, *, by: people.Person, invitation_id: str) -> InvitationCard:
    """Take an invitation back; one that was accepted stays so. Raises `NothingHere`, `NotAllowed`."""
    row = _locked_for(session, by, invitation_id)
    if row.accepted_at is None and row.withdrawn_at is None:
        row.withdrawn_at = clock.now()
        _settle(row)
        remember(session, by, row, "withdrawn")
    return card_of(session, row)


def seal_invitation(session: Session, *, invitation_id: str) -> Envelope | None:
    """Draw the secret of an invitation whose letter goes out now; None when there is nothing to be sent any more."""
    row = session.get(Invitation, invitation_id, with_for_update=True)
    if row is None or not row.email or card_of(session, row).state != "open":
        return None
    secret = _draw(row)
    about = _about(card_of(session, row))
    return Envelope(email=row.email, language=row.language, name=row.name, secret=secret, about=about)


def _about(card: InvitationCard) -> str:
    """Say into what and by whom somebody is invited, in their language, as far as it is known."""
    row = card.invitation
    where = card.organisation_name or say_in(row.language, "the whole neighbourhood")
    if card.by_name is None:
        return where
    return say_in(row.language, "{where} (invited by {name})", where=where, name=card.by_name)


def accept_invitation(
    session: Session, *, secret: str, by: people.Person | None, name: str = "", language: Language = "pl"
) -> Person:
    """Use an invitation up: `by`, or a new person where nobody is signed in, has its roles from now on.

    Raises `InvitationNotValid`, also when who invited might not do so any more, and `NotAllowed` to programs.
    """
    must(by is None or is_human(by))
    row = session.scalars(
        select(Invitation).where(Invitation.secret_hash == hash_of(secret)).with_for_update()
    ).one_or_none()
    if row is None or card_of(session, row).state != "open" or not _still_holds(session, row):
        raise InvitationNotValid
    person = _joined(session, row, by) if by is not None else _new_person(session, row, name, language)
    row.accepted_at, row.person_id = clock.now(), person.id
    _settle(row)
    remember(session, actor(session, person), row, "accepted")
    return person


def _joined(session: Session, row: Invitation, by: people.Person) -> Person:
    """Give the roles of an invitation to somebody who is here; nobody loses a higher one by it."""
    person = locked_person(session, by.id)
    before = person.version
    if row.organisation_id is not None and row.role is not None:
        held = next((one.role for one in person.memberships if one.organisation_id == row.organisation_id), None)
        set_role(session, person, row.organisation_id, higher(held, row.role))
    for field in ("administrator", "neighbourhood_coordinator"):
        if getattr(row, field) and not getattr(person, field):
            setattr(person, field, True)
            person.version += 1
    if person.version != before:
        roles_changed(session, by, person, {"organisation_id": row.organisation_id, "role": row.role})
    return person


def _new_person(session: Session, row: Invitation, name: str, language: Language) -> Person:
    """Register who was invited, with their roles and the address that the letter went to, which only they see."""
    roles = (MembershipPlan(row.organisation_id, row.role),) if row.organisation_id and row.role else ()
    address = ContactPlan("email", row.email, purpose=say(SIGN_IN_PURPOSE), given_at=clock.now())
    plan = PersonPlan(
        name=name,
        language=language,
        administrator=row.administrator,
        neighbourhood_coordinator=row.neighbourhood_coordinator,
        memberships=roles,
        contacts=(address,) if row.email else (),
    )
    person = new_person(session, plan)
    by = actor(session, person)
    remember(session, by, person, "registered")
    fields = ["name", "roles", *("contact.email" for _ in plan.contacts)]
    note(session, subject_id=person.id, action="added", fields=fields, by=by, details={"invitation_id": row.id})
    return person


def _still_holds(session: Session, row: Invitation) -> bool:
    """Say whether who invited might still do so: who lost a role cannot bring others into it."""
    if row.by_person_id is None:
        return True
    inviter = session.get(Person, row.by_person_id, options=[selectinload(Person.memberships)])
    if inviter is None or inviter.erased_at is not None:
        return False
    return may_invite(
        actor(session, inviter), row.organisation_id, row.role, row.administrator or row.neighbourhood_coordinator
    )


def _locked_for(session: Session, by: people.Person, invitation_id: str) -> Invitation:
    """Find an invitation that is about to change, under lock, if `by` might have sent it."""
    row = locked(session, Invitation, invitation_id)
    must(may_invite(by, row.organisation_id, row.role, row.administrator or row.neighbourhood_coordinator))
    return row


def _handed_over(session: Session, row: Invitation, *, by_hand: bool) -> Invited:
    """Let a letter go out, or give the secret to be handed over."""
    secret = _draw(row) if by_hand else None
    if not by_hand:
        order_letter(session, kind="invitation", about_id=row.id)
    session.flush()
    return Invited(card_of(session, row), secret)


def _draw(row: Invitation) -> str:
    """Draw a new secret; the one of before opens nothing any more."""
    secret = new_secret()
    row.secret_hash = hash_of(secret)
    return secret


def _settle(row: Invitation) -> None:
    """Forget whom it was for: from now on it only says that there was one."""
    row.name = row.email = ""
    row.secret_hash = None
    row.version += 1


def _address_in(plan: InvitationPlan) -> str:
    if not plan.email:
        if plan.by_hand:
            return ""
        raise _no_address()
    try:
        return checked_value("email", plan.email)
    except InvalidInput as refusal:
        raise InvalidInput(*(("/email", one["detail"]) for one in refusal.extra["errors"])) from None


def _no_address() -> InvalidInput:
    return InvalidInput(("/email", "Give an e-mail address, or hand the invitation over yourself"))
