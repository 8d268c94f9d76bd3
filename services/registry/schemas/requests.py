"""Shapes of the registry's requests, as product.md names them, and their way to plans."""

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.registry.domain import plans
from services.registry.domain.plans import ContactKind, Language, LegalBasis, Visibility
from services.registry.schemas.fields import (
    NEVER,
    Audiences,
    Clean,
    Identifier,
    Instant,
    Label,
    Latitude,
    Line,
    Longitude,
    Minutes,
    Name,
    Paragraphs,
    Purpose,
    Quantity,
    Words,
)
from shared.messages.registry import OrganisationKind, ResourceKind, Role

ContactValue = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), Clean]


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


class ContactChange(Asked):
    """What can be changed of a contact; what is absent stays."""

    value: ContactValue = ""
    label: Label = ""
    visibility: Visibility = "private"
    purpose: Purpose = ""
    legal_basis: LegalBasis = "consent"
    given_at: Instant = NEVER
    valid_until_at: Instant | None = None


class ContactBody(Asked):
    """One way to reach somebody; private unless it says otherwise.

    Purpose and basis that are left out are the usual ones; a consent without a date is given now.
    """

    kind: ContactKind
    value: ContactValue
    label: Label = ""
    visibility: Visibility = "private"
    purpose: Purpose | None = None
    legal_basis: LegalBasis | None = None
    given_at: Instant | None = None
    valid_until_at: Instant | None = None

    def plan(self) -> plans.ContactPlan:
        """Give what the command takes."""
        return plans.ContactPlan(**self.model_dump())


class MembershipBody(Asked):
    """A role in one organisation."""

    organisation_id: Identifier
    role: Role = "member"


class PersonBody(Asked):
    """A person to be registered, with roles and contacts."""

    name: Name
    language: Language = "pl"
    administrator: bool = False
    neighbourhood_coordinator: bool = False
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
            neighbourhood_coordinator=self.neighbourhood_coordinator,
            memberships=tuple(plans.MembershipPlan(one.organisation_id, one.role) for one in self.memberships),
            contacts=tuple(contact.plan() for contact in self.contacts),
        )


class VenueChange(Pointed):
    """What can be changed of a venue; what is absent stays."""

    name: Name = ""
    description: Paragraphs = ""
    address: Line = ""
    capacity: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    one_at_a_time: bool = True
    set_up_minutes: Minutes = 0
    clear_up_minutes: Minutes = 0
    opening_hours: Line = ""
    equipment: Words = ()
    step_free: bool | None = None
    needs_approval: bool = False
    inside_venue_id: Identifier | None = None


class VenueBody(VenueChange):
    """A venue to be registered."""

    name: Name
    organisation_id: Identifier

    def plan(self) -> plans.VenuePlan:
        """Give what the command takes."""
        return plans.VenuePlan(**self.model_dump())


class ResourceChange(Pointed):
    """What can be changed of a resource; what is absent stays."""

    name: Name = ""
    quantity: Quantity = 1
    description: Paragraphs = ""
    needs_approval: bool = False


class ResourceBody(ResourceChange):
    """A resource to be registered; a space is registered as a venue."""

    name: Name
    kind: ResourceKind
    organisation_id: Identifier

    def plan(self) -> plans.ResourcePlan:
        """Give what the command takes."""
        return plans.ResourcePlan(**self.model_dump())


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
