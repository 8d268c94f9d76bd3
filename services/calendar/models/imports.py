"""What was taken over from calendar files, so that the same file again changes nothing."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String
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
    missed: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """How many fetches in a row a subscribed calendar has not had it any more."""


class ImportedFile(Base):
    """The file that was last taken over whole from a source: the same bytes again need not be read."""

    __tablename__ = "imported_file"

    source: Mapped[str] = mapped_column(String(200), primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(32))
    items: Mapped[int] = mapped_column(Integer)


class ImportRun(Base):
    """An import that somebody started on a page, and how far it is; `state` is running, done or failed."""

    __tablename__ = "import_run"
    __table_args__ = (Index("ix_import_run_organisation_id", "organisation_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(Id)
    file_name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))
    total: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    said: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """The items of which there is something to say, with reasons as codes; as many as a page bears."""
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Why the whole file was refused: a gettext source and its values."""
    started_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
