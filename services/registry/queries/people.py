"""People: who they are to the rest of the program and what travels of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from services.registry.domain.keys import KeyTimes, signing_key_of
from services.registry.domain.permissions import may_see_people
from services.registry.domain.words import folded
from services.registry.models import Contact, Membership, Person, SigningKey
from services.registry.problems import NothingHere
from services.registry.queries.contacts import contacts_of_people, mail_address
from services.registry.queries.disclosures import disclose
from services.registry.queries.merged import acting_roles
from shared import clock
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
    wanted = select(Person).options(selectinload(Person.memberships)).where(Person.erased_at.is_(None))
    if organisation_id is not None:
        wanted = wanted.where(Person.memberships.any(Membership.organisation_id == organisation_id))
    wanted = wanted.where(paging.beyond(Person.name, Person.id)).order_by(Person.name, Person.id)
    rows = session.scalars(wanted.limit(paging.rows)).all()
    shown = rows[: paging.limit]
    contacts = contacts_of_people(session, viewer=viewer, person_ids=[row.id for row in shown])
    cards = [_seen(session, viewer, row, contacts[row.id]) for row in shown]
    return [*cards, *(PersonCard(row, []) for row in rows[paging.limit :])]


def person_card(session: Session, *, viewer: shared_people.Person | None, person_id: str) -> PersonCard:
    """Give one person to those who work here, and to themselves. Raises `NothingHere`, `NotSignedIn`, `NotAllowed`."""
    if viewer is None or viewer.id != person_id:
        _must_be_partner(viewer)
    return seen_person(session, viewer=viewer, row=person(session, person_id))


def seen_person(session: Session, *, viewer: shared_people.Person | None, row: Person) -> PersonCard:
    """Give a person whom the viewer may see, with the contacts that they may see too."""
    return _seen(session, viewer, row, contacts_of_people(session, viewer=viewer, person_ids=[row.id])[row.id])


def _seen(session: Session, viewer: shared_people.Person | None, row: Person, contacts: list[Contact]) -> PersonCard:
    """Give a card, and say that name and roles go out with it."""
    for field in ("name", "roles"):
        disclose(session, viewer=viewer, subject_id=row.id, field=field)
    return PersonCard(row, contacts)


def _must_be_partner(viewer: shared_people.Person | None) -> None:
    if viewer is None:
        raise NotSignedIn
    shared_people.must(may_see_people(viewer))


def person(session: Session, person_id: str) -> Person:
    """Find one person with their roles. Raises `NothingHere`, also for who is erased."""
    row = session.get(Person, person_id, options=[selectinload(Person.memberships)])
    if row is None or row.erased_at is not None:
        raise NothingHere
    return row


def actor(session: Session, row: Person) -> shared_people.Person:
    """Say who this is to the rest of the program: what a token tells of them. Their roles must have been read."""
    return shared_people.Person(
        id=row.id,
        name=row.name,
        language=row.language,
        administrator=row.administrator,
        neighbourhood_coordinator=row.neighbourhood_coordinator,
        roles=acting_roles(session, row.memberships),
    )


def person_named(session: Session, name: str) -> Person | None:
    """Find a person by name as an operator types it: without regard to case and Polish marks."""
    here = select(Person).where(Person.erased_at.is_(None))
    rows = session.scalars(here.options(selectinload(Person.memberships)).order_by(Person.id))
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

    The address is one that may be used now, whoever may see it: `PEOPLE` is read by services, not shown.
    """
    row = session.get(Person, person_id, options=[selectinload(Person.memberships)])
    if row is None or row.erased_at is not None:
        return None
    address = mail_address(session, person_id, clock.now())
    return messages.PersonChanged(
        id=row.id,
        version=row.version,
        name=row.name,
        email=address.value if address else None,
        email_until=address.until if address else None,
        language=row.language,
        administrator=row.administrator,
        neighbourhood_coordinator=row.neighbourhood_coordinator,
        memberships=tuple(
            messages.Membership(organisation_id=organisation_id, role=role)
            for organisation_id, role in acting_roles(session, row.memberships).items()
        ),
    )


def key_times(session: Session) -> tuple[KeyTimes, ...]:
    """Give when each signing key is used."""
    return tuple(KeyTimes(key.id, key.not_before_at, key.expires_at) for key in session.scalars(select(SigningKey)))


def usable_key(session: Session, now: datetime) -> SigningKey | None:
    """Find the key that signs now, or none."""
    times = signing_key_of(key_times(session), now)
    return session.get(SigningKey, times.id) if times else None
