"""Names, titles, people and memberships as other services told them."""

from datetime import datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Float,
    ForeignKey,
    Integer,
    String,
    Text,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base
from shared.columns import Id
from shared.messages.registry import Role


class KnownOrganisation(Base):
    """An organisation of the registry."""

    __tablename__ = "known_organisation"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)


class KnownPerson(Base):
    """A person and how to reach them, from the stream that only some may read."""

    __tablename__ = "known_person"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    email_until: Mapped[datetime | None]
    """After this instant no mail is sent there."""
    neighbourhood_coordinator: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """Looks after the whole neighbourhood, and is told of what nobody else sees to."""
    administrator: Mapped[bool | None] = mapped_column(Boolean)
    """None, where they were told of before this was kept; then nothing ends because of it."""
    erased: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """A tombstone: what is not newer than `version` is not believed."""


class KnownMembership(Base):
    """A person belongs to an organisation, which may not be known yet."""

    __tablename__ = "known_membership"

    organisation_id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(
        Id, ForeignKey("known_person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[Role | None] = mapped_column(String(20))
    """None, where it was told before roles were kept; then nothing can be done by a link."""


class KnownEvent(Base):
    """An event of the calendar, for its present title and for whose it is."""

    __tablename__ = "known_event"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(Text)
    host_ids: Mapped[list[str]] = mapped_column(JSON)
    is_public: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    """Whether others than its hosts may read the title."""


class KnownVenue(Base):
    """A venue of the registry, for its name, and for where it is."""

    __tablename__ = "known_venue"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)


class KnownTheme(Base):
    """A theme of the registry, for its names."""

    __tablename__ = "known_theme"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(Text)
    name_pl: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    retired: Mapped[bool] = mapped_column(Boolean)
