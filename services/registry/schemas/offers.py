"""Shapes of what organisations can lend: venues, and everything else."""

from typing import Annotated

from pydantic import Field

from services.registry.domain.plans import ResourcePlan, VenuePlan
from services.registry.schemas.answers import Answered
from services.registry.schemas.fields import Identifier, Line, Minutes, Name, Paragraphs, Quantity, Words
from services.registry.schemas.fields import Label as Unit
from services.registry.schemas.requests import Pointed
from shared.messages.registry import CostPer, LendsTo, OfferStatus, ResourceKind

Zlotys = Annotated[float | None, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class OfferChange(Pointed):
    """The terms on which something is lent; `cost_pln` is in zlotys, per `cost_per`."""

    name: Name = ""
    description: Paragraphs = ""
    needs_approval: bool = False
    conditions: Paragraphs = ""
    cost: Line = ""
    cost_pln: Zlotys = None
    cost_per: CostPer | None = None
    lends_to: LendsTo = "everyone"
    themes: Words = ()
    status: OfferStatus = "offered"


class VenueChange(OfferChange):
    """What can be changed of a venue; what is absent stays."""

    address: Line = ""
    capacity: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    one_at_a_time: bool = True
    set_up_minutes: Minutes = 0
    clear_up_minutes: Minutes = 0
    opening_hours: Line = ""
    equipment: Words = ()
    step_free: bool | None = None
    inside_venue_id: Identifier | None = None
    confidential: bool = False


class VenueBody(VenueChange):
    """A venue to be registered."""

    name: Name
    organisation_id: Identifier

    def plan(self) -> VenuePlan:
        """Give what the command takes."""
        return VenuePlan(**self.model_dump())


class ResourceChange(OfferChange):
    """What can be changed of a resource; what is absent stays. `availability` is in the syntax of opening hours."""

    quantity: Quantity = 1
    unit: Annotated[Unit, Field(max_length=30)] = ""
    availability: Line = ""


class ResourceBody(ResourceChange):
    """A resource to be registered; a space is registered as a venue."""

    name: Name
    kind: ResourceKind
    organisation_id: Identifier

    def plan(self) -> ResourcePlan:
        """Give what the command takes."""
        return ResourcePlan(**self.model_dump())


class OfferAnswer(Answered):
    """The terms on which something is lent."""

    name: str
    organisation_id: str
    description: str
    needs_approval: bool
    latitude: float | None
    longitude: float | None
    conditions: str
    cost: str
    cost_pln: float | None
    cost_per: CostPer | None
    lends_to: LendsTo
    themes: list[str]
    status: OfferStatus


class VenueAnswer(OfferAnswer):
    """A venue; `ancestor_ids` are the venues that contain it, the nearest first."""

    address: str
    capacity: int | None
    one_at_a_time: bool
    set_up_minutes: int
    clear_up_minutes: int
    opening_hours: str
    equipment: list[str]
    step_free: bool | None
    inside_venue_id: str | None
    ancestor_ids: list[str]
    confidential: bool


class ResourceAnswer(OfferAnswer):
    """Something that can be lent."""

    kind: ResourceKind
    quantity: int
    unit: str
    availability: str
