"""Shapes of the registry's requests and answers, as product.md names them, and their way to plans and from rows."""

from datetime import date, datetime
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.registry.commands.imports import ImportedRow, Result
from services.registry.domain import plans
from services.registry.domain.plans import ContactKind, Language, Visibility
from services.registry.models import Person
from services.registry.queries.contacts import VisibleContact
from services.registry.queries.matching import AnsweredNeed
from services.registry.queries.people import PersonCard
from shared.i18n import say
from shared.identifiers import is_id
from shared.messages.calendar import Audience
from shared.messages.registry import OrganisationKind, ResourceKind, Role


def _without_control_characters(text: str) -> str:
    if any(ord(letter) < 32 and letter not in "\n\r\t" for letter in text):
        raise ValueError("Control characters do not belong in a text")
    return text


def _identifier(text: str) -> str:
    if not is_id(text):
        raise ValueError("This is not an identifier")
    return text


Identifier = Annotated[str, AfterValidator(_identifier), Field(json_schema_extra={"format": "uuid"})]
Clean = AfterValidator(_without_control_characters)
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Clean]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), Clean]
Paragraphs = Annotated[str, StringConstraints(max_length=10_000), Clean]
Words = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=1, max_length=60), Clean], ...], Field(max_length=20)
]
Latitude = Annotated[float | None, Field(ge=-90, le=90)]
Longitude = Annotated[float | None, Field(ge=-180, le=180)]
Quantity = Annotated[int, Field(ge=1, le=1_000_000)]
Minutes = Annotated[int, Field(ge=0, le=24 * 60)]
Audiences = Annotated[tuple[Audience, ...], Field(max_length=6)]


class Asked(BaseModel):
    """What a request says; a field that is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def changes(self) -> plans.Changes:
        """Give the fields that an edit names."""
        return {field: getattr(self, field) for field in self.model_fields_set}


class Pointed(Asked):
    """A point in WGS 84 degrees: both numbers or none."""

    latitude: Latitude = None
    longitude: Longitude = None

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        named = len(self.model_fields_set & {"latitude", "longitude"})
        if named == 1 or (self.latitude is None) != (self.longitude is None):
            raise ValueError("A point needs both latitude and longitude")
        return self


class Answered(BaseModel):
    """What an answer says of a row."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    version: int
    created_at: datetime


class OrganisationChange(Pointed):
    """What can be changed of an organisation; what is absent stays."""

    name: Name = ""
    kind: OrganisationKind = "other"
    description: Paragraphs = ""
    address: Line = ""
    audiences: Audiences = ()
    themes: Words = ()


class OrganisationBody(OrganisationChange):
    """An organisation to be registered."""

    name: Name
    kind: OrganisationKind

    def plan(self) -> plans.OrganisationPlan:
        """Give what the command takes."""
        return plans.OrganisationPlan(**self.model_dump())


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


class ContactBody(Asked):
    """One way to reach somebody; private unless it says otherwise."""

    kind: ContactKind
    value: Annotated[Name, StringConstraints(max_length=300)]
    label: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), Clean] = ""
    visibility: Visibility = "private"

    def plan(self) -> plans.ContactPlan:
        """Give what the command takes."""
        return plans.ContactPlan(**self.model_dump())


class ContactAnswer(Answered):
    """A contact that whoever asks may see; `person_name` and `role` stand when it is a person's."""

    organisation_id: str | None
    person_id: str | None
    kind: ContactKind
    value: str
    label: str
    visibility: Visibility
    person_name: str | None = None
    role: Role | None = None


class MembershipBody(Asked):
    """A role in one organisation."""

    organisation_id: Identifier
    role: Role = "member"


