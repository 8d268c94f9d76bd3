"""How severe conflicts are here, and what has to be checked again because something around the events changed."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.calendar.models.base import Base
from shared.columns import Id, Instant

EVERYWHERE = "00000000-0000-0000-0000-000000000000"
"""Stands for the whole neighbourhood where a venue would be named: a key that is none is unique in no database."""


class ConflictRule(Base):
    """How severe conflicts of one kind are, at one venue or `EVERYWHERE`; where there is no row, the table holds."""

    __tablename__ = "conflict_rule"
    __table_args__ = (UniqueConstraint("kind", "venue_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(10))
    venue_id: Mapped[str] = mapped_column(Id)
    level: Mapped[str] = mapped_column(String(10))
    changed_at: Mapped[datetime] = mapped_column(Instant)


class Almanac(Base):
    """The edition of holidays and the voivodeship with which events were last checked: one row."""

    __tablename__ = "almanac"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    edition: Mapped[str] = mapped_column(String(200))
    region: Mapped[str] = mapped_column(String(40))


class Recheck(Base):
    """An event that waits to be checked again; with `claims`, after what it claims is laid out again."""

    __tablename__ = "recheck"

    event_id: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    claims: Mapped[bool] = mapped_column(Boolean)
