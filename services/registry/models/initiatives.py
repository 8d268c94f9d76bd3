"""Coalitions of organisations."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.registry.models.base import Aggregate, Base
from shared.columns import Id
from shared.messages.registry import InitiativeRole


class Initiative(Aggregate, Base):
    """A coalition of organisations with a goal."""

    __tablename__ = "initiative"

    title: Mapped[str] = mapped_column(String(200))
    goal: Mapped[str] = mapped_column(Text, default="")
    event_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    pledges: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """What members give: each with `organisation_id`, `resource_id` or None, `what`, `quantity`."""
    budget: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Lines of `what`, `amount` (a decimal as text), `source` of the money and `status`."""
    tasks: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """What is to be done: `what`, `organisation_id` or None, `until_on` or None, `done`."""
    application: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=None)
    """For the participatory budget: `edition`, `deadline_on`, `amount_asked` (a decimal as text)."""
    members: Mapped[list["InitiativeMember"]] = relationship(lazy="raise", cascade="all, delete-orphan")
    problems: Mapped[list["InitiativeProblem"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    @property
    def organisation_ids(self) -> list[str]:
        """The organisations of the coalition."""
        return sorted(member.organisation_id for member in self.members)

    def organisations_as(self, *roles: InitiativeRole) -> tuple[str, ...]:
        """Give the organisations that have one of these roles."""
        return tuple(sorted(member.organisation_id for member in self.members if member.role in roles))

    @property
    def problem_ids(self) -> list[str]:
        """The problems it wants to solve."""
        return sorted(problem.problem_id for problem in self.problems)


class InitiativeMember(Base):
    """An organisation in a coalition."""

    __tablename__ = "initiative_organisation"

    initiative_id: Mapped[str] = mapped_column(Id, ForeignKey("initiative.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), primary_key=True, index=True)
    role: Mapped[InitiativeRole] = mapped_column(default="partner")
    since_at: Mapped[datetime | None]


class InitiativeProblem(Base):
    """A problem that a coalition wants to solve."""

    __tablename__ = "initiative_problem"

    initiative_id: Mapped[str] = mapped_column(Id, ForeignKey("initiative.id"), primary_key=True)
    problem_id: Mapped[str] = mapped_column(Id, ForeignKey("problem.id"), primary_key=True, index=True)