class PersonBody(Asked):
    """A person to be registered, with roles and contacts."""

    name: Name
    language: Language = "pl"
    administrator: bool = False
    memberships: Annotated[tuple[MembershipBody, ...], Field(max_length=20)] = ()
    contacts: Annotated[tuple[ContactBody, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _one_role_each(self) -> Self:
        if len({membership.organisation_id for membership in self.memberships}) < len(self.memberships):
            raise ValueError("A person has one role in an organisation")
        return self

    def plan(self) -> plans.PersonPlan:
        """Give what the command takes."""
        return plans.PersonPlan(
            name=self.name,
            language=self.language,
            administrator=self.administrator,
            memberships=tuple(plans.MembershipPlan(one.organisation_id, one.role) for one in self.memberships),
            contacts=tuple(contact.plan() for contact in self.contacts),
        )


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
    memberships: list[MembershipAnswer]
    contacts: list[ContactAnswer] = []


class VenueChange(Pointed):
    """What can be changed of a venue; what is absent stays."""

    name: Name = ""
    description: Paragraphs = ""
    address: Line = ""
    capacity: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    one_at_a_time: bool = True
    set_up_minutes: Minutes = 0
    clear_up_minutes: Minutes = 0
    inside_venue_id: Identifier | None = None


class VenueBody(VenueChange):
    """A venue to be registered."""

    name: Name
    organisation_id: Identifier

    def plan(self) -> plans.VenuePlan:
        """Give what the command takes."""
        return plans.VenuePlan(**self.model_dump())


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
    inside_venue_id: str | None
    ancestor_ids: list[str]
    latitude: float | None
    longitude: float | None


class ResourceChange(Pointed):
    """What can be changed of a resource; what is absent stays."""

    name: Name = ""
    quantity: Quantity = 1
    description: Paragraphs = ""


class ResourceBody(ResourceChange):
    """A resource to be registered; a space is registered as a venue."""

    name: Name
    kind: ResourceKind
    organisation_id: Identifier

    def plan(self) -> plans.ResourcePlan:
        """Give what the command takes."""
        return plans.ResourcePlan(**self.model_dump())


class ResourceAnswer(Answered):
    """Something that can be lent."""

    name: str
    kind: ResourceKind
    organisation_id: str
    quantity: int
    description: str
    latitude: float | None
    longitude: float | None


class NeedChange(Asked):
    """What can be changed of a need; what is absent stays."""

    title: Name = ""
    quantity: Quantity = 1
    until_on: date | None = None
    description: Paragraphs = ""


class NeedBody(NeedChange):
    """A need to be stated."""

    title: Name
    organisation_id: Identifier
    kind: ResourceKind

    def plan(self) -> plans.NeedPlan:
        """Give what the command takes."""
        return plans.NeedPlan(**self.model_dump())


class NeedAnswer(Answered):
    """Something that an organisation lacks."""

    title: str
    organisation_id: str
    kind: ResourceKind
    quantity: int
    until_on: date | None
    description: str


class ProblemChange(Pointed):
    """What can be changed of a problem; what is absent stays."""

    title: Name = ""
    description: Paragraphs = ""


class ProblemBody(ProblemChange):
    """A problem to be named."""

    title: Name

    def plan(self) -> plans.ProblemPlan:
        """Give what the command takes."""
        return plans.ProblemPlan(**self.model_dump())


class ProblemAnswer(Answered):
    """Something in the neighbourhood to be solved."""

    title: str
    description: str
    latitude: float | None
    longitude: float | None


class InitiativeBody(Asked):
    """A coalition to be formed."""

    title: Name
    goal: Paragraphs = ""
    organisation_ids: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=50)]
    problem_ids: Annotated[tuple[Identifier, ...], Field(max_length=50)] = ()

    def plan(self) -> plans.InitiativePlan:
        """Give what the command takes."""
        return plans.InitiativePlan(**self.model_dump())


class InitiativeAnswer(Answered):
    """A coalition of organisations with a goal."""

    title: str
    goal: str
    organisation_ids: list[str]
    problem_ids: list[str]


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

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """One page of a list, the address of the next one, and how the list is sorted."""

    items: list[T]
    next: str | None
    sorted_by: str


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


def person_answer(card: PersonCard) -> PersonAnswer:
    """Show a person with the contacts that may be seen."""
    contacts = [ContactAnswer.model_validate(contact) for contact in card.contacts]
    return _person(card.person).model_copy(update={"contacts": contacts})


def _person(row: Person) -> PersonAnswer:
    fields: dict[str, Any] = {name: getattr(row, name) for name in ("id", "version", "created_at", "name", "language")}
    memberships = [MembershipAnswer.model_validate(one) for one in row.memberships]
    return PersonAnswer(**fields, administrator=row.administrator, memberships=memberships)


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
