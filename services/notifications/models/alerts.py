"""What people are told, and how it reached them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.domain.pacing import Pace
from services.notifications.domain.plans import AlertKind
from services.notifications.models.base import Base
from shared.columns import Id
from shared.identifiers import new_id


class Alert(Base):
    """One organisation, or one of its people, was told one piece of news; or a person who follows what it is about.

    In the last case there is no organisation: what somebody follows is nobody else's business. `recipient_id` is the
    person, or the organisation while it has no people; with the cause it makes an alert unique. The text is made where
    it is shown, in the reader's language, from `kind`, `reason` and `details`.
    """

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("cause_id", "cause_version", "organisation_id", "recipient_id"),
        Index("ix_alert_of_organisation", "organisation_id", "id"),
        Index("ix_alert_of_person", "person_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column(Integer, default=1)
    kind: Mapped[AlertKind] = mapped_column(String(40))
    cause_id: Mapped[str] = mapped_column(Id)
    cause_version: Mapped[int] = mapped_column(Integer)
    subject_kind: Mapped[str] = mapped_column(String(40))
    severity: Mapped[str | None] = mapped_column(String(20))
    organisation_id: Mapped[str | None] = mapped_column(Id)
    person_id: Mapped[str | None] = mapped_column(Id)
    recipient_id: Mapped[str] = mapped_column(Id)
    recipient_erased: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """The person is erased: it is counted, and shown to nobody."""
    event_ids: Mapped[list[str]] = mapped_column(JSON)
    event_titles: Mapped[list[str]] = mapped_column(JSON)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(64))
    reason: Mapped[dict[str, Any]] = mapped_column(JSON)
    details: Mapped[dict[str, str]] = mapped_column(JSON)
    url: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None] = mapped_column(default=None)


class AlertEvent(Base):
    """An alert is about this event."""

    __tablename__ = "alert_event"

    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    alert_id: Mapped[str] = mapped_column(Id, ForeignKey("alert.id", ondelete="CASCADE"), primary_key=True, index=True)


class Delivery(Base):
    """An alert on its way to a person by one channel, or a test letter about none; it holds no address.

    `state` is `due`, `sent`, `given_up`, or `overtaken`: before it left, there was newer news of the same thing, or it
    was not wanted any more. A due row that is being sent has its `due_at` moved ahead, so that after a crash somebody
    takes it again: a mail may come twice, with the same Message-ID, but is never lost. It is in hand when it was tried
    and has no `error` since.
    """

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("alert_id", "channel"), Index("ix_delivery_due", "state", "due_at"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    alert_id: Mapped[str | None] = mapped_column(Id, ForeignKey("alert.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(Id, index=True)
    channel: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="due")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime]
    pace: Mapped[Pace] = mapped_column(String(20), default="at_once", server_default="at_once")
    """Why it leaves when it does."""
    letter_id: Mapped[str | None] = mapped_column(Id, default=None)
    """The first delivery of the letter in which it left."""
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    error: Mapped[str | None] = mapped_column(Text, default=None)


class LeftOpen(Base):
    """Something that its own people should see to; who looks after the neighbourhood is told if they do not.

    The row goes when they do, when it is told, and when it is over (`ends_at`). `facts` are those of the news.
    """

    __tablename__ = "left_open"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[AlertKind] = mapped_column(String(40))
    due_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
