"""The one place that reads contacts: every phone number passes `may_see_contact` on its way out, and is disclosed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, null, select
from sqlalchemy.orm import Session

from services.registry.domain.visibility import is_agreed, may_see_contact
from services.registry.models import Contact, Membership, Person
from services.registry.problems import NothingHere
from services.registry.queries.disclosures import disclose
from shared import clock, people
from shared.messages.registry import Role
from shared.paging import Paging


@dataclass(frozen=True)
class VisibleContact:
    """A contact that this viewer may see; `person_name` and `role` stand when it is a person's."""

    contact: Contact
    person_name: str | None = None
    role: Role | None = None


@dataclass(frozen=True)
class MailAddress:
    """Where a person may be written to, and until which instant they agreed to it; None: until they say otherwise."""

    value: str
    until: datetime | None


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
    now = clock.now()
    visible = [VisibleContact(contact, name, role) for contact, name, role in rows if is_visible(viewer, contact, now)]
    page = visible[: paging.rows]
    for one in page[: paging.limit]:
        _disclose(session, viewer, one.contact, named=True)
    return page


def contacts_for_everybody(session: Session, organisation_ids: Collection[str]) -> dict[str, list[VisibleContact]]:
    """Give the telephone numbers and addresses of organisations that strangers may see now, by id, oldest first.

    Those of their people are among them, as on an organisation's card.
    """
    found: dict[str, list[VisibleContact]] = {organisation_id: [] for organisation_id in organisation_ids}
    open_ones = (Contact.visibility == "public") & Contact.kind.in_(("phone", "email"))
    own = select(Contact.organisation_id, Contact, null(), null()).where(Contact.organisation_id.in_(found), open_ones)
    of_people = (
        select(Membership.organisation_id, Contact, Person.name, Membership.role)
        .join(Person, Person.id == Contact.person_id)
        .join(Membership, Membership.person_id == Contact.person_id)
        .where(Membership.organisation_id.in_(found), open_ones)
    )
    now = clock.now()
    rows = [row for wanted in (own, of_people) for row in session.execute(wanted)]
    for organisation_id, contact, name, role in sorted(rows, key=lambda row: str(row[1].id)):
        if is_visible(None, contact, now):
            found[organisation_id].append(VisibleContact(contact, name, role))
    return found


def own_contacts_of_organisation(
    session: Session, *, viewer: people.Person | None, organisation_id: str
) -> list[Contact]:
    """Give the organisation's own contacts, without those of its people, as far as the viewer may see them."""
    return _visible(session, viewer, select(Contact).where(Contact.organisation_id == organisation_id))


def own_contacts_of_organisations(
    session: Session, *, viewer: people.Person | None, organisation_ids: Sequence[str]
) -> dict[str, list[Contact]]:
    """Give the own contacts of several organisations at once, by their ids, as far as the viewer may see them."""
    found: dict[str, list[Contact]] = {organisation_id: [] for organisation_id in organisation_ids}
    for contact in _visible(session, viewer, select(Contact).where(Contact.organisation_id.in_(organisation_ids))):
        found[contact.organisation_id or ""].append(contact)
    return found


def compared_contacts(session: Session, organisation_ids: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Give kind and value of the own contacts of organisations, to be compared with others: nobody is shown them."""
    found: dict[str, list[tuple[str, str]]] = {organisation_id: [] for organisation_id in organisation_ids}
    wanted = select(Contact.organisation_id, Contact.kind, Contact.value)
    for organisation_id, kind, value in session.execute(wanted.where(Contact.organisation_id.in_(organisation_ids))):
        found[organisation_id or ""].append((kind, value))
    return found


def contacts_of_person(
    session: Session, *, viewer: people.Person | None, person_id: str, paging: Paging | None = None
) -> list[Contact]:
    """Give the contacts of one person as far as the viewer may see them, oldest first."""
    paging = paging or Paging(limit=200)
    mine = select(Contact).where(Contact.person_id == person_id, paging.beyond(Contact.id))
    return _visible(session, viewer, mine)[: paging.rows]


def contacts_of_people(
    session: Session, *, viewer: people.Person | None, person_ids: Sequence[str]
) -> dict[str, list[Contact]]:
    """Give the contacts of several people at once, by the person's id, as far as the viewer may see them."""
    found: dict[str, list[Contact]] = {person_id: [] for person_id in person_ids}
    for contact in _visible(session, viewer, select(Contact).where(Contact.person_id.in_(person_ids))):
        found[contact.person_id or ""].append(contact)
    return found


def visible_contact(
    session: Session,
    *,
    viewer: people.Person | None,
    contact_id: str,
    organisation_id: str | None = None,
    person_id: str | None = None,
) -> Contact:
    """Give one contact of this organisation or person. Raises `NothingHere`, also where the viewer may not see it."""
    contact = session.get(Contact, contact_id)
    if contact is None or (contact.organisation_id, contact.person_id) != (organisation_id, person_id):
        raise NothingHere
    if not is_visible(viewer, contact, clock.now()):
        raise NothingHere
    _disclose(session, viewer, contact)
    return contact


def has_contact_for_others(organisation_id: Any) -> ColumnElement[bool]:
    """Say in SQL whether an organisation has a contact that is not private, whatever it is."""
    return exists().where(Contact.organisation_id == organisation_id, Contact.visibility != "private")


def mail_address(session: Session, person_id: str, now: datetime) -> MailAddress | None:
    """Give the e-mail address at which this person may be reached at `now`, or none.

    Of several the one they agreed to for longest, then the oldest: when that one is over, none is left.
    """
    emails = select(Contact).where(Contact.person_id == person_id, Contact.kind == "email").order_by(Contact.id)
    agreed = [
        MailAddress(one.value, one.valid_until_at)
        for one in session.scalars(emails)
        if is_agreed(valid_until_at=one.valid_until_at, withdrawn_at=one.withdrawn_at, now=now)
    ]
    return max(agreed, key=lambda one: (one.until is None, one.until or now), default=None)


def is_visible(viewer: people.Person | None, contact: Contact, now: datetime) -> bool:
    """Ask the one rule about one row."""
    return may_see_contact(
        viewer,
        contact.visibility,
        now=now,
        organisation_id=contact.organisation_id,
        person_id=contact.person_id,
        valid_until_at=contact.valid_until_at,
        withdrawn_at=contact.withdrawn_at,
    )


def _visible(session: Session, viewer: people.Person | None, wanted: Select[Contact]) -> list[Contact]:
    now = clock.now()
    rows = [one for one in session.scalars(wanted.order_by(Contact.id)) if is_visible(viewer, one, now)]
    for row in rows:
        _disclose(session, viewer, row)
    return rows


def _disclose(session: Session, viewer: people.Person | None, contact: Contact, *, named: bool = False) -> None:
    """Say that a person's contact goes out which not everybody may see; `named`: with their name beside it."""
    if contact.person_id is None or contact.visibility == "public":
        return
    disclose(session, viewer=viewer, subject_id=contact.person_id, field=f"contact.{contact.kind}")
    if named:
        disclose(session, viewer=viewer, subject_id=contact.person_id, field="name")
