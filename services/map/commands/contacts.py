"""Contacts as they follow from what the registry told of an organisation, without those of people who are erased."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.map.models import Base, Erasure, KnownContacts, PublicContact
from shared import clock, erasing
from shared.copies import Kind, Plain, Values
from shared.messages.map import ErasureConfirmed
from shared.messages.registry import ContactsChanged, PersonErased


def known_contacts(told: ContactsChanged) -> Values:
    """Know of which state an organisation's contacts are."""
    return {"id": told.id, "version": told.version}


def contacts_of(told: ContactsChanged) -> Iterator[Values]:
    """Give each contact, in the order in which they were told."""
    for position, contact in enumerate(told.contacts):
        facts = contact.model_dump(exclude={"until"})
        yield {"organisation_id": told.id, "position": position, **facts, "until_at": contact.until}


CONTACTS = Kind(KnownContacts, known_contacts, {PublicContact.organisation_id: contacts_of})


def keep_contacts(session: Session, told: ContactsChanged) -> None:
    """Keep how everybody may reach an organisation; what comes late of somebody who is erased is left out.

    Where something was taken back that is noted, so that its bytes go too.
    """
    people = {one.person_id for one in told.contacts}
    gone = set(session.scalars(select(Erasure.id).where(Erasure.id.in_(people - {None}))))
    left = tuple(one for one in told.contacts if one.person_id not in gone)
    here = select(PublicContact.value, PublicContact.person_name).where(PublicContact.organisation_id == told.id)
    before = {tuple(row) for row in session.execute(here)}
    after = {(one.value, one.person_name) for one in left}
    if CONTACTS.keep(session, told.model_copy(update={"contacts": left})) and before - after:
        session.execute(update(KnownContacts).where(KnownContacts.id == told.id).values(ended_at=clock.now()))


def note_gone(session: Session, until: datetime) -> None:
    """Remember that no byte is left of the contacts that ended until then."""
    session.execute(update(KnownContacts).where(KnownContacts.ended_at <= until).values(ended_at=None))


def forget_contacts(session: Session, erased: PersonErased) -> None:
    """Forget how organisations were reached by a person."""
    _forget_contacts_of(session, erased.id)


CONTACTS_OF_ERASED = Plain((KnownContacts, PublicContact), forget_contacts)


def forget_person(session: Session, erased: PersonErased) -> None:
    """Forget an erased person: their contacts, and what every service has of them; again changes nothing."""
    forget_contacts(session, erased)
    erasing.forget_person(session, Base.metadata, erased)


def confirm_erasure(session: Session, person_id: str) -> None:
    """Tell that the map holds nothing of a person any more.

    Where a contact of theirs was being kept while they were erased, it goes now, and this is told the next time.
    """
    if not _forget_contacts_of(session, person_id):
        erasing.confirm_erasure(session, Base.metadata.tables["erasure"], person_id, ErasureConfirmed)


def _forget_contacts_of(session: Session, person_id: str) -> bool:
    """Delete a person's contacts; says whether there were any."""
    gone = delete(PublicContact).where(PublicContact.person_id == person_id).returning(PublicContact.position)
    return bool(session.scalars(gone.execution_options(synchronize_session=False)).all())
