"""Registering people, their roles, and how to reach them; what travels of a person is state, on `PEOPLE` alone."""

from sqlalchemy.orm import Session

from services.registry.commands.editing import must_exist, remember
from services.registry.commands.organisations import contact_of
from services.registry.domain.plans import PersonPlan
from services.registry.models import Membership, Organisation, Person
from shared import clock, outbox, people
from shared.messages.registry import PersonChanged


def may_register_person(by: people.Person, plan: PersonPlan) -> bool:
    """Say whether `by` may register this person.

    Administrators register anybody, others only people of organisations they speak for, and never an administrator.
    """
    if people.is_administrator(by):
        return True
    if plan.administrator or not plan.memberships:
        return False
    return all(people.may_speak_for(by, membership.organisation_id) for membership in plan.memberships)


def register_person(session: Session, *, by: people.Person, plan: PersonPlan) -> Person:
    """Make a person known. Raises `NotAllowed`, and `InvalidInput` for an unknown organisation."""
    for place, membership in enumerate(plan.memberships):
        must_exist(session, Organisation, membership.organisation_id, f"/memberships/{place}/organisation_id")
    people.must(may_register_person(by, plan))
    person = new_person(session, plan)
    remember(session, by, person, "registered")
    return person


def new_person(session: Session, plan: PersonPlan) -> Person:
    """Write a person with roles and contacts, and tell that there is something to be told."""
    person = Person(
        name=plan.name,
        language=plan.language,
        administrator=plan.administrator,
        created_at=clock.now(),
        memberships=[],
    )
    person.memberships = [
        Membership(organisation_id=membership.organisation_id, role=membership.role) for membership in plan.memberships
    ]
    session.add(person)
    session.flush()
    session.add_all(contact_of(contact, person_id=person.id) for contact in plan.contacts)
    session.flush()
    tell_of(session, person)
    return person


def tell_of(session: Session, person: Person) -> None:
    """Let the relay read this person's present state and publish it; no value of theirs stands in the outbox."""
    outbox.publish(session, PersonChanged(id=person.id, version=person.version, name=""))
