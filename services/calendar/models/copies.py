"""Copies of what the registry owns; `version` tells a stale message.

`checked_as` is ours: a digest of what matters to events, as it was when they were last checked because of it. So a
change is seen however it came, by a message or by a rebuild.
"""

from sqlalchemy import JSON, Boolean, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.calendar.models.base import Base
from shared.columns import Id
from shared.copies import OURS


class Organisation(Base):
    """A copy of the registry's organisation, as far as the calendar shows it."""

    __tablename__ = "organisation"
    __table_args__ = (Index("ix_organisation_merged_into_id", "merged_into_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(30))
    merged_into_id: Mapped[str | None] = mapped_column(Id)
    url: Mapped[str] = mapped_column(Text)
    checked_as: Mapped[str | None] = mapped_column(String(64), info={OURS: True})


class Venue(Base):
    """A copy of the registry's venue. The row of a top-most venue is also the lock that guards all inside it."""

    __tablename__ = "venue"
    __table_args__ = (Index("ix_venue_inside_venue_id", "inside_venue_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(300))
    organisation_id: Mapped[str] = mapped_column(Id)
    capacity: Mapped[int | None] = mapped_column(Integer)
    one_at_a_time: Mapped[bool] = mapped_column(Boolean)
    set_up_minutes: Mapped[int] = mapped_column(Integer)
    clear_up_minutes: Mapped[int] = mapped_column(Integer)
    opening_hours: Mapped[str] = mapped_column(Text, default="")
    equipment: Mapped[list[str]] = mapped_column(JSON, default=list)
    step_free: Mapped[bool | None] = mapped_column(Boolean)
    needs_approval: Mapped[bool] = mapped_column(Boolean, default=False)
    status: Mapped[str] = mapped_column(String(20), default="offered")
    inside_venue_id: Mapped[str | None] = mapped_column(Id)
    ancestor_ids: Mapped[list[str]] = mapped_column(JSON)
    address: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    url: Mapped[str] = mapped_column(Text)
    checked_as: Mapped[str | None] = mapped_column(String(64), info={OURS: True})


class Resource(Base):
    """A copy of the registry's resource; its row is the lock that guards what is borrowed of it."""

    __tablename__ = "resource"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(300))
    organisation_id: Mapped[str] = mapped_column(Id)
    quantity: Mapped[int] = mapped_column(Integer)
    needs_approval: Mapped[bool] = mapped_column(Boolean, default=False)
    status: Mapped[str] = mapped_column(String(20), default="offered")
    url: Mapped[str] = mapped_column(Text)
    checked_as: Mapped[str | None] = mapped_column(String(64), info={OURS: True})


class Problem(Base):
    """A copy of the registry's problem, as far as a meeting may talk about it; only what is public is told."""

    __tablename__ = "problem"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(300))
    status: Mapped[str] = mapped_column(String(20))
