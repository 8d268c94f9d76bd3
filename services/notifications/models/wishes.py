"""What people wish to be told, and where mail cannot reach them."""

from datetime import datetime, time

from sqlalchemy import (
    JSON,
    Boolean,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Time,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.domain.pacing import Wished
from services.notifications.domain.plans import Rhythm
from services.notifications.domain.topics import TopicKind
from services.notifications.models.base import Base
from shared.columns import Id
from shared.identifiers import new_id


class Wishes(Base):
    """What a person wants to be told, how and when; who has no row wants everything by mail, at once."""

    __tablename__ = "wishes"

    person_id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    mail: Mapped[bool] = mapped_column(Boolean, default=True)
    muted_kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    rhythms: Mapped[dict[str, Rhythm]] = mapped_column(JSON, default=dict, server_default="{}")
    """Which kinds come in a summary; the others come at once."""
    quiet_from: Mapped[time | None] = mapped_column(Time, default=None)
    quiet_until: Mapped[time | None] = mapped_column(Time, default=None)
    zone: Mapped[str | None] = mapped_column(String(64), default=None)
    """By which clock; the neighbourhood's, while they never said."""

    def wished(self, zone: str) -> Wished:
        """Give how much they want to hear, in `zone` unless they named one."""
        return Wished(self.zone or zone, self.quiet_from, self.quiet_until, self.rhythms)


class FollowedTopic(Base):
    """A person wants to hear of events that are about this."""

    __tablename__ = "followed_topic"
    __table_args__ = (UniqueConstraint("person_id", "kind", "value"), Index("ix_followed_topic_of", "kind", "value"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[TopicKind] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(100))
    latitude: Mapped[float | None] = mapped_column(Float, default=None)
    longitude: Mapped[float | None] = mapped_column(Float, default=None)
    radius_m: Mapped[int | None] = mapped_column(Integer, default=None)
    """Of an area: its middle (WGS 84 degrees), and how far it reaches."""
    name: Mapped[str | None] = mapped_column(String(200), default=None)
    """What an area lies around, as it was called when it was chosen."""
    created_at: Mapped[datetime]


class RefusedAddress(Base):
    """A mail server said that there is nobody at the address that a person had in this version of theirs."""

    __tablename__ = "refused_address"

    person_id: Mapped[str] = mapped_column(Id, primary_key=True)
    known_version: Mapped[int] = mapped_column(Integer)
    error: Mapped[str] = mapped_column(String(100))
    refused_at: Mapped[datetime]


class LinkSecret(Base):
    """The one secret with which links in letters are signed; a migration makes it."""

    __tablename__ = "link_secret"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    undated_until: Mapped[datetime | None]
    """So long the links of letters from before links had an end still hold."""
