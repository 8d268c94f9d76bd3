"""What organisations can lend: venues, and everything else."""

from sqlalchemy import JSON, ForeignKey, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.models.base import Aggregate, Base, Pointed
from shared.columns import Id
from shared.messages.registry import CostPer, LendsTo, OfferStatus, ResourceKind


class Lent:
    """On which terms something is lent."""

    conditions: Mapped[str] = mapped_column(Text, default="", server_default="")
    cost: Mapped[str] = mapped_column(String(300), default="", server_default="")
    """What it costs, in words; `cost_pln` is the amount in zlotys where one is fixed."""
    cost_pln: Mapped[float | None] = mapped_column(Numeric(10, 2, asdecimal=False))
    cost_per: Mapped[CostPer | None]
    lends_to: Mapped[LendsTo] = mapped_column(default="everyone", server_default="everyone")
    themes: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """Codes of the taxonomy."""
    status: Mapped[OfferStatus] = mapped_column(default="offered", server_default="offered")


class Venue(Aggregate, Pointed, Lent, Base):
    """A resource of kind space: somewhere an event can be; it may lie inside another venue."""

    __tablename__ = "venue"

    organisation_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    capacity: Mapped[int | None]
    one_at_a_time: Mapped[bool] = mapped_column(default=True)
    set_up_minutes: Mapped[int] = mapped_column(default=0)
    clear_up_minutes: Mapped[int] = mapped_column(default=0)
    opening_hours: Mapped[str] = mapped_column(Text, default="")
    equipment: Mapped[list[str]] = mapped_column(JSON, default=list)
    step_free: Mapped[bool | None]
    needs_approval: Mapped[bool] = mapped_column(default=False)
    confidential: Mapped[bool] = mapped_column(default=False)
    """Its address stands in `HiddenAddress`, and the point here is the middle of a wide cell."""
    inside_venue_id: Mapped[str | None] = mapped_column(Id, ForeignKey("venue.id"), index=True)
    ancestor_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The venues that contain it, the nearest first; kept right by the commands."""


class Resource(Aggregate, Pointed, Lent, Base):
    """Something an organisation can lend, other than a space."""

    __tablename__ = "resource"

    organisation_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[ResourceKind]
    quantity: Mapped[int] = mapped_column(default=1)
    needs_approval: Mapped[bool] = mapped_column(default=False)
    description: Mapped[str] = mapped_column(Text, default="")
    unit: Mapped[str] = mapped_column(String(30), default="", server_default="")
    """What is counted: pieces, hours, people; empty where that is plain."""
    availability: Mapped[str] = mapped_column(Text, default="", server_default="")
    """When it can be had, in the syntax of opening hours; empty where nobody said."""
