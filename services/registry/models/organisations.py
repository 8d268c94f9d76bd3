"""Stakeholders and where they work."""

from datetime import date

from sqlalchemy import JSON, ForeignKey, String, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.domain.plans import PointSource
from services.registry.models.base import Aggregate, Base, Pointed
from shared.columns import Id
from shared.messages.registry import OrganisationKind, OrganisationStatus


class Organisation(Aggregate, Pointed, Base):
    """A stakeholder: institution, association, school, firm, informal group."""

    __tablename__ = "organisation"

    name: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[OrganisationKind] = mapped_column(index=True)
    description: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    audiences: Mapped[list[str]] = mapped_column(JSON, default=list)
    themes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Codes of the taxonomy."""
    confidential: Mapped[bool] = mapped_column(default=False)
    """Its address stands in `HiddenAddress`, and the point here is the middle of a wide cell."""
    search_text: Mapped[str] = mapped_column(Text, default="")
    """Name, description, address and themes as `domain.words` folds them; databases differ about Polish letters."""
    external_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    """The stable key of the row it was imported from, so that importing again finds it."""
    import_hash: Mapped[str | None] = mapped_column(String(64))
    """What that row said: the same row again changes nothing, even if people have edited this since."""
    description_en: Mapped[str] = mapped_column(Text, default="", server_default="")
    plain_description: Mapped[str] = mapped_column(Text, default="", server_default="")
    """In plain Polish, for everybody to understand."""
    nip: Mapped[str | None] = mapped_column(String(10), index=True)
    regon: Mapped[str | None] = mapped_column(String(14), index=True)
    krs: Mapped[str | None] = mapped_column(String(10))
    rspo: Mapped[str | None] = mapped_column(String(10))
    """Schools have the NIP of their city: no number is anybody's alone."""
    links: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list, server_default="[]")
    opening_hours: Mapped[str] = mapped_column(Text, default="", server_default="")
    step_free: Mapped[bool | None]
    parent_id: Mapped[str | None] = mapped_column(Id, index=True)
    status: Mapped[OrganisationStatus] = mapped_column(default="active", server_default="active")
    point_source: Mapped[PointSource | None]
    point_precision_m: Mapped[int | None]
    confirmed_on: Mapped[date | None]
    """When somebody of it last said that the card is right; who did stands in the history."""
    reminded_on: Mapped[date | None]
    """When its people were last asked to look at the card."""
    is_told: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether the others know it as it is; what a migration changed is told when the service starts."""
    merged_into_id: Mapped[str | None] = mapped_column(Id, index=True)
    """The organisation that a person found to be the same one and that was kept; this one is a signpost to it."""


class Site(Aggregate, Pointed, Base):
    """A further place where an organisation works; the first one stands in its own row."""

    __tablename__ = "site"

    organisation_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(300), default="")
    point_source: Mapped[PointSource | None]
    point_precision_m: Mapped[int | None]
