"""Addresses of other networks (chat, telephone) to which alerts go, and how each message fared."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.domain.pacing import Pace
from services.notifications.domain.pushing import OffBecause
from services.notifications.models.base import Base
from shared.columns import Id
from shared.identifiers import new_id


class PushAddress(Base):
    """One address that apprise reaches, of a person or of an organisation; exactly one of the two is set.

    The address is a secret: whoever has it can write there. It is needed again, so it stands as it is, like the secret
    of a webhook; pages, answers and logs have its scheme alone.
    """

    __tablename__ = "push_address"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column(Integer, default=1)
    person_id: Mapped[str | None] = mapped_column(Id, index=True)
    organisation_id: Mapped[str | None] = mapped_column(Id, index=True)
    made_by_id: Mapped[str | None] = mapped_column(Id, index=True)
    url: Mapped[str] = mapped_column(Text)
    scheme: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    off_because: Mapped[OffBecause | None] = mapped_column(String(20), default=None)
    created_at: Mapped[datetime]
    reached_at: Mapped[datetime | None] = mapped_column(default=None)
    """When something got through last."""


class PushDelivery(Base):
    """One alert, or a test about none, on its way to such an address; states are those of `Delivery`."""

    __tablename__ = "push_delivery"
    __table_args__ = (Index("ix_push_delivery_due", "state", "due_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    address_id: Mapped[str] = mapped_column(Id, ForeignKey("push_address.id", ondelete="CASCADE"), index=True)
    alert_id: Mapped[str | None] = mapped_column(Id, ForeignKey("alert.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(20), default="due")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime]
    pace: Mapped[Pace] = mapped_column(String(20), default="at_once", server_default="at_once")
    """Why it leaves when it does; what left in one message has the same `sent_at`."""
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    error: Mapped[str | None] = mapped_column(Text, default=None)
