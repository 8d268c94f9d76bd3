"""What was taken over from calendar files, so that the same file again changes nothing."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from services.calendar.models.base import Base
from shared.columns import Id, Instant


class ImportedItem(Base):
    """One item of one source as it was last taken over (RFC 5545: UID, RECURRENCE-ID, SEQUENCE).

    `recurrence_id` is empty for an event itself. An occurrence without its series is an event of its own until the
    series comes; then `event_id` is the series'.
    """

    __tablename__ = "imported_item"
    __table_args__ = (Index("ix_imported_item_event_id", "event_id"),)

    source: Mapped[str] = mapped_column(String(200), primary_key=True)
    uid: Mapped[str] = mapped_column(String(500), primary_key=True)
    recurrence_id: Mapped[str] = mapped_column(String(20), primary_key=True)
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"))
    sequence: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[datetime | None] = mapped_column(Instant)
    content_hash: Mapped[str] = mapped_column(String(32))
