"""What the neighbourhood wants to solve, who supports it, and how residents take part; what waits to be let through."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.registry.domain.plans import Stage, WaitingState
from services.registry.models.base import Aggregate, Base, Pointed
from shared.columns import Id
from shared.messages.registry import ProblemStatus


class Problem(Aggregate, Pointed, Base):
    """Something in the neighbourhood to be solved; everybody may read it."""

    __tablename__ = "problem"

    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    affected: Mapped[str] = mapped_column(Text, default="")
    affected_number: Mapped[int | None]
    audiences: Mapped[list[str]] = mapped_column(JSON, default=list)
    themes: Mapped[list[str]] = mapped_column(JSON, default=list)
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Each with `text` and `link`."""
    status: Mapped[ProblemStatus] = mapped_column(default="named", index=True)
    resident_supports: Mapped[int] = mapped_column(default=0)
    """How often residents said that they support it. It grows without a new version: nobody edits it."""
    supports: Mapped[list["ProblemSupport"]] = relationship(lazy="raise", cascade="all, delete-orphan")
    stages: Mapped[list["ProblemStage"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    @property
    def supporter_ids(self) -> list[str]:
        """The organisations that support it."""
        return sorted(support.organisation_id for support in self.supports)


class ProblemSupport(Base):
    """An organisation supports a problem, by name."""

    __tablename__ = "problem_support"

    problem_id: Mapped[str] = mapped_column(Id, ForeignKey("problem.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), primary_key=True, index=True)
    since_at: Mapped[datetime]


class ProblemStage(Base):
    """A step on the participation path of a problem."""

    __tablename__ = "problem_stage"

    problem_id: Mapped[str] = mapped_column(Id, ForeignKey("problem.id"), primary_key=True)
    stage: Mapped[Stage] = mapped_column(primary_key=True)
    held_on: Mapped[date]
    event_id: Mapped[str | None] = mapped_column(Id)
    result: Mapped[str] = mapped_column(Text, default="")


class ProblemStatusChange(Base):
    """What became of a problem, when and why; who did it stands in the history, under the same version."""

    __tablename__ = "problem_status"

    position: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    problem_id: Mapped[str] = mapped_column(Id, ForeignKey("problem.id"), index=True)
    version: Mapped[int]
    status: Mapped[ProblemStatus]
    because: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]


class WaitingProblem(Aggregate, Pointed, Base):
    """A problem that somebody without an account named: no problem at all until it is let through.

    It is a table of its own so that no list, page or message of problems can show it by mistake.
    """

    __tablename__ = "waiting_problem"

    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[WaitingState] = mapped_column(default="waiting", index=True)
    because: Mapped[str] = mapped_column(Text, default="")
    """Why it was refused."""
    settled_at: Mapped[datetime | None]
    problem_id: Mapped[str | None] = mapped_column(Id, ForeignKey("problem.id"))
    """The problem that it became."""
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the secret with which whoever named it may look what became of it."""


class ResidentDeed(Base):
    """How often the same address did the same on one day, by a hash whose key is gone the day after."""

    __tablename__ = "resident_deed"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    done_on: Mapped[date] = mapped_column(index=True)
    times: Mapped[int]
