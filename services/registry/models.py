"""The registry's tables: stakeholders and what they have and lack; people and how to reach them; keys and sessions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from services.registry.domain.plans import ContactKind, Language, Visibility
from shared import auth, columns, history, idempotency, inbox, outbox
from shared.columns import Id, Instant
from shared.identifiers import new_id
from shared.messages.registry import OrganisationKind, ResourceKind, Role


class Base(DeclarativeBase):
    """What all tables of the registry share."""

    metadata = columns.new_metadata()
    type_annotation_map = {  # noqa: RUF012 -- SQLAlchemy reads this name
        datetime: Instant,
        OrganisationKind: String(30),
        ResourceKind: String(20),
        Role: String(20),
        ContactKind: String(20),
        Visibility: String(20),
        Language: String(2),
    }


class Aggregate:
    """An identity, and a version that grows by one with every change (ETag, message sequence)."""

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id, sort_order=-2)
    version: Mapped[int] = mapped_column(default=1, sort_order=-1)
    created_at: Mapped[datetime] = mapped_column(Instant, sort_order=1)


class Pointed:
    """A point in WGS 84 degrees, or none."""

    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


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


class Person(Aggregate, Base):
    """Somebody with a role here; how to reach them stands in `contact`."""

    __tablename__ = "person"

    name: Mapped[str] = mapped_column(String(200), index=True)
    language: Mapped[Language] = mapped_column(default="pl")
    administrator: Mapped[bool] = mapped_column(default=False)
    memberships: Mapped[list["Membership"]] = relationship(lazy="raise", order_by="Membership.organisation_id")


class Membership(Base):
    """A person's role in one organisation."""

    __tablename__ = "membership"

    person_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), primary_key=True, index=True)
    role: Mapped[Role]


class Contact(Aggregate, Base):
    """One way to reach an organisation or a person; read through `queries.contacts` alone, which asks who looks."""

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint("(organisation_id IS NULL) <> (person_id IS NULL)", name="one_owner"),
        Index("ix_contact_organisation_id", "organisation_id"),
        Index("ix_contact_person_id", "person_id"),
    )

    organisation_id: Mapped[str | None] = mapped_column(Id, ForeignKey("organisation.id"))
    person_id: Mapped[str | None] = mapped_column(Id, ForeignKey("person.id"))
    kind: Mapped[ContactKind]
    label: Mapped[str] = mapped_column(String(100), default="")
    value: Mapped[str] = mapped_column(String(300))
    visibility: Mapped[Visibility] = mapped_column(default="private", server_default="private")
    external_key: Mapped[str | None] = mapped_column(String(250), unique=True)
    """The stable key of the cell it was imported from."""


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


class SignInLink(Base):
    """A link that signs one person in, once; only its hash is kept."""

    __tablename__ = "sign_in_link"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id"))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignedInSession(Base):
    """A browser that is signed in, until it expires or somebody ends it; only the hash of its cookie is kept."""

    __tablename__ = "session"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SigningKey(Base):
    """A key that signs tokens, with its private part; the public part travels as `KeyPublished`."""

    __tablename__ = "signing_key"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    private_jwk: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    not_before_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class History(history.HistoryMixin, Base):
    """Who changed what, when and why."""


class IdempotencyKey(idempotency.IdempotencyMixin, Base):
    """Answers to repeated requests."""


class Outbox(outbox.OutboxMixin, Base):
    """Messages that go out."""


class Inbox(inbox.InboxMixin, Base):
    """Messages that came in."""


class SetAside(inbox.SetAsideMixin, Base):
    """Messages that could not be taken."""


class KnownKey(auth.KnownKeyMixin, Base):
    """The public keys that tokens are checked with, as in every other service."""
