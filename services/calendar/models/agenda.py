"""The agenda of a meeting: its items, each with what was written down of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.calendar.models.base import Base
from shared.columns import Id, Instant


class AgendaItem(Base):
    """One item: proposed by somebody, led by its owner; and its minutes, in Markdown, with a version of their own.

    People stand here by their ids alone. What an item is about is told by its id and a title to show.
    """

    __tablename__ = "agenda_item"
    __table_args__ = (
        Index("ix_agenda_item_event_id", "event_id"),
        Index("ix_agenda_item_about_id", "about_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"))
    held_on: Mapped[str] = mapped_column(String(10), default="")
    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    proposed_by_id: Mapped[str | None] = mapped_column(Id)
    proposed_for_id: Mapped[str | None] = mapped_column(Id)
    owner_id: Mapped[str | None] = mapped_column(Id)
    owner_person_id: Mapped[str | None] = mapped_column(Id)
    minutes_planned: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10))
    about_kind: Mapped[str | None] = mapped_column(String(10))
    about_id: Mapped[str | None] = mapped_column(Id)
    about_title: Mapped[str] = mapped_column(String(300), default="")
    minutes: Mapped[str] = mapped_column(Text, default="")
    minutes_version: Mapped[int] = mapped_column(Integer, default=0)
    minutes_changed_at: Mapped[datetime | None] = mapped_column(Instant)
    minutes_by_id: Mapped[str | None] = mapped_column(Id)
    minutes_for_id: Mapped[str | None] = mapped_column(Id)
    """The organisation whose people wrote there last."""
    created_at: Mapped[datetime] = mapped_column(Instant)
