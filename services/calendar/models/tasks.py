"""What a meeting leaves behind: tasks, minutes as they were published, and what its decisions are about."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.calendar.models.base import Base
from shared.columns import Id, Instant


class Task(Base):
    """What somebody took upon themselves at a meeting: an organisation, a person by id, or nobody yet.

    `item_id` names a point of the agenda. `soon_told_at` and `overdue_told_at` say when its owner was reminded.
    """

    __tablename__ = "meeting_task"
    __table_args__ = (
        Index("ix_meeting_task_event_id", "event_id"),
        Index("ix_meeting_task_owner_id", "owner_id"),
        Index("ix_meeting_task_owner_person_id", "owner_person_id"),
        Index("ix_meeting_task_due_on", "due_on"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"))
    held_on: Mapped[str] = mapped_column(String(10), default="")
    item_id: Mapped[str | None] = mapped_column(Id)
    text: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[str | None] = mapped_column(Id)
    owner_person_id: Mapped[str | None] = mapped_column(Id)
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    done_by_id: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    soon_told_at: Mapped[datetime | None] = mapped_column(Instant)
    overdue_told_at: Mapped[datetime | None] = mapped_column(Instant)


class MinutesVersion(Base):
    """The minutes of a meeting as they were published once, in Markdown; it never changes, a later one has a reason.

    `audience` is public, partners or members: those who host it or are invited.
    """

    __tablename__ = "minutes_version"
    __table_args__ = (UniqueConstraint("event_id", "held_on", "version"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"))
    held_on: Mapped[str] = mapped_column(String(10), default="")
    version: Mapped[int] = mapped_column(Integer)
    audience: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(Instant)
    by_person_id: Mapped[str | None] = mapped_column(Id)


class DecisionLink(Base):
    """What a decision is about: a problem, an initiative or an event, with the title that it had then."""

    __tablename__ = "decision_link"
    __table_args__ = (Index("ix_decision_link_target_id", "target_id"),)

    decision_id: Mapped[str] = mapped_column(Id, ForeignKey("decision.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    target_id: Mapped[str] = mapped_column(Id, primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
