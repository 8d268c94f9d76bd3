"""One's own account: roles, contacts, where one is signed in, and which ways to sign in one has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.models import Contact, Organisation, Password, Person, SignedInSession
from services.registry.queries.contacts import contacts_of_people
from services.registry.queries.people import person as person_of
from services.registry.queries.signing_in import open_sessions
from shared import people


@dataclass(frozen=True)
class Account:
    """What somebody sees of their own account; `organisations` are the names of theirs, by id."""

    person: Person
    organisations: Mapping[str, str]
    contacts: Sequence[Contact]
    sessions: Sequence[SignedInSession]
    this_session_id: str | None
    password_changed_at: datetime | None
    has_mail_address: bool


def account(session: Session, *, viewer: people.Person, now: datetime) -> Account:
    """Give somebody's own account. Raises `NotAllowed` for a program, and `NothingHere`."""
    people.must(people.is_human(viewer))
    row = person_of(session, viewer.id)
    ids = [membership.organisation_id for membership in row.memberships]
    names = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids)))
    password = session.get(Password, viewer.id)
    return Account(
        person=row,
        organisations={one.id: one.name for one in names},
        contacts=contacts_of_people(session, viewer=viewer, person_ids=[viewer.id])[viewer.id],
        sessions=open_sessions(session, person_id=viewer.id, now=now),
        this_session_id=viewer.session_id,
        password_changed_at=password.changed_at if password else None,
        has_mail_address=bool(mail_addresses_of(session, person_id=viewer.id)),
    )


def mail_addresses_of(session: Session, *, person_id: str) -> list[str]:
    """List the mail addresses by which a person signs in; for what is decided here, never to be shown."""
    mine = select(Contact.value).where(Contact.person_id == person_id, Contact.kind == "email")
    return list(session.scalars(mine.order_by(Contact.id)))
