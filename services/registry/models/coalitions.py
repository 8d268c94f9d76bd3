"""Coalitions that could be: what is suggested, what is due to be looked at, and which events were held together."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.registry.domain.plans import SuggestionKind, SuggestionReply, SuggestionState
from services.registry.models.base import Aggregate, Base
from shared.columns import Id


class InitiativeSuggestion(Aggregate, Base):
    """Organisations that could form a coalition, and why; each is suggested once, also after it was declined."""

    __tablename__ = "initiative_suggestion"

    identity: Mapped[str] = mapped_column(String(100), unique=True)
    """What it is about: `problem:<id>`, or `events:<id>:<id>` of two organisations."""
    kind: Mapped[SuggestionKind]
    title: Mapped[str] = mapped_column(String(200), default="")
    problem_id: Mapped[str | None] = mapped_column(Id, ForeignKey("problem.id"))
    organisation_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Those who are asked and did not say no."""
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    state: Mapped[SuggestionState] = mapped_column(default="suggested", index=True)
    initiative_id: Mapped[str | None] = mapped_column(Id, ForeignKey("initiative.id"))
    answers: Mapped[list["CoalitionAnswer"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    @property
    def accepted_ids(self) -> list[str]:
        """The organisations that said yes, who did so first in front."""
        said = [one for one in self.answers if one.answer == "accepted"]
        return [one.organisation_id for one in sorted(said, key=lambda one: (one.answered_at, one.organisation_id))]

    @property
    def declined_ids(self) -> list[str]:
        """The organisations that said no; they are not asked again."""
        return sorted(one.organisation_id for one in self.answers if one.answer == "declined")


class CoalitionAnswer(Base):
    """What one organisation answered when a coalition was suggested; each answers for itself."""

    __tablename__ = "coalition_answer"

    suggestion_id: Mapped[str] = mapped_column(Id, ForeignKey("initiative_suggestion.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), primary_key=True, index=True)
    answer: Mapped[SuggestionReply] = mapped_column(String(10))
    because: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime]


class CoalitionLook(Base):
    """Something changed about a problem or an event: whether a coalition is near is due to be looked at."""

    __tablename__ = "coalition_look"

    kind: Mapped[SuggestionKind] = mapped_column(primary_key=True)
    about_id: Mapped[str] = mapped_column(Id, primary_key=True)
    due_at: Mapped[datetime] = mapped_column(index=True)


class KnownEvent(Base):
    """An event of the calendar; who hosts it stands in a table of its own, if it is public and takes place."""

    __tablename__ = "known_event"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime]


class KnownEventHost(Base):
    """An organisation hosts an event; it may not be known here yet."""

    __tablename__ = "known_event_host"
    __table_args__ = (Index("ix_known_event_host_organisation_id", "organisation_id"),)

    event_id: Mapped[str] = mapped_column(Id, ForeignKey("known_event.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(Id, primary_key=True)
