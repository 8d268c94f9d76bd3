"""Which offers answer which needs, and by what words and themes they are found."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.domain.plans import MatchState, Side
from services.registry.models.base import Aggregate, Base
from shared.columns import Id
from shared.messages.registry import DeclineReason, ResourceKind


class Match(Aggregate, Base):
    """A resource or venue that answers a need; there is one row of each two, whatever becomes of it."""

    __tablename__ = "match"
    __table_args__ = (
        UniqueConstraint("need_id", "resource_id"),
        Index("ix_match_need_organisation_id", "need_organisation_id", "state"),
        Index("ix_match_resource_organisation_id", "resource_organisation_id", "state"),
        Index("ix_match_resource_id", "resource_id", "state"),
    )

    need_id: Mapped[str] = mapped_column(Id, ForeignKey("need.id"))
    need_organisation_id: Mapped[str] = mapped_column(Id)
    resource_id: Mapped[str] = mapped_column(Id)
    """A venue's where the kind is space."""
    resource_organisation_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[ResourceKind]
    score: Mapped[int]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    common: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The words and themes that both have."""
    metres: Mapped[int | None]
    state: Mapped[MatchState] = mapped_column(String(10), default="suggested")
    decline_reason: Mapped[DeclineReason | None] = mapped_column(String(20))
    because: Mapped[str] = mapped_column(Text, default="")
    by_organisation_id: Mapped[str | None] = mapped_column(Id)
    """For which of the two organisations it was accepted or declined."""
    decided_at: Mapped[datetime | None]


class MatchKey(Base):
    """A word or theme by which a need or an offer of one kind is found."""

    __tablename__ = "match_key"

    side: Mapped[Side] = mapped_column(String(5), primary_key=True)
    kind: Mapped[ResourceKind] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(70), primary_key=True)
    about_id: Mapped[str] = mapped_column(Id, primary_key=True, index=True)
