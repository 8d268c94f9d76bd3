"""Programs that are told, and what each try came to."""

from datetime import datetime

from sqlalchemy import (
    JSON,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.domain.plans import AlertKind
from services.notifications.domain.webhooks import DisabledBecause
from services.notifications.models.base import Base
from shared.columns import Id
from shared.identifiers import new_id


class Webhook(Base):
    """Alerts of one organisation, or of all where it is the administrators', are sent to a program at this address.

    The secret signs, so it must be had again and stands in its row, as the registry's signing keys do: a key beside
    the database would be read by whoever reads the database. It is shown once.
    """

    __tablename__ = "webhook"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column(Integer, default=1)
    organisation_id: Mapped[str | None] = mapped_column(Id, index=True)
    made_by_id: Mapped[str | None] = mapped_column(Id, index=True)
    """By whose rights it gets alerts, and who hears of it when an administrators' webhook is turned off."""
    made_by_key_id: Mapped[str | None] = mapped_column(Id)
    """The key with which a program made it, or turned it on last."""
    url: Mapped[str] = mapped_column(Text)
    kinds: Mapped[list[AlertKind]] = mapped_column(JSON)
    """Which alerts; all, where there is none."""
    language: Mapped[str] = mapped_column(String(2))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    disabled_because: Mapped[DisabledBecause | None] = mapped_column(String(20), default=None)
    """Why we turned it off; none where a person did."""
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    """When something got through last."""


class WebhookDelivery(Base):
    """One piece of an organisation's news on its way by a webhook, however many people hear of it; or a test.

    The alert is found by organisation, cause and version: people who join or are erased exchange its rows. States are
    those of `Delivery`; the id is the message's own, the same at every try.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "organisation_id", "cause_id", "cause_version", name="uq_webhook_delivery_news"),
        Index("ix_webhook_delivery_due", "state", "due_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    webhook_id: Mapped[str] = mapped_column(Id, ForeignKey("webhook.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    organisation_id: Mapped[str | None] = mapped_column(Id, default=None)
    cause_id: Mapped[str | None] = mapped_column(Id, default=None)
    cause_version: Mapped[int | None] = mapped_column(Integer, default=None)
    state: Mapped[str] = mapped_column(String(20), default="due")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    error: Mapped[str | None] = mapped_column(Text, default=None)


class WebhookTry(Base):
    """One time that a message was sent, and what was answered: a status and the beginning of the text, or neither."""

    __tablename__ = "webhook_try"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    delivery_id: Mapped[str] = mapped_column(Id, ForeignKey("webhook_delivery.id", ondelete="CASCADE"), index=True)
    tried_at: Mapped[datetime]
    status: Mapped[int | None] = mapped_column(Integer)
    milliseconds: Mapped[int] = mapped_column(Integer)
    answer: Mapped[str] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
