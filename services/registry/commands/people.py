"""Registering people, changing who they are and what they may do; what travels of a person is state, on `PEOPLE`."""

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from services.registry.commands.access import revoke_tokens
from services.registry.commands.api_keys import retell_keys
from services.registry.commands.audit import note
from services.registry.commands.contacts import contact_of
from services.registry.commands.editing import expect_version, must_exist, remember, set_fields
from services.registry.commands.public_contacts import tell_contacts, tell_contacts_of_person
from services.registry.domain.permissions import (
    may_change_roles,
    may_edit_person,
    may_give_neighbourhood_roles,
    may_register_person,
    may_take_role,
)
from services.registry.domain.plans import Changes, PersonPlan
from services.registry.models import Membership, Organisation, Person
from services.registry.problems import LastAdministrator, NothingHere
from shared import clock, outbox, people
from shared.messages.registry import PersonChanged, Role
from shared.people import must


def register_person(session: Session, *, by: people.Person, plan: PersonPlan) -> Person:
    """Make a person known. Raises `NotAllowed`, and `InvalidInput` for an unknown organisation."""
    for place, membership in enumerate(plan.memberships):
        must_exist(session, Organisation, membership.organisation_id, f"/memberships/{place}/organisation_id")
    must(may_register_person(by, plan))
    person = new_person(session, plan)
    remember(session, by, person, "registered")
    fields = ["name", "roles", *(f"contact.{contact.kind}" for contact in plan.contacts)]
    note(session, subject_id=person.id, action="added", fields=fields, by=by)
    return person


def new_person(session: Session, plan: PersonPlan) -> Person:
    """Write a person with roles and contacts, and tell that there is something to be told."""
    person = Person(
        name=plan.name,
        language=plan.language,
        administrator=plan.administrator,
        neighbourhood_coordinator=plan.neighbourhood_coordinator,
        created_at=clock.now(),
        memberships=[],
    )
    person.memberships = [
        Membership(organisation_id=membership.organisation_id, role=membership.role) for membership in plan.memberships
    ]
    session.add(person)
    session.flush()
    for place, contact in enumerate(plan.contacts):
        session.add(contact_of(contact, owner=person, pointer=f"/contacts/{place}"))
    session.flush()
    tell_of(session, person)
    return person


def tell_of(session: Session, person: Person) -> None:
    """Let the relay read this person's present state and publish it; no value of theirs stands in the outbox.

    Everybody may reach an organisation by them, or no more: that is told, too.
    """
    outbox.publish(session, PersonChanged(id=person.id, version=person.version, name=""))
    tell_contacts_of_person(session, person.id)


def edit_person(
    session: Session, *, by: people.Person, person_id: str, version: int, changes: Changes, reason: str = ""
) -> Person:
    """Change somebody's name or language. Raises `NotAllowed`, `NothingHere`, `ChangedMeanwhile`."""
    must(may_edit_person(by, person_id))
    person = locked_person(session, person_id)
    expect_version(person, version)
    if differences := set_fields(person, changes):
        session.flush()
        remember(session, by, person, "changed", {"fields": sorted(differences)})
        note(session, subject_id=person_id, action="changed", fields=differences, by=by, reason=reason)
        tell_of(session, person)
    return person


def give_role(
    session: Session, *, by: people.Person, person_id: str, organisation_id: str, role: Role, version: int
) -> Person:
    """Give somebody who is here this role in an organisation, instead of any other in it.

    Raises `NotAllowed`, `NothingHere`, `ChangedMeanwhile`.
    """
    if session.get(Organisation, organisation_id) is None:
        raise NothingHere
    must(may_change_roles(by, organisation_id))
    person = locked_person(session, person_id)
    expect_version(person, version)
    if set_role(session, person, organisation_id, role):
        roles_changed(session, by, person, {"organisation_id": organisation_id, "role": role})
    return person


def take_role(session: Session, *, by: people.Person, person_id: str, organisation_id: str) -> Person:
    """Let somebody belong to an organisation no more. Raises `NotAllowed`, `NothingHere`."""
    must(may_take_role(by, person_id, organisation_id))
    person = locked_person(session, person_id)
    held = next((one for one in person.memberships if one.organisation_id == organisation_id), None)
    if held is None:
        raise NothingHere
    session.delete(held)
    person.memberships.remove(held)
    person.version += 1
    roles_changed(session, by, person, {"organisation_id": organisation_id, "role": None})
    tell_contacts(session, [organisation_id])
    return person


def give_neighbourhood_roles(
    session: Session,
    *,
    by: people.Person,
    person_id: str,
    version: int,
    administrator: bool,
    neighbourhood_coordinator: bool,
) -> Person:
    """Say which roles somebody has in the whole neighbourhood.

    Raises `NotAllowed`, `NothingHere`, `ChangedMeanwhile`, `LastAdministrator`.
    """
    must(may_give_neighbourhood_roles(by))
    person = locked_person(session, person_id)
    expect_version(person, version)
    wanted = {"administrator": administrator, "neighbourhood_coordinator": neighbourhood_coordinator}
    if not administrator:
        refuse_last_administrator(session, person)
    if set_fields(person, wanted):
        roles_changed(session, by, person, wanted)
    return person


def refuse_last_administrator(session: Session, person: Person) -> None:
    """Raise `LastAdministrator` if nobody else runs this installation; two who leave at once wait for each other."""
    administrators = select(Person.id).where(Person.administrator).order_by(Person.id).with_for_update()
    if list(session.scalars(administrators)) == [person.id]:
        raise LastAdministrator


def set_role(session: Session, person: Person, organisation_id: str, role: Role) -> bool:
    """Write the role of somebody in an organisation, and say whether it is another one than before."""
    held = next((one for one in person.memberships if one.organisation_id == organisation_id), None)
    if held is not None and held.role == role:
        return False
    if held is None:
        person.memberships.append(Membership(organisation_id=organisation_id, role=role))
    else:
        held.role = role
    person.version += 1
    return True


def roles_changed(session: Session, by: people.Person, person: Person, changes: Changes) -> None:
    """Tell everybody what this person may do from now on: tokens of before and what their keys were worth are over."""
    session.flush()
    remember(session, by, person, "roles changed", changes)
    note(session, subject_id=person.id, action="changed", fields=["roles"], by=by, details=changes)
    tell_of(session, person)
    revoke_tokens(session, person.id, version=person.version)
    retell_keys(session, person)


def locked_person(session: Session, person_id: str) -> Person:
    """Find somebody who is about to change, under lock, with their roles. Raises `NothingHere`."""
    person = session.get(Person, person_id, options=[selectinload(Person.memberships)], with_for_update=True)
    if person is None or person.erased_at is not None:
        raise NothingHere
    return person
