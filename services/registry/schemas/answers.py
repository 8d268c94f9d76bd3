"""Shapes of the registry's answers, as product.md names them, and their way from rows."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, computed_field

from services.registry.domain.phones import e164_of
from services.registry.domain.plans import AuditAction, ContactKind, Language, LegalBasis, Visibility
from services.registry.models import Contact, Person
from services.registry.queries.audit import Noted
from services.registry.queries.contacts import VisibleContact
from services.registry.queries.people import PersonCard
from shared.messages.registry import Role


class Answered(BaseModel):
    """What an answer says of a row."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    version: int
    created_at: datetime


class ContactAnswer(Answered):
    """A contact that whoever asks may see; `person_name` and `role` stand when it is a person's."""

    organisation_id: str | None
    person_id: str | None
    kind: ContactKind
    value: str
    label: str
    visibility: Visibility
    purpose: str
    legal_basis: LegalBasis
    given_at: datetime | None
    valid_until_at: datetime | None
    withdrawn_at: datetime | None
    person_name: str | None = None
    role: Role | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def e164(self) -> str | None:
        """The number of a telephone, to be dialled (ITU-T E.164); an extension stands in `value` alone."""
        return e164_of(self.value)[0] if self.kind == "phone" else None


class AuditAnswer(BaseModel):
    """Who did what with somebody's data, when and why; ids only, never a value."""

    model_config = ConfigDict(from_attributes=True)

    position: int
    at: datetime
    subject_id: str
    action: AuditAction
    fields: list[str]
    by_person_id: str | None
    by_api_key_id: str | None
    by_service: str | None
    reason: str
    details: dict[str, Any]


class MembershipAnswer(BaseModel):
    """A role in one organisation."""

    model_config = ConfigDict(from_attributes=True)

    organisation_id: str
    role: Role


class PersonAnswer(Answered):
    """A person, as those who work here see them; contacts as far as whoever asks may see them."""

    name: str
    language: Language
    administrator: bool
    neighbourhood_coordinator: bool
    memberships: list[MembershipAnswer]
    contacts: list[ContactAnswer] = []


def contact_answer(visible: VisibleContact) -> ContactAnswer:
    """Show a contact that has passed the question of who may see it."""
    named = {"person_name": visible.person_name, "role": visible.role}
    return ContactAnswer.model_validate(visible.contact).model_copy(update=named)


def person_contact_answer(contact: Contact) -> ContactAnswer:
    """Show one contact to those who may see it."""
    return ContactAnswer.model_validate(contact)


def audit_answer(noted: Noted) -> AuditAnswer:
    """Show one row of the audit log."""
    return AuditAnswer.model_validate(noted.row)


def person_answer(card: PersonCard) -> PersonAnswer:
    """Show a person with the contacts that may be seen."""
    contacts = [ContactAnswer.model_validate(contact) for contact in card.contacts]
    return _person(card.person).model_copy(update={"contacts": contacts})


def _person(row: Person) -> PersonAnswer:
    fields: dict[str, Any] = {name: getattr(row, name) for name in ("id", "version", "created_at", "name", "language")}
    memberships = [MembershipAnswer.model_validate(one) for one in row.memberships]
    return PersonAnswer(
        **fields,
        administrator=row.administrator,
        neighbourhood_coordinator=row.neighbourhood_coordinator,
        memberships=memberships,
    )
