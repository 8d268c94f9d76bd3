"""People: who they are to the rest of the program, what travels of them, and whose browser this is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from services.registry.domain.keys import KeyTimes, signing_key_of
from services.registry.domain.secrets import hash_of
from services.registry.domain.words import folded
from services.registry.models import Contact, Membership, Person, SignedInSession, SigningKey, SignInLink
from services.registry.problems import NothingHere
from services.registry.queries.contacts import contacts_of_people
from shared import people as shared_people
from shared.messages import registry as messages
from shared.paging import Paging
from shared.problems import NotSignedIn


@dataclass(frozen=True)
class PersonCard:
    """A person and the contacts of theirs that one viewer may see."""

    person: Person
    contacts: list[Contact]

    @property
    def version(self) -> int:
        """The version of the person."""
        return self.person.version


def people(
    session: Session, *, viewer: shared_people.Person | None, paging: Paging, organisation_id: str | None = None
) -> list[PersonCard]:
    """Give people by name, of one organisation or of all, to those who work here; others are refused."""
    _must_be_partner(viewer)
    wanted = select(Person).options(selectinload(Person.memberships))
    if organisation_id is not None:
        wanted = wanted.where(Person.memberships.any(Membership.organisation_id == organisation_id))
    wanted = wanted.where(paging.beyond(Person.name, Person.id)).order_by(Person.name, Person.id)
    rows = session.scalars(wanted.limit(paging.rows)).all()
    contacts = contacts_of_people(session, viewer=viewer, person_ids=[row.id for row in rows])
    return [PersonCard(row, contacts[row.id]) for row in rows]


def person_card(session: Session, *, viewer: shared_people.Person | None, person_id: str) -> PersonCard:
    """Give one person to those who work here, and to themselves. Raises `NothingHere`, `NotSignedIn`, `NotAllowed`."""
    if viewer is None or viewer.id != person_id:
        _must_be_partner(viewer)
    return seen_person(session, viewer=viewer, row=person(session, person_id))


def seen_person(session: Session, *, viewer: shared_people.Person | None, row: Person) -> PersonCard:
    """Give a person whom the viewer may see, with the contacts that they may see too."""
    return PersonCard(row, contacts_of_people(session, viewer=viewer, person_ids=[row.id])[row.id])


def _must_be_partner(viewer: shared_people.Person | None) -> None:
    if viewer is None:
        raise NotSignedIn
    shared_people.must(shared_people.is_partner(viewer))


def person(session: Session, person_id: str) -> Person:
    """Find one person with their roles. Raises `NothingHere`."""
    row = session.get(Person, person_id, options=[selectinload(Person.memberships)])
    if row is None:
        raise NothingHere
    return row


def actor(row: Person) -> shared_people.Person:
    """Say who this is to the rest of the program: what a token tells of them. Their roles must have been read."""
    return shared_people.Person(
        id=row.id,
        name=row.name,
        language=row.language,
        administrator=row.administrator,
        neighbourhood_coordinator=row.neighbourhood_coordinator,
        roles={membership.organisation_id: membership.role for membership in row.memberships},
    )


def person_named(session: Session, name: str) -> Person | None:
    """Find a person by name as an operator types it: without regard to case and Polish marks."""
    rows = session.scalars(select(Person).options(selectinload(Person.memberships)).order_by(Person.id))
    return next((row for row in rows if folded(row.name) == folded(name)), None)


def administrator(session: Session) -> Person | None:
    """Find the person who was the first to run this installation."""
    return session.scalars(
        select(Person)
        .options(selectinload(Person.memberships))
        .where(Person.administrator)
        .order_by(Person.id)
        .limit(1)
    ).one_or_none()


def coordinator(session: Session) -> Person | None:
    """Find the person who was registered first as the coordinator of an organisation."""
    return session.scalars(
        select(Person)
        .options(selectinload(Person.memberships))
        .where(Person.memberships.any(Membership.role == "coordinator"), ~Person.administrator)
        .order_by(Person.id)
        .limit(1)
    ).one_or_none()


def person_state(session: Session, person_id: str) -> messages.PersonChanged | None:
    """Give what travels of a person on `PEOPLE`, as it is now; None for somebody who is not here (any more).

    The address is the first e-mail among their contacts, whoever may see it: `PEOPLE` is read by services, not shown.
    """
    row = session.get(Person, person_id, options=[selectinload(Person.memberships)])
    if row is None or row.erased_at is not None:
        return None
    emails = select(Contact.value).where(Contact.person_id == person_id, Contact.kind == "email")
    return messages.PersonChanged(
        id=row.id,
        version=row.version,
        name=row.name,
        email=session.scalars(emails.order_by(Contact.id).limit(1)).first(),
        language=row.language,
        administrator=row.administrator,
        neighbourhood_coordinator=row.neighbourhood_coordinator,
        memberships=tuple(
            messages.Membership(organisation_id=membership.organisation_id, role=membership.role)
            for membership in row.memberships
        ),
    )


def signed_in_person(session: Session, *, secret: str, now: datetime) -> Person | None:
    """Find whose browser shows this session cookie; None when the session has ended or expired."""
    row = session.scalars(
        select(SignedInSession).where(
            SignedInSession.secret_hash == hash_of(secret),
            SignedInSession.ended_at.is_(None),
            SignedInSession.expires_at > now,
        )
    ).one_or_none()
    return person(session, row.person_id) if row else None


def linked_person(session: Session, *, secret: str, now: datetime) -> Person | None:
    """Find whom a sign-in link would sign in; None when it was used, is over, or never was."""
    row = session.scalars(
        select(SignInLink).where(
            SignInLink.secret_hash == hash_of(secret), SignInLink.used_at.is_(None), SignInLink.expires_at > now
        )
    ).one_or_none()
    return person(session, row.person_id) if row and row.person_id else None


def key_times(session: Session) -> tuple[KeyTimes, ...]:
    """Give when each signing key is used."""
    return tuple(KeyTimes(key.id, key.not_before_at, key.expires_at) for key in session.scalars(select(SigningKey)))


def usable_key(session: Session, now: datetime) -> SigningKey | None:
    """Find the key that signs now, or none."""
    times = signing_key_of(key_times(session), now)
    return session.get(SigningKey, times.id) if times else None
