"""Versions that an old backup of the database brought back: what is told as state must be newer than what was told."""

from sqlalchemy.orm import Session

from services.registry.commands.people import tell_of
from services.registry.models import Person, ToldContacts
from shared import outbox
from shared.messages.registry import ContactsChanged


def lift_person(session: Session, person_id: str, version: int) -> None:
    """Give a person a later version than this one and tell of them; nothing where theirs is later, or they are gone."""
    person = session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None or person.erased_at is not None or person.version > version:
        return
    person.version = version + 1
    session.flush()
    tell_of(session, person)


def lift_contacts(session: Session, organisation_id: str, version: int) -> None:
    """Do so for the public contacts of an organisation."""
    told = session.get(ToldContacts, organisation_id, with_for_update=True, populate_existing=True)
    if told is None or told.version > version:
        return
    told.version = version + 1
    session.flush()
    outbox.publish(session, ContactsChanged(id=told.id, version=told.version))
