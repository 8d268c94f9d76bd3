"""Meetings: what is written about them and what they decided."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, validates

from services.calendar.domain.words import folded
from services.calendar.models.base import Base
from shared.columns import Id, Instant


class Meeting(Base):
    """What is written about an event of kind `meeting`; it has a version of its own."""

    __tablename__ = "meeting"

    event_id: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    agenda: Mapped[list[str]] = mapped_column(JSON)
    attendance: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    minutes: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(500), default="")
    """Where one takes part from elsewhere; for partners alone."""
    changed_at: Mapped[datetime] = mapped_column(Instant)


class Decision(Base):
    """What a meeting decided, the organisation that does it, and until when."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_event_id", "event_id"), Index("ix_decision_owner_id", "owner_id"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"))
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
