"""Shapes of the registry's requests, as product.md names them, and their way to plans."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.registry.domain import plans
from services.registry.domain.organisations import is_at_zero
from services.registry.domain.plans import ContactKind, Language, LegalBasis, Visibility
from services.registry.schemas.fields import (
    NEVER,
    Clean,
    Identifier,
    Instant,
    Label,
    Latitude,
    Longitude,
    Name,
    Purpose,
)
from shared.messages.registry import Role

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
        if is_at_zero(self.latitude, self.longitude):
            raise ValueError("At 0, 0 there is only the ocean; leave the point out where nobody knows it")
        return self


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
