"""The one place that reads contacts to be shown: every phone number passes `may_see_contact` on its way out."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.domain.visibility import may_see_contact
from services.registry.models import Contact, Membership, Person
from services.registry.problems import NothingHere
from shared import people
from shared.messages.registry import Role
from shared.paging import Paging


@dataclass(frozen=True)
class VisibleContact:
    """A contact that this viewer may see; `person_name` and `role` stand when it is a person's."""

    contact: Contact
    person_name: str | None = None
    role: Role | None = None


def contacts_of_organisation(
    session: Session, *, viewer: people.Person | None, organisation_id: str, paging: Paging | None = None
) -> list[VisibleContact]:
    """Give the organisation's contacts and those of its people, as far as the viewer may see them, oldest first."""
    paging = paging or Paging(limit=200)
    rows = session.execute(
        select(Contact, Person.name, Membership.role)
        .outerjoin(Person, Person.id == Contact.person_id)
        .outerjoin(
            Membership,
            (Membership.person_id == Contact.person_id) & (Membership.organisation_id == organisation_id),
        )
        .where((Contact.organisation_id == organisation_id) | (Membership.organisation_id == organisation_id))
        .where(paging.beyond(Contact.id))
        .order_by(Contact.id)
    )
    visible = [VisibleContact(contact, name, role) for contact, name, role in rows if _is_visible(viewer, contact)]
    return visible[: paging.rows]


def contact_of_organisation(
    session: Session, *, viewer: people.Person | None, organisation_id: str, contact_id: str
) -> VisibleContact:
    """Give one contact of an organisation. Raises `NothingHere`, also where the viewer may not see it."""
    contact = session.get(Contact, contact_id)
    if contact is None or contact.organisation_id != organisation_id or not _is_visible(viewer, contact):
        raise NothingHere
    return VisibleContact(contact)


def contacts_of_people(
    session: Session, *, viewer: people.Person | None, person_ids: Sequence[str]
) -> dict[str, list[Contact]]:
    """Give the contacts of several people at once, by the person's id, as far as the viewer may see them."""
    found: dict[str, list[Contact]] = {person_id: [] for person_id in person_ids}
    for contact in session.scalars(select(Contact).where(Contact.person_id.in_(person_ids)).order_by(Contact.id)):
        if contact.person_id is not None and _is_visible(viewer, contact):
            found[contact.person_id].append(contact)
    return found


def _is_visible(viewer: people.Person | None, contact: Contact) -> bool:
    return may_see_contact(
        viewer, contact.visibility, organisation_id=contact.organisation_id, person_id=contact.person_id
    )
