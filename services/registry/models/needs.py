"""What organisations lack."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.models.base import Aggregate, Base, Pointed
from shared.columns import Id
from shared.messages.registry import ClosedBecause, NeedStatus, ResourceKind, Urgency


class Need(Aggregate, Pointed, Base):
    """Something an organisation lacks; what came of it stands in `outcome` and `met_…` once it is over."""

    __tablename__ = "need"
    __table_args__ = (Index("ix_need_status", "status", "until_on"),)

    organisation_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[ResourceKind]
    quantity: Mapped[int] = mapped_column(default=1)
    until_on: Mapped[date | None]
    """The last day on which it stands; after it the need is closed."""
    description: Mapped[str] = mapped_column(Text, default="")
    themes: Mapped[list[str]] = mapped_column(JSON, default=list)
    address: Mapped[str] = mapped_column(String(300), default="")
    venue_id: Mapped[str | None] = mapped_column(Id)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    weekdays: Mapped[list[int]] = mapped_column(JSON, default=list)
    """1 is Monday; empty where any day will do."""
    hours: Mapped[str] = mapped_column(String(300), default="")
    urgency: Mapped[Urgency] = mapped_column(String(10), default="normal")
    status: Mapped[NeedStatus] = mapped_column(String(10), default="open")
    outcome: Mapped[str] = mapped_column(Text, default="")
    closed_because: Mapped[ClosedBecause | None] = mapped_column(String(20))
    met_by_organisation_id: Mapped[str | None] = mapped_column(Id)
    met_by_resource_id: Mapped[str | None] = mapped_column(Id)
    met_quantity: Mapped[int | None]
    closed_at: Mapped[datetime | None]

    @property
    def is_live(self) -> bool:
        """Whether it still stands."""
        return self.status in LIVE

    @property
    def is_unanswered(self) -> bool:
        """Whether the clock closed it, and nobody has said what came of it."""
        return self.status == "closed" and self.closed_because == "past"


LIVE: tuple[NeedStatus, ...] = ("open", "matched")
"""A need that stands is in one of these."""
