"""Saying how to reach an organisation or a person, who may see it, and taking it back at once."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from services.registry.commands.audit import note
from services.registry.commands.duplicates import index_organisations
from services.registry.commands.editing import expect_version, locked, remember, set_fields
from services.registry.commands.public_contacts import tell_contacts, tell_contacts_of_person
from services.registry.domain.consents import (
    PURPOSE_OF_ORGANISATION,
    PURPOSE_OF_PERSON,
    basis_of,
    changed,
    completed,
)
from services.registry.domain.permissions import may_edit_contacts_of_person, may_edit_organisation
from services.registry.domain.plans import AuditAction, Changes, ContactPlan
from services.registry.models import Base, Contact, Organisation, Person
from services.registry.problems import NothingHere
from services.registry.queries.contacts import MailAddress, is_visible, mail_address
from shared import clock, idempotency, outbox, people
from shared.i18n import say
from shared.messages.registry import PersonChanged
from shared.people import must
from shared.problems import InvalidInput


@dataclass(frozen=True)
class Owner:
    """Whose contacts are meant: an organisation's or a person's, exactly one of them."""

    organisation_id: str | None = None
    person_id: str | None = None


def add_contact(session: Session, *, by: people.Person, owner: Owner, plan: ContactPlan, reason: str = "") -> Contact:
    """Say one more way to reach somebody, private unless it says otherwise.

    Raises `NotAllowed`, `NothingHere`, `InvalidInput`.
    """
    keeper = _owner_to_edit(session, by, owner)
    before = _address_of(session, keeper)
    contact = contact_of(plan, owner=keeper)
    session.add(contact)
    session.flush()
    remember(session, by, contact, "added", {"kind": contact.kind, "visibility": contact.visibility})
    _note(session, by, contact, "added", reason, {"visibility": contact.visibility})
    _index(session, keeper)
    _tell(session, by, keeper, before)
    return contact


def change_contact(
    session: Session,
    *,
    by: people.Person,
    owner: Owner,
    contact_id: str,
    version: int,
    changes: Changes,
    reason: str = "",
) -> Contact:
    """Change a contact, most often who may see it and until when.

    Raises `NotAllowed`, `NothingHere`, `ChangedMeanwhile`, `InvalidInput`.
    """
    keeper = _owner_to_edit(session, by, owner)
    contact = _contact_to_edit(session, by, owner, contact_id)
    expect_version(contact, version)
    before, seen_by = _address_of(session, keeper), contact.visibility
    following = changed(
        _plan_of(contact),
        changes,
        is_withdrawn=contact.withdrawn_at is not None,
        purpose=say(_purpose_for(keeper)),
        now=clock.now(),
    )
    if differences := set_fields(contact, following):
        session.flush()
        remember(session, by, contact, "changed", {"fields": sorted(differences), "visibility": contact.visibility})
        facts = {"changed": sorted(differences), "visibility": [seen_by, contact.visibility]}
        _note(session, by, contact, "changed", reason, facts)
        _index(session, keeper)
    _tell(session, by, keeper, before)
    return contact


def withdraw_contact(
    session: Session, *, by: people.Person, owner: Owner, contact_id: str, reason: str = ""
) -> Contact:
    """Take back the consent to a contact: from now on nobody but its owner sees it, and no mail is sent there.

    Taking it back again changes nothing. Raises `NotAllowed`, `NothingHere`.
    """
    keeper = _owner_to_edit(session, by, owner)
    contact = _contact_to_edit(session, by, owner, contact_id)
    if contact.withdrawn_at is None:
        before = _address_of(session, keeper)
        set_fields(contact, {"withdrawn_at": clock.now()})
        session.flush()
        remember(session, by, contact, "withdrawn")
        _note(session, by, contact, "withdrawn", reason, {"visibility": contact.visibility})
        _index(session, keeper)
    _tell(session, by, keeper, before)
    return contact


def remove_contact(session: Session, *, by: people.Person, owner: Owner, contact_id: str, reason: str = "") -> None:
    """Delete a contact with its value, also from answers that were kept to be repeated.

    Raises `NotAllowed`, `NothingHere`.
    """
    keeper = _owner_to_edit(session, by, owner)
    contact = _contact_to_edit(session, by, owner, contact_id)
    before = _address_of(session, keeper)
    remember(session, by, contact, "removed", {"kind": contact.kind})
    _note(session, by, contact, "removed", reason, {"visibility": contact.visibility})
    idempotency.forget(session, Base.metadata.tables["idempotency_key"], [contact.id])
    session.delete(contact)
    session.flush()
    _index(session, keeper)
    _tell(session, by, keeper, before)


def contact_of(plan: ContactPlan, *, owner: Organisation | Person, pointer: str = "") -> Contact:
    """Make the row of a contact, with the usual purpose and basis where the plan names none.

    Raises `InvalidInput`; `pointer` says where in the request the plan stands (RFC 6901).
    """
    try:
        return Contact(**contact_fields(plan, owner=owner))
    except InvalidInput as refusal:
        faults = [(pointer + one["pointer"], one["detail"]) for one in refusal.extra["errors"]]
        raise InvalidInput(*faults) from None


def contact_fields(plan: ContactPlan, *, owner: Organisation | Person, is_checked: bool = False) -> dict[str, Any]:
    """Give the same by column, for who writes many; `is_checked` says that the value is as it is kept."""
    now = clock.now()
    kind = owner.kind if isinstance(owner, Organisation) else None
    how: dict[str, Any] = {"basis": basis_of(kind), "purpose": say(_purpose_for(owner)), "now": now}
    return {
        **vars(completed(plan, **how, is_checked=is_checked)),
        "organisation_id": owner.id if isinstance(owner, Organisation) else None,
        "person_id": owner.id if isinstance(owner, Person) else None,
        "created_at": now,
    }


def may_edit_contacts(by: people.Person | None, owner: Owner) -> bool:
    """Say whether `by` may change these contacts: an organisation's who speak for it, a person's only they themselves.

    Administrators may too, but no program with a key may change a person's: sign-in codes go to that address.
    """
    if owner.person_id is not None:
        return may_edit_contacts_of_person(by, owner.person_id)
    return owner.organisation_id is not None and may_edit_organisation(by, owner.organisation_id)


def _owner_to_edit(session: Session, by: people.Person, owner: Owner) -> Organisation | Person:
    """Find whose contacts change, under lock, if `by` may change them."""
    if owner.person_id is None:
        organisation = locked(session, Organisation, owner.organisation_id or "")
        must(may_edit_contacts(by, owner))
        return organisation
    must(may_edit_contacts(by, owner))
    person = locked(session, Person, owner.person_id)
    if person.erased_at is not None:
        raise NothingHere
    return person


def _contact_to_edit(session: Session, by: people.Person, owner: Owner, contact_id: str) -> Contact:
    """Find a contact under lock; what `by` may not even see is not there for them."""
    contact = locked(session, Contact, contact_id)
    if Owner(contact.organisation_id, contact.person_id) != owner or not is_visible(by, contact, clock.now()):
        raise NothingHere
    return contact


def _plan_of(contact: Contact) -> ContactPlan:
    return ContactPlan(**{field: getattr(contact, field) for field in ContactPlan.__dataclass_fields__})


def _purpose_for(owner: Organisation | Person) -> str:
    return PURPOSE_OF_ORGANISATION if isinstance(owner, Organisation) else PURPOSE_OF_PERSON


def _note(
    session: Session, by: people.Person, contact: Contact, action: AuditAction, reason: str, details: dict[str, Any]
) -> None:
    """Note what happened to a person's contact; an organisation's is no personal data of anybody's own."""
    if contact.person_id is not None:
        fields = [f"contact.{contact.kind}"]
        note(
            session,
            subject_id=contact.person_id,
            action=action,
            fields=fields,
            by=by,
            reason=reason,
            details=details,
        )


def _index(session: Session, owner: Organisation | Person) -> None:
    """Let an organisation meet others that have the same number or address."""
    if isinstance(owner, Organisation):
        index_organisations(session, [owner.id])


def _address_of(session: Session, owner: Organisation | Person) -> MailAddress | None:
    return mail_address(session, owner.id, clock.now()) if isinstance(owner, Person) else None


def _tell(session: Session, by: people.Person, owner: Organisation | Person, before: MailAddress | None) -> None:
    """Tell `PEOPLE` what is otherwise now: how everybody reaches an organisation, where a person is written to."""
    if isinstance(owner, Organisation):
        tell_contacts(session, [owner.id])
        return
    tell_contacts_of_person(session, owner.id)
    if _address_of(session, owner) != before:
        owner.version += 1
        remember(session, by, owner, "changed", {"fields": ["email"]})
        outbox.publish(session, PersonChanged(id=owner.id, version=owner.version, name=""))
