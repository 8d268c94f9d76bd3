"""Shapes of the registry's answers, as product.md names them, and their way from rows."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from services.registry.commands.imports import ImportedRow, Result
from services.registry.domain.plans import AuditAction, ContactKind, Language, LegalBasis, Visibility
from services.registry.models import Contact, Person
from services.registry.queries.audit import Noted
from services.registry.queries.contacts import VisibleContact
from services.registry.queries.matching import AnsweredNeed
from services.registry.queries.people import PersonCard
from shared.i18n import say
from shared.messages.registry import OrganisationKind, ResourceKind, Role


class Answered(BaseModel):
    """What an answer says of a row."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    version: int
    created_at: datetime


class OrganisationAnswer(Answered):
    """What is publicly known of an organisation."""

    name: str
    kind: OrganisationKind
    description: str
    address: str
    latitude: float | None
    longitude: float | None
    audiences: list[str]
    themes: list[str]


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


class VenueAnswer(Answered):
    """A venue; `ancestor_ids` are the venues that contain it, the nearest first."""

    name: str
    organisation_id: str
    description: str
    address: str
    capacity: int | None
    one_at_a_time: bool
    set_up_minutes: int
    clear_up_minutes: int
    opening_hours: str
    equipment: list[str]
    step_free: bool | None
    needs_approval: bool
    inside_venue_id: str | None
    ancestor_ids: list[str]
    latitude: float | None
    longitude: float | None


class ResourceAnswer(Answered):
    """Something that can be lent."""

    name: str
    kind: ResourceKind
    organisation_id: str
    quantity: int
    needs_approval: bool
    description: str
    latitude: float | None
    longitude: float | None


class NeedAnswer(Answered):
    """Something that an organisation lacks."""

    title: str
    organisation_id: str
    kind: ResourceKind
    quantity: int
    until_on: date | None
    description: str


class MatchAnswer(BaseModel):
    """A resource or venue that answers a need, and why, in the reader's language."""

    resource_id: str
    organisation_id: str
    kind: ResourceKind
    name: str
    quantity: int
    score: int
    reasons: list[str]


class AnsweredNeedAnswer(BaseModel):
    """A need with the offers that answer it, the best first."""

    need_id: str
    organisation_id: str
    title: str
    kind: ResourceKind
    matches: list[MatchAnswer]


MATCH_REASONS = {
    "same_words": "Need and offer are named alike.",
    "same_kind": "It is of the same kind.",
    "enough": "There is enough: {offered} of {wanted}.",
    "a_part": "There is a part of it: {offered} of {wanted}.",
}


class ImportItem(BaseModel):
    """What became of one row of a file, and why, in the reader's language."""

    uid: str
    result: Result
    line: int
    reason: str | None


class ImportAnswer(BaseModel):
    """What became of a file, row by row."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    repaired: int = 0
    refused: int = 0
    items: list[ImportItem]


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


def answered_need(answered: AnsweredNeed) -> AnsweredNeedAnswer:
    """Show a need with its matches."""
    shown = [
        MatchAnswer(
            resource_id=match.offer.id,
            organisation_id=match.offer.organisation_id,
            kind=match.offer.kind,
            name=match.offer.name,
            quantity=match.offer.quantity,
            score=match.score,
            reasons=[say(MATCH_REASONS[reason.code], **reason.values) for reason in match.reasons],
        )
        for match in answered.matches
    ]
    need = answered.need
    return AnsweredNeedAnswer(
        need_id=need.id, organisation_id=need.organisation_id, title=need.title, kind=need.kind, matches=shown
    )


def import_answer(rows: list[ImportedRow]) -> ImportAnswer:
    """Show what became of a file."""
    items = [
        ImportItem(
            uid=row.uid,
            result=row.result,
            line=row.line,
            reason="; ".join(say(note.text, **note.values) for note in row.notes) or None,
        )
        for row in rows
    ]
    counts = {result: sum(row.result == result for row in rows) for result in {row.result for row in rows}}
    return ImportAnswer(items=items, **counts)
