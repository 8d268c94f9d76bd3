"""What the registry forgets when its time is over: one rule for each class of data (`shared/kept.py`)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from services.registry.commands.audit import note
from services.registry.commands.erasing import erase_person
from services.registry.commands.people import tell_of
from services.registry.commands.public_contacts import tell_contacts
from services.registry.models import (
    ApiKey,
    Audit,
    Contact,
    History,
    ImportDraft,
    Invitation,
    Letter,
    Membership,
    Person,
    SignedInSession,
    SignInLink,
    WrongPassword,
)
from services.registry.settings import Settings
from shared.people import service_person
from shared.retention import Rows, Rule, deleting, history_rule, mails_rule

RETENTION = replace(service_person("retention"), administrator=True)
"""Who acts when the clock removes something."""


def retention_rules(settings: Settings) -> list[Rule]:
    """List what is forgotten here, in the order in which it is."""
    return [
        Rows("people", _people_over, _erase_people, listed=True, at_once=10),
        Rows("sign_in_links", _links_over, deleting(SignInLink.id)),
        Rows("wrong_passwords", _wrong_passwords_over, deleting(WrongPassword.id)),
        Rows("sessions", _sessions_over, _remove_sessions),
        Rows("letters", _letters_over, deleting(Letter.id)),
        Rows("invited_names", _named_invitations_over, _blank_invitations),
        Rows("import_files", _import_files_over, deleting(ImportDraft.id)),
        Rows("invitations", _invitations_over, deleting(Invitation.id)),
        Rows("contacts", _contacts_over, _remove_contacts),
        Rows("api_keys", _api_keys_over, deleting(ApiKey.id)),
        Rows("audit", _audit_over, deleting(Audit.position)),
        history_rule(History),
        mails_rule(settings),
    ]


def _people_over(before: datetime) -> Select[Any]:
    """Find people without any role who were registered, signed in, invited and used a key before an instant only."""
    here = (
        select(Membership.person_id).where(Membership.person_id == Person.id),
        select(SignedInSession.id).where(
            SignedInSession.person_id == Person.id,
            func.coalesce(SignedInSession.used_at, SignedInSession.created_at) >= before,
        ),
        select(Invitation.id).where(Invitation.person_id == Person.id, Invitation.expires_at >= before),
        select(ApiKey.id).where(
            ApiKey.person_id == Person.id, func.coalesce(ApiKey.used_at, ApiKey.created_at) >= before
        ),
    )
    return select(Person.id).where(
        Person.erased_at.is_(None),
        ~Person.administrator,
        ~Person.neighbourhood_coordinator,
        Person.created_at < before,
        or_(Person.signed_in_at.is_(None), Person.signed_in_at < before),
        *(~rows.exists() for rows in here),
    )


def _erase_people(session: Session, ids: Sequence[str]) -> None:
    for person_id in ids:
        erase_person(session, by=RETENTION, person_id=person_id, reason="retention")


def _links_over(before: datetime) -> Select[Any]:
    return select(SignInLink.id).where(or_(SignInLink.used_at < before, SignInLink.expires_at < before))


def _wrong_passwords_over(before: datetime) -> Select[Any]:
    return select(WrongPassword.id).where(WrongPassword.at < before)


def _sessions_over(before: datetime) -> Select[Any]:
    return select(SignedInSession.id).where(or_(SignedInSession.ended_at < before, SignedInSession.expires_at < before))


def _remove_sessions(session: Session, ids: Sequence[str]) -> None:
    """Remove sessions, but keep with their people when they last signed in: the rule about people asks for it."""
    gone = SignedInSession.id.in_(ids)
    seen_at = func.coalesce(SignedInSession.used_at, SignedInSession.created_at)
    last = select(SignedInSession.person_id, func.max(seen_at).label("at")).where(gone)
    for row in session.execute(last.group_by(SignedInSession.person_id)).all():
        older = or_(Person.signed_in_at.is_(None), Person.signed_in_at < row.at)
        session.execute(update(Person).where(Person.id == row.person_id, older).values(signed_in_at=row.at))
    session.execute(delete(SignedInSession).where(gone))


def _letters_over(before: datetime) -> Select[Any]:
    """Find letters that left or were given up; one that is due stays however old it is."""
    over = func.coalesce(Letter.sent_at, Letter.created_at) < before
    return select(Letter.id).where(Letter.state != "due", over)


def _is_settled(before: datetime) -> ColumnElement[bool]:
    return or_(Invitation.accepted_at < before, Invitation.withdrawn_at < before, Invitation.expires_at < before)


def _invitations_over(before: datetime) -> Select[Any]:
    return select(Invitation.id).where(_is_settled(before))


def _named_invitations_over(before: datetime) -> Select[Any]:
    return _invitations_over(before).where(or_(Invitation.name != "", Invitation.email != ""))


def _blank_invitations(session: Session, ids: Sequence[str]) -> None:
    session.execute(update(Invitation).where(Invitation.id.in_(ids)).values(name="", email=""))


def _import_files_over(before: datetime) -> Select[Any]:
    return select(ImportDraft.id).where(ImportDraft.expires_at < before)


def _contacts_over(before: datetime) -> Select[Any]:
    return select(Contact.id).where(or_(Contact.withdrawn_at < before, Contact.valid_until_at < before))


def _remove_contacts(session: Session, ids: Sequence[str]) -> None:
    """Remove contacts; whose they were is noted without their values, and copies elsewhere are told of the person."""
    contacts = session.scalars(select(Contact).where(Contact.id.in_(ids)).with_for_update()).all()
    for contact in contacts:
        if contact.person_id is not None:
            fields = [f"contact.{contact.kind}"]
            note(
                session, subject_id=contact.person_id, action="removed", fields=fields, by=RETENTION, reason="retention"
            )
        session.delete(contact)
    session.flush()
    tell_contacts(session, {contact.organisation_id for contact in contacts if contact.organisation_id is not None})
    for person_id in sorted({contact.person_id for contact in contacts if contact.person_id is not None}):
        person = session.get_one(Person, person_id, with_for_update=True)
        person.version += 1
        tell_of(session, person)


def _api_keys_over(before: datetime) -> Select[Any]:
    return select(ApiKey.id).where(or_(ApiKey.expires_at < before, ApiKey.revoked_at < before))


def _audit_over(before: datetime) -> Select[Any]:
    return select(Audit.position).where(Audit.at < before)
