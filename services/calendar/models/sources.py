"""Subscribed calendars: where others publish theirs, and how the last look at each went."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.calendar.models.base import Base
from shared.columns import Id, Instant


class Source(Base):
    """A calendar that an organisation subscribed to; `version` counts what people change, not what fetches find.

    `etag`, `last_modified` and `content_hash` are those of the last answer, `seen_at` is when it last was there,
    `checked_at` when it was last asked for; `failures` in a row put off `due_at`. A `removed` one is waiting for its
    events to be taken off the calendar.
    """

    __tablename__ = "source"
    __table_args__ = (Index("ix_source_due_at", "due_at"), Index("ix_source_organisation_id", "organisation_id"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    organisation_id: Mapped[str] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(Text)
    paused: Mapped[bool] = mapped_column(Boolean, default=False)
    removed: Mapped[bool] = mapped_column(Boolean, default=False)
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    content_hash: Mapped[str | None] = mapped_column(String(32))
    due_at: Mapped[datetime] = mapped_column(Instant)
    checked_at: Mapped[datetime | None] = mapped_column(Instant)
    seen_at: Mapped[datetime | None] = mapped_column(Instant)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Why the last look failed, as code and values."""
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    """What became of the items of the last new answer."""
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
