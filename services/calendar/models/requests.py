"""Requests: what hosts ask of the owner of a venue or a resource, and what the owner answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.calendar.models.base import Base
from shared.columns import Id, Instant


class Request(Base):
    """An event asks for one venue or resource that its owner gives only by agreement.

    `kind` and `key` name the thing as a claim does; `what` is a digest of the dates and amount that are asked for, so
    that an event which moves asks again. `start` and `end` are the seconds of the first date. `counter` is what the
    owner proposed instead, `told_taken` whether the hosts were told that somebody else has the slot.
    """

    __tablename__ = "request"
    __table_args__ = (
        Index("ix_request_event_id", "event_id"),
        Index("ix_request_owner_id", "owner_id"),
        Index("ix_request_state_kind_key", "state", "kind", "key"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(Id)
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"))
    owner_id: Mapped[str] = mapped_column(Id)
    quantity: Mapped[int] = mapped_column(Integer)
    what: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(10))
    because: Mapped[str] = mapped_column(Text, default="")
    counter: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    despite_conflicts: Mapped[bool] = mapped_column(Boolean, default=False)
    told_taken: Mapped[bool] = mapped_column(Boolean, default=False)
    start: Mapped[int] = mapped_column(BigInteger)
    end: Mapped[int] = mapped_column(BigInteger)
    zone: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
