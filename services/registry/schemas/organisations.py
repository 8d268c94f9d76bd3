"""Shapes of organisations and of the sites at which they work."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.registry.domain.plans import OrganisationPlan, PointSource, SitePlan
from services.registry.queries.reviews import CardToReview
from services.registry.schemas.answers import Answered
from services.registry.schemas.fields import Audiences, Clean, Identifier, Label, Line, Name, Paragraphs, Words
from services.registry.schemas.requests import Asked, Pointed
from shared.messages.registry import OrganisationKind, OrganisationStatus

Number = Annotated[str, StringConstraints(strip_whitespace=True, max_length=30), Clean] | None
Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), Clean]
Precision = Annotated[int | None, Field(ge=0, le=100_000)]


class LinkBody(Asked):
    """Where more is said, on the web (https or http)."""

    label: Label = ""
    url: Url


class OrganisationChange(Pointed):
    """What can be changed of an organisation; what is absent stays.

    `opening_hours` are in the syntax of OpenStreetMap's key of that name. A point is somebody's pin unless
    `point_source` says otherwise; `point_precision_m` says how exact it is.
    """

    name: Name = ""
    kind: OrganisationKind = "other"
    description: Paragraphs = ""
    description_en: Paragraphs = ""
    plain_description: Paragraphs = ""
    address: Line = ""
    audiences: Audiences = ()
    themes: Words = ()
    confidential: bool = False
    nip: Number = None
    regon: Number = None
    krs: Number = None
    rspo: Number = None
    links: Annotated[tuple[LinkBody, ...], Field(max_length=20)] = ()
    opening_hours: Line = ""
    step_free: bool | None = None
    parent_id: Identifier | None = None
    status: OrganisationStatus = "active"
    point_source: PointSource | None = None
    point_precision_m: Precision = None

    def changes(self) -> dict[str, object]:
        """Give the fields that an edit names, links as plain values."""
        named = {field: getattr(self, field) for field in self.model_fields_set}
        return named if "links" not in named else {**named, "links": [one.model_dump() for one in self.links]}


class OrganisationBody(OrganisationChange):
    """An organisation to be registered."""

    name: Name
    kind: OrganisationKind

    def plan(self) -> OrganisationPlan:
        """Give what the command takes."""
        return OrganisationPlan(**self.model_dump())


class LinkAnswer(BaseModel):
    """Where more is said."""

    label: str
    url: str


class OrganisationAnswer(Answered):
    """What is publicly known of an organisation; `themes` are codes of the taxonomy."""

    name: str
    kind: OrganisationKind
    description: str
    address: str
    latitude: float | None
    longitude: float | None
    audiences: list[str]
    themes: list[str]
    confidential: bool
    description_en: str
    plain_description: str
    nip: str | None
    regon: str | None
    krs: str | None
    rspo: str | None
    links: list[LinkAnswer]
    opening_hours: str
    step_free: bool | None
    parent_id: str | None
    status: OrganisationStatus
    point_source: PointSource | None
    point_precision_m: int | None
    confirmed_on: date | None


class SiteChange(Pointed):
    """What can be changed of a site; what is absent stays."""

    name: Name = ""
    address: Line = ""
    point_source: PointSource | None = None
    point_precision_m: Precision = None


class SiteBody(SiteChange):
    """A further place where an organisation works."""

    name: Name

    def plan(self) -> SitePlan:
        """Give what the command takes."""
        return SitePlan(**self.model_dump())


class SiteAnswer(Answered):
    """A further place where an organisation works."""

    organisation_id: str
    name: str
    address: str
    latitude: float | None
    longitude: float | None
    point_source: PointSource | None
    point_precision_m: int | None


class ReasonAnswer(BaseModel):
    """Why a card should be looked at again, as a code and its values."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    values: dict[str, str]


class ReviewAnswer(BaseModel):
    """A card that should be looked at again, and why."""

    organisation_id: str
    name: str
    confirmed_on: date | None
    reasons: list[ReasonAnswer]


def review_answer(card: CardToReview) -> ReviewAnswer:
    """Show a card of the review queue."""
    row = card.organisation
    reasons = [ReasonAnswer.model_validate(one) for one in card.reasons]
    return ReviewAnswer(organisation_id=row.id, name=row.name, confirmed_on=row.confirmed_on, reasons=reasons)
