"""Stakeholders and what they have, lack and do together."""

from datetime import date

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.registry.models.base import Aggregate, Base, Pointed
from shared.columns import Id
from shared.messages.registry import OrganisationKind, ResourceKind


class Organisation(Aggregate, Pointed, Base):
    """A stakeholder: institution, association, school, firm, informal group."""

    __tablename__ = "organisation"

    name: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[OrganisationKind] = mapped_column(index=True)
    description: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    audiences: Mapped[list[str]] = mapped_column(JSON, default=list)
    themes: Mapped[list[str]] = mapped_column(JSON, default=list)
    search_text: Mapped[str] = mapped_column(Text, default="")
    """Name, description, address and themes as `domain.words` folds them; databases differ about Polish letters."""
    external_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    """The stable key of the row it was imported from, so that importing again finds it."""
    import_hash: Mapped[str | None] = mapped_column(String(64))
    """What that row said: the same row again changes nothing, even if people have edited this since."""


class Venue(Aggregate, Pointed, Base):
    """A resource of kind space: somewhere an event can be; it may lie inside another venue."""

    __tablename__ = "venue"

    organisation_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    capacity: Mapped[int | None]
    one_at_a_time: Mapped[bool] = mapped_column(default=True)
    set_up_minutes: Mapped[int] = mapped_column(default=0)
    clear_up_minutes: Mapped[int] = mapped_column(default=0)
    opening_hours: Mapped[str] = mapped_column(Text, default="")
    equipment: Mapped[list[str]] = mapped_column(JSON, default=list)
    step_free: Mapped[bool | None]
    needs_approval: Mapped[bool] = mapped_column(default=False)
    inside_venue_id: Mapped[str | None] = mapped_column(Id, ForeignKey("venue.id"), index=True)
    ancestor_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The venues that contain it, the nearest first; kept right by the commands."""


class Resource(Aggregate, Pointed, Base):
    """Something an organisation can lend, other than a space."""

    __tablename__ = "resource"

    organisation_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[ResourceKind]
    quantity: Mapped[int] = mapped_column(default=1)
    needs_approval: Mapped[bool] = mapped_column(default=False)
    description: Mapped[str] = mapped_column(Text, default="")


class Need(Aggregate, Base):
    """Something an organisation lacks."""

    __tablename__ = "need"

    organisation_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[ResourceKind]
    quantity: Mapped[int] = mapped_column(default=1)
    until_on: Mapped[date | None]
    description: Mapped[str] = mapped_column(Text, default="")


class Problem(Aggregate, Pointed, Base):
    """Something in the neighbourhood to be solved."""

    __tablename__ = "problem"

    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")


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
