"""What organisations lack."""

from datetime import date

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.models.base import Aggregate, Base
from shared.columns import Id
from shared.messages.registry import ResourceKind


class Need(Aggregate, Base):
    """Something an organisation lacks."""

    __tablename__ = "need"

    organisation_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[ResourceKind]
    quantity: Mapped[int] = mapped_column(default=1)
    until_on: Mapped[date | None]
    description: Mapped[str] = mapped_column(Text, default="")
