"""What was found and what was told: conflicts, opportunities, municipal facts."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.calendar.models.base import Base
from shared.columns import Id, Instant


class Conflict(Base):
    """Two events, or an event and a fact, that hurt each other; one row for all the dates on which they do.

    Its identity is (kind, key, event_a, event_b), `event_a` before `event_b`; where an event meets no other event,
    but a fact or the almanac, `event_b` is `event_a`. `spans` are the pairs of seconds in which they meet.
    """

    __tablename__ = "conflict"
    __table_args__ = (
        UniqueConstraint("kind", "key", "event_a", "event_b"),
        Index("ix_conflict_event_a", "event_a"),
        Index("ix_conflict_event_b", "event_b"),
        Index("ix_conflict_state_end", "state", "last_end"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(64))
    event_a: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"))
    event_b: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"))
    severity: Mapped[str] = mapped_column(String(11))
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[dict[str, Any]] = mapped_column(JSON)
    start: Mapped[int] = mapped_column(BigInteger)
    end: Mapped[int] = mapped_column(BigInteger)
    last_end: Mapped[int] = mapped_column(BigInteger)
    zone: Mapped[str] = mapped_column(String(64))
    spans: Mapped[list[list[int]]] = mapped_column(JSON)
    accepted_because: Mapped[str] = mapped_column(Text, default="")
    accepted_by_id: Mapped[str | None] = mapped_column(Id)
    resolved_by: Mapped[str | None] = mapped_column(String(10))
    found_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class Opportunity(Base):
    """Two events of different hosts that would gain by being joined or coordinated; one per pair.

    The hosts of `proposer_event_id` proposed it in the `way` of `terms` (`domain.joining.Terms`) and wrote `message`;
    those of `declined_event_id` said "no thanks", for the reason in `answer`.
    """

    __tablename__ = "opportunity"
    __table_args__ = (
        UniqueConstraint("event_a", "event_b"),
        Index("ix_opportunity_event_b", "event_b"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    event_a: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"))
    event_b: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(10))
    score: Mapped[int] = mapped_column(Integer)
    reason: Mapped[dict[str, Any]] = mapped_column(JSON)
    start: Mapped[int] = mapped_column(BigInteger)
    end: Mapped[int] = mapped_column(BigInteger)
    zone: Mapped[str] = mapped_column(String(64))
    found_at: Mapped[datetime] = mapped_column(Instant)
    way: Mapped[str | None] = mapped_column(String(10))
    terms: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    message: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    proposer_event_id: Mapped[str | None] = mapped_column(Id)
    declined_event_id: Mapped[str | None] = mapped_column(Id)


class Fact(Base):
    """What a municipal system told and the calendar accepted: a closure, or an event of its own."""

    __tablename__ = "fact"
    __table_args__ = (UniqueConstraint("partner", "partner_fact_id"), Index("ix_fact_end_start", "end", "start"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    partner: Mapped[str] = mapped_column(String(32))
    partner_fact_id: Mapped[str] = mapped_column(String(200))
    partner_version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[dict[str, str]] = mapped_column(JSON)
    start: Mapped[int] = mapped_column(BigInteger)
    end: Mapped[int] = mapped_column(BigInteger)
    zone: Mapped[str] = mapped_column(String(64))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    radius_m: Mapped[int | None] = mapped_column(Integer)
    url: Mapped[str | None] = mapped_column(Text)
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False)
    told_at: Mapped[datetime] = mapped_column(Instant)
