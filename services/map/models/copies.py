"""What other services told: themes, events and when they are, contacts that everybody may see."""

from datetime import datetime
from typing import Literal

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.map.models.base import Base, Words
from shared.columns import Id, Instant
from shared.copies import OURS, READING
from shared.messages.registry import Role

ContactKind = Literal["phone", "email"]


class KnownTheme(Base):
    """A theme of the registry's taxonomy: things name it by `code`, and `parent_code` is the wider one."""

    __tablename__ = "known_theme"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(60))
    name_pl: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    parent_code: Mapped[str | None] = mapped_column(String(60), default=None)
    synonyms: Mapped[tuple[str, ...]] = mapped_column(Words, default=())
    retired: Mapped[bool] = mapped_column(Boolean, default=False)


class KnownEvent(Base):
    """An event of the calendar; its dates and its places stand in tables of their own, which may be ahead of it."""

    __tablename__ = "known_event"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20))
    all_day: Mapped[bool] = mapped_column(Boolean, default=False)
    zone: Mapped[str] = mapped_column(String(64))
    url: Mapped[str] = mapped_column(Text)
    search_text: Mapped[str] = mapped_column(Text)
    tags: Mapped[str] = mapped_column(Text, default="")


class KnownOccurrence(Base):
    """One date of an event; half-open."""

    __tablename__ = "known_occurrence"

    event_id: Mapped[str] = mapped_column(Id, ForeignKey("known_event.id", ondelete="CASCADE"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(Instant)


class EventAtPlace(Base):
    """An event belongs to a place: its venue, its own site, or the seat of a host. The place may not be known yet."""

    __tablename__ = "event_at_place"

    event_id: Mapped[str] = mapped_column(Id, ForeignKey("known_event.id", ondelete="CASCADE"), primary_key=True)
    place_id: Mapped[str] = mapped_column(Id, primary_key=True, index=True)


class VenueTaken(Base):
    """A venue is taken from one instant to another, half-open, by an event that need not be public."""

    __tablename__ = "venue_taken"
    __table_args__ = (
        Index("ix_venue_taken_in_time", "ends_at", "starts_at"),
        Index("ix_venue_taken_venue_id", "venue_id", info=dict(READING)),
    )

    event_id: Mapped[str] = mapped_column(Id, ForeignKey("known_event.id", ondelete="CASCADE"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    venue_id: Mapped[str] = mapped_column(Id)


class ResourceTaken(Base):
    """So many of a resource are lent from one instant to another, half-open, to an event that need not be public."""

    __tablename__ = "resource_taken"
    __table_args__ = (Index("ix_resource_taken_in_time", "ends_at", "starts_at"),)

    event_id: Mapped[str] = mapped_column(Id, ForeignKey("known_event.id", ondelete="CASCADE"), primary_key=True)
    resource_id: Mapped[str] = mapped_column(Id, primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    quantity: Mapped[int] = mapped_column(Integer)


class KnownContacts(Base):
    """Which state of an organisation's public contacts is known; without any it stands here all the same."""

    __tablename__ = "known_contacts"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    ended_at: Mapped[datetime | None] = mapped_column(Instant, info={OURS: True})
    """When a value was taken back whose bytes may still stand in the database's files; none once they are gone."""


class PublicContact(Base):
    """A way to reach an organisation that everybody may know until `until_at`; from then on nobody is shown it."""

    __tablename__ = "public_contact"

    organisation_id: Mapped[str] = mapped_column(
        Id, ForeignKey("known_contacts.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[ContactKind] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(300))
    link: Mapped[str] = mapped_column(String(400))
    e164: Mapped[str | None] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(100))
    person_id: Mapped[str | None] = mapped_column(Id, index=True)
    person_name: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[Role | None] = mapped_column(String(20))
    until_at: Mapped[datetime | None] = mapped_column(Instant)
