"""Erasing a person: one transaction here, a message to all, and the confirmations of every service."""

from collections.abc import Sequence

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from services.registry.commands.access import revoke_tokens
from services.registry.commands.api_keys import end_keys
from services.registry.commands.audit import note
from services.registry.commands.editing import expect_version, remember
from services.registry.commands.people import locked_person, refuse_last_administrator, tell_of
from services.registry.commands.public_contacts import tell_contacts
from services.registry.domain.mail_addresses import email_hash_of
from services.registry.domain.permissions import may_erase_person
from services.registry.models import (
    ApiKey,
    Base,
    Contact,
    ErasureConfirmation,
    Invitation,
    Letter,
    Membership,
    Password,
    Person,
    SignedInSession,
    SignInLink,
    WrongPassword,
)
from services.registry.queries.signing_in import contacts_at
from shared import clock, erasing, outbox, people
from shared.messages.base import Erasure
from shared.messages.registry import PersonErased


def erase_person(
    session: Session, *, by: people.Person, person_id: str, reason: str = "", version: int | None = None
) -> Person:
    """Erase a person for good: nothing is left of them but an id, a version and that they are erased.

    The organisations stay, and what they planned. Raises `NotAllowed`, `NothingHere`, `ChangedMeanwhile`, and
    `LastAdministrator`.
    """
    people.must(may_erase_person(by, person_id))
    person = locked_person(session, person_id)
    if version is not None:
        expect_version(person, version)
    refuse_last_administrator(session, person)
    note(session, subject_id=person_id, action="erased", fields=["name", "roles", "contacts"], by=by, reason=reason)
    remember(session, by, person, "erased")
    organisation_ids = [one.organisation_id for one in person.memberships]
    _blank(session, person)
    values, contacts = _delete_contacts(session, person_id)
    ids = [*contacts, *_forget_ways_in(session, person_id, [value for value in values if "@" in value])]
    session.flush()
    erasing.forget_person(session, Base.metadata, person, ids=ids, values=values)
    revoke_tokens(session, person_id, version=person.version)
    tell_of(session, person)
    tell_contacts(session, organisation_ids)
    outbox.publish(session, PersonErased(id=person_id, version=person.version))
    return person


def note_erasure_confirmed(session: Session, message: Erasure) -> None:
    """Write down that a service holds nothing of a person any more; the first time counts."""
    _confirm(session, message.id, message.type.partition(".")[0])


def confirm_erasure(session: Session, person_id: str) -> None:
    """Write down that the registry itself holds nothing of a person any more."""
    if erasing.settle_erasure(session, Base.metadata.tables["erasure"], person_id) is not None:
        _confirm(session, person_id, "registry")


def _confirm(session: Session, person_id: str, service: str) -> None:
    """Keep the confirmation; of who is not erased here, as after a restored backup, there is none to keep."""
    person = session.get(Person, person_id, with_for_update=True)
    if person is None or person.erased_at is None:
        return
    if session.get(ErasureConfirmation, (person_id, service)) is None:
        session.add(ErasureConfirmation(person_id=person_id, service=service, confirmed_at=clock.now()))


def _blank(session: Session, person: Person) -> None:
    """Leave a tombstone; keys are told to end once it says that the person may do nothing."""
    session.execute(delete(Membership).where(Membership.person_id == person.id))
    session.expire(person, ["memberships"])
    person.name, person.language, person.signed_in_at = "", "pl", None
    person.administrator = person.neighbourhood_coordinator = False
    person.erased_at = clock.now()
    person.version += 1
    session.flush()
    end_keys(session, person)


def _delete_contacts(session: Session, person_id: str) -> tuple[list[str], list[str]]:
    """Delete how the person was reached; gives the values, by which kept answers are found, and the rows' ids."""
    gone = delete(Contact).where(Contact.person_id == person_id).returning(Contact.value, Contact.id)
    rows = session.execute(gone).all()
    return [row.value for row in rows], [row.id for row in rows]


def _forget_ways_in(session: Session, person_id: str, addresses: Sequence[str]) -> list[str]:
    """Delete how the person came in, and what went to an address of theirs alone; gives the ids of what is gone."""
    hashes = [one for one in map(email_hash_of, addresses) if not contacts_at(session, one)]
    invitations = _delete_invitations(session, person_id, hashes)
    session.execute(update(Invitation).where(Invitation.by_person_id == person_id).values(by_person_id=None))
    asked = or_(SignInLink.person_id == person_id, SignInLink.email_hash.in_(hashes))
    links = list(session.scalars(delete(SignInLink).where(asked).returning(SignInLink.id)))
    session.execute(delete(Letter).where(Letter.about_id.in_([person_id, *links, *invitations])))
    session.execute(delete(WrongPassword).where(WrongPassword.email_hash.in_(hashes)))
    session.execute(delete(Password).where(Password.person_id == person_id))
    session.execute(delete(SignedInSession).where(SignedInSession.person_id == person_id))
    keys = list(session.scalars(delete(ApiKey).where(ApiKey.person_id == person_id).returning(ApiKey.id)))
    return [*invitations, *links, *keys]


def _delete_invitations(session: Session, person_id: str, hashes: Sequence[str]) -> list[str]:
    """Delete the invitations of the person, and those that went to one of these addresses."""
    rows = session.execute(select(Invitation.id, Invitation.email, Invitation.person_id)).all()
    theirs = [
        row.id for row in rows if row.person_id == person_id or (row.email and email_hash_of(row.email) in hashes)
    ]
    session.execute(delete(Invitation).where(Invitation.id.in_(theirs)))
    return theirs
