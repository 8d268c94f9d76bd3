"""Municipal systems: who may come in by our doors."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from services.calendar.models.base import Base
from shared.columns import Instant


class Partner(Base):
    """A municipal system that may tell us facts, or could; what it told stays when it may no more."""

    __tablename__ = "partner"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    key_hash: Mapped[str | None] = mapped_column(String(64))
    """Of the key for the HTTP door; none where none was handed out."""
    added_at: Mapped[datetime] = mapped_column(Instant)
    heard_at: Mapped[datetime | None] = mapped_column(Instant)
    """When a message of theirs last took effect."""
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
