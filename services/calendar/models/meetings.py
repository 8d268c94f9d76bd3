"""Meetings: what is written about them and what they decided."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, ColumnElement, ForeignKey, Index, Integer, String, Text, and_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, validates

from services.calendar.domain.words import folded
from services.calendar.models.base import Base
from shared.columns import Id, Instant


class Meeting(Base):
    """What is written about an event of kind `meeting`, but for the items of its agenda.

    A meeting that repeats has one row for each date about which something is written (`held_on`, see `domain.held`),
    and one for all of them, with its link and who is invited.
    """

    __tablename__ = "meeting"

    event_id: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    held_on: Mapped[str] = mapped_column(String(10), primary_key=True, default="")
    version: Mapped[int] = mapped_column(Integer)
    """Grows with every change of what stands here, of an item that is accepted, and of the minutes of any."""
    attendance_version: Mapped[int] = mapped_column(Integer, default=0)
    """Grows with who came alone: it is written down while others write the minutes."""
    attendance: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    guests: Mapped[int] = mapped_column(Integer, default=0)
    """How many came who belong to no organisation here."""
    minutes: Mapped[str] = mapped_column(Text)
    """What belongs to no item of the agenda; it has a version of its own, as the minutes of each item have."""
    minutes_version: Mapped[int] = mapped_column(Integer, default=0)
    minutes_changed_at: Mapped[datetime | None] = mapped_column(Instant)
    minutes_by_id: Mapped[str | None] = mapped_column(Id)
    minutes_for_id: Mapped[str | None] = mapped_column(Id)
    link: Mapped[str] = mapped_column(String(500), default="")
    """Where one takes part from elsewhere; for partners alone."""
    changed_at: Mapped[datetime] = mapped_column(Instant)
    reminded_until: Mapped[int | None] = mapped_column(BigInteger)
    """The start of the last date of which those who take part were reminded, in seconds of UTC."""


class Decision(Base):
    """What a meeting decided, the organisation that does it, and until when; postponed or dropped, nobody does it."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_event_id", "event_id"), Index("ix_decision_owner_id", "owner_id"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"))
    held_on: Mapped[str] = mapped_column(String(10), default="")
    item_id: Mapped[str | None] = mapped_column(Id)
    """The item of the agenda at which it was decided."""
    state: Mapped[str] = mapped_column(String(10), default="agreed")
    text: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[str | None] = mapped_column(Id)
    due_on: Mapped[date | None]
    done: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)
    search_text: Mapped[str] = mapped_column(Text, default="")
    """The text as `domain.words` folds it, so that it is found without accents."""

    @validates("text")
    def _fold(self, _name: str, text: str) -> str:
        self.search_text = folded(text)
        return text

    @hybrid_property
    def is_open(self) -> bool:
        """Say whether it is still to be done: not where it was dropped; what was postponed comes again."""
        return not self.done and self.state != "dropped"

    @is_open.inplace.expression
    @classmethod
    def _is_open(cls) -> ColumnElement[bool]:
        return and_(cls.done.is_(False), cls.state != "dropped")
