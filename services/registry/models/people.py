"""People: who they are, how to reach them and who may know, who was invited, and who looked."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.registry.domain.plans import AuditAction, ContactKind, Language, LegalBasis, Visibility
from services.registry.models.base import Aggregate, Base
from shared.columns import Id
from shared.messages.registry import Role


class Person(Aggregate, Base):
    """Somebody with a role here; how to reach them stands in `contact`."""

    __tablename__ = "person"

    name: Mapped[str] = mapped_column(String(200), index=True)
    language: Mapped[Language] = mapped_column(default="pl")
    administrator: Mapped[bool] = mapped_column(default=False)
    neighbourhood_coordinator: Mapped[bool] = mapped_column(default=False, server_default=false())
    signed_in_at: Mapped[datetime | None]
    """When they last signed in, as far as their sessions are forgotten already."""
    erased_at: Mapped[datetime | None]
    """Who is erased has no name, no contact and no role any more; the row keeps their id from coming back."""
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
    purpose: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """What for it may be used, in words that the person was told."""
    legal_basis: Mapped[LegalBasis] = mapped_column(default="consent", server_default="consent")
    given_at: Mapped[datetime | None]
    """When the consent was given; for another basis, since when it holds."""
    valid_until_at: Mapped[datetime | None]
    """From this instant it is shown to nobody but its owner."""
    withdrawn_at: Mapped[datetime | None]
    """From this instant too."""
    external_key: Mapped[str | None] = mapped_column(String(250), unique=True)
    """The stable key of the cell it was imported from."""


class ToldContacts(Base):
    """Which state of an organisation's public contacts was told last: its number, and a hash by which it is known.

    It stays with the organisation (`id`) when that is merged into another one: `version` counts what listeners heard.
    """

    __tablename__ = "told_contacts"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, default=0)
    digest: Mapped[str] = mapped_column(String(64), default="")


class Invitation(Aggregate, Base):
    """Somebody was asked to join, by mail or by a link handed over; only the hash of its secret is kept.

    It names a role in an organisation, or one in the neighbourhood, or both. `person_id` is whom it is for when they
    are here already, and who accepted it afterwards. Name and address go when it is settled or over.
    """

    __tablename__ = "invitation"

    name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(300), default="")
    language: Mapped[Language] = mapped_column(default="pl")
    organisation_id: Mapped[str | None] = mapped_column(Id, ForeignKey("organisation.id"), index=True)
    role: Mapped[Role | None]
    administrator: Mapped[bool] = mapped_column(default=False)
    neighbourhood_coordinator: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[str | None] = mapped_column(Id, ForeignKey("person.id"))
    by_person_id: Mapped[str | None] = mapped_column(Id)
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class ErasureConfirmation(Base):
    """A service said that it holds nothing any more of an erased person."""

    __tablename__ = "erasure_confirmation"

    person_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id"), primary_key=True)
    service: Mapped[str] = mapped_column(String(50), primary_key=True)
    confirmed_at: Mapped[datetime]


class Audit(Base):
    """Who read, exported or changed which personal field of whom, when and why; never a value. Rows are only added."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject_id", "position"),)

    position: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    at: Mapped[datetime] = mapped_column(index=True)
    subject_id: Mapped[str] = mapped_column(Id)
    """The person whose data it is."""
    action: Mapped[AuditAction]
    fields: Mapped[list[str]] = mapped_column(JSON)
    """Such as `name`, `contact.phone`."""
    by_person_id: Mapped[str | None] = mapped_column(Id)
    by_api_key_id: Mapped[str | None] = mapped_column(Id)
    by_service: Mapped[str | None] = mapped_column(String(50))
    """`operator` for the command line; nobody at all where the person used their own link."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Which door was asked, such as `GET /registry/api/v1/people`, or what somebody wrote."""
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """More facts without values, such as `{"visibility": ["private", "partners"]}`."""
