"""Organisations that may be one: where they meet, which pairs are not, and which were put together."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.models.base import Aggregate, Base
from shared.columns import Id, Instant


class DuplicateKey(Base):
    """A blocking key of an organisation (`domain.duplicates`): only who shares one is compared at all."""

    __tablename__ = "duplicate_key"

    organisation_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(100), primary_key=True, index=True)


class DistinctPair(Base):
    """Somebody said that these two are not the same, whatever speaks for it; the lesser id stands first."""

    __tablename__ = "distinct_pair"

    first_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), primary_key=True)
    second_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), primary_key=True, index=True)
    by_person_id: Mapped[str | None] = mapped_column(Id)
    said_at: Mapped[datetime] = mapped_column(Instant)


class Merge(Aggregate, Base):
    """One organisation was merged into another; `moved` says what went along, so that it can be undone."""

    __tablename__ = "organisation_merge"

    kept_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), index=True)
    merged_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), index=True)
    by_person_id: Mapped[str | None] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(String(300), default="")
    moved: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    filled: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """The fields of the kept card that were empty, with what the other card said there."""
    undone_at: Mapped[datetime | None]
