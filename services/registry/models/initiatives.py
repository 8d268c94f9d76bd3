"""Coalitions of organisations."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.registry.models.base import Aggregate, Base
from shared.columns import Id


class Initiative(Aggregate, Base):
    """A coalition of organisations with a goal."""

    __tablename__ = "initiative"

    title: Mapped[str] = mapped_column(String(200))
    goal: Mapped[str] = mapped_column(Text, default="")
    members: Mapped[list["InitiativeMember"]] = relationship(lazy="raise", cascade="all, delete-orphan")
    problems: Mapped[list["InitiativeProblem"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    @property
    def organisation_ids(self) -> list[str]:
        """The organisations of the coalition."""
        return sorted(member.organisation_id for member in self.members)

    @property
    def problem_ids(self) -> list[str]:
        """The problems it wants to solve."""
        return sorted(problem.problem_id for problem in self.problems)


class InitiativeMember(Base):
    """An organisation in a coalition."""

    __tablename__ = "initiative_organisation"

    initiative_id: Mapped[str] = mapped_column(Id, ForeignKey("initiative.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), primary_key=True, index=True)


class InitiativeProblem(Base):
    """A problem that a coalition wants to solve."""

    __tablename__ = "initiative_problem"

    initiative_id: Mapped[str] = mapped_column(Id, ForeignKey("initiative.id"), primary_key=True)
    problem_id: Mapped[str] = mapped_column(Id, ForeignKey("problem.id"), primary_key=True, index=True)
