"""What the map remembers: what is drawn on it, which is ours; then places, events, contacts, copied from messages."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import JSON, BigInteger, Boolean, Float, ForeignKey, Index, Integer, String, Text, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.map.domain.plans import AreaKind, FileKind, Look
from shared import columns
from shared.auth import KnownApiKeyMixin, KnownKeyMixin, RevokedAccessMixin
from shared.columns import Id, Instant
from shared.copies import READING
from shared.erasing import ErasureMixin
from shared.history import HistoryMixin
from shared.idempotency import IdempotencyMixin
from shared.identifiers import new_id
from shared.inbox import InboxMixin, SetAsideMixin
from shared.messages.registry import CostPer, LendsTo, Role
from shared.outbox import OutboxMixin

PlaceKind = Literal["organisation", "venue", "resource", "need", "event", "problem", "fact"]
KINDS: tuple[PlaceKind, ...] = get_args(PlaceKind)
ContactKind = Literal["phone", "email"]


class Words(TypeDecorator[tuple[str, ...]]):
    """A few words as one text with bars between them: read much more often, and sooner, than JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """Write the words."""
        return None if value is None else "|".join(word.replace("|", " ") for word in value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], tuple[str, ...]]:
        """Read them: without the steps between, which cost more than the reading."""
        return lambda value: tuple(value.split("|")) if value else ()


class Base(DeclarativeBase):
    """The tables of the map."""

    metadata = columns.new_metadata()


class Outbox(OutboxMixin, Base):
    """Messages of the map on their way; there are none yet."""


class Inbox(InboxMixin, Base):
    """Messages that the map has heard."""


class SetAside(SetAsideMixin, Base):
    """Messages that the map could not take."""


class IdempotencyKey(IdempotencyMixin, Base):
    """Answers that are given again to a repeated request."""


class Erasure(ErasureMixin, Base):
    """People who are erased: a tombstone of each."""


class KnownKey(KnownKeyMixin, Base):
    """The registry's public keys."""


class RevokedAccess(RevokedAccessMixin, Base):
    """Sessions and people whose older tokens hold no more."""


class KnownApiKey(KnownApiKeyMixin, Base):
    """A copy of the keys that the registry gave to programs."""


class History(HistoryMixin, Base):
    """Who drew what on the map, changed it, or took it away."""


class Area(Base):
    """Something drawn on the map: an outline, a garden, a route. Its geometry is GeoJSON that was checked."""

    __tablename__ = "area"
    __table_args__ = (Index("ix_area_in_order", "sort_text", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[AreaKind] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    name_in_english: Mapped[str] = mapped_column(String(200), default="")
    look: Mapped[Look] = mapped_column(String(20))
    geometry: Mapped[dict[str, Any]] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(String(300), default="")
    licence: Mapped[str] = mapped_column(String(300), default="")
    sort_text: Mapped[str] = mapped_column(Text)


class Layer(Base):
    """A file of others that somebody brought onto the map: whose it is, under which licence, and what is in it."""

    __tablename__ = "layer"
    __table_args__ = (Index("ix_layer_in_order", "sort_text", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    name: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(300))
    licence: Mapped[str] = mapped_column(String(300))
    file_kind: Mapped[FileKind] = mapped_column(String(20))
    look: Mapped[Look] = mapped_column(String(20))
    features: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int] = mapped_column(Integer)
    report: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    sort_text: Mapped[str] = mapped_column(Text)


class LayerFeature(Base):
    """One thing of a layer."""

    __tablename__ = "layer_feature"

    layer_id: Mapped[str] = mapped_column(Id, ForeignKey("layer.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    geometry: Mapped[dict[str, Any]] = mapped_column(JSON)


class Place(Base):
    """One thing that the map shows: `id` is that of the organisation, venue, resource, problem, event or fact itself.

    Without a point it stands in the list only. What was withdrawn stays as a tombstone, so that a late message
    cannot bring it back. `over_at` is when it is shown no longer: the end of a fact, of an event, of a need.
    A confidential place has no exact point: it lies somewhere within `radius_m` of this one.
    """

    __tablename__ = "place"
    __table_args__ = (
        Index("ix_place_in_order", "sort_text", "id", "latitude", "longitude", "kind", info=dict(READING)),
        Index("ix_place_by_cell", "cell", "latitude", "longitude", info=dict(READING)),
        Index("ix_place_over_at", "over_at", info=dict(READING)),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[PlaceKind] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(Text)
    name_in_english: Mapped[str | None] = mapped_column(Text, default=None)
    description: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(Text, default="")
    organisation_id: Mapped[str | None] = mapped_column(Id, default=None, index=True)
    latitude: Mapped[float | None] = mapped_column(Float, default=None)
    longitude: Mapped[float | None] = mapped_column(Float, default=None)
    radius_m: Mapped[int | None] = mapped_column(Integer, default=None)
    starts_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    ends_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    zone: Mapped[str | None] = mapped_column(String(64), default=None)
    url: Mapped[str | None] = mapped_column(Text, default=None)
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False)
    sort_text: Mapped[str] = mapped_column(Text)
    search_text: Mapped[str] = mapped_column(Text)
    cell: Mapped[int | None] = mapped_column(BigInteger, default=None)
    """The finest cell that holds its point (`domain.cells`)."""
    at_seat: Mapped[bool] = mapped_column(Boolean, default=False)
    """It has no point of its own, and is where its organisation is."""
    over_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    confidential: Mapped[bool] = mapped_column(Boolean, default=False)
    audiences: Mapped[tuple[str, ...]] = mapped_column(Words, default=())
    themes: Mapped[tuple[str, ...]] = mapped_column(Words, default=())
    tags: Mapped[str] = mapped_column(Text, default="")
    """Audiences and themes as `domain.folding.tags` writes them, to be found by."""
    opening_hours: Mapped[str] = mapped_column(Text, default="")
    step_free: Mapped[bool | None] = mapped_column(Boolean, default=None)
    capacity: Mapped[int | None] = mapped_column(Integer, default=None)
    lends: Mapped[str | None] = mapped_column(String(20), default=None)
    """What kind of thing can be borrowed here; a venue is a space."""
    quantity: Mapped[int | None] = mapped_column(Integer, default=None)
    takes_one: Mapped[bool] = mapped_column(Boolean, default=False)
    """A venue that takes one event at a time."""
    gap_minutes: Mapped[int] = mapped_column(Integer, default=0)
    """What a venue needs between two events, to clear up after one and set up for the next."""


class OfferTerms(Base):
    """On which terms a venue or a resource is lent; `cost_pln` is in zlotys, per `cost_per`, none where none is fixed.

    Beside `place`, for few who read a list of places ask what they cost.
    """

    __tablename__ = "offer_terms"

    place_id: Mapped[str] = mapped_column(Id, primary_key=True)
    cost: Mapped[str] = mapped_column(Text, default="")
    cost_pln: Mapped[float | None] = mapped_column(Float, default=None)
    cost_per: Mapped[CostPer | None] = mapped_column(String(10), default=None)
    conditions: Mapped[str] = mapped_column(Text, default="")
    lends_to: Mapped[LendsTo] = mapped_column(String(20), default="everyone")
    needs_approval: Mapped[bool] = mapped_column(Boolean, default=False)


class PlaceCell(Base):
    """How many places lie in one cell of a level, and where in the middle: triggers of the database keep it right.

    Counted is what stands whatever the time is; sums are in millionths of a degree. Cells that became empty stay.
    """

    __tablename__ = "place_cell"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 -- SQLAlchemy reads this name

    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    cell: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[PlaceKind] = mapped_column(String(20), primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    latitude_sum: Mapped[int] = mapped_column(BigInteger)
    longitude_sum: Mapped[int] = mapped_column(BigInteger)


class VenueInside(Base):
    """A venue lies inside another one, at any depth; the other may not be known yet."""

    __tablename__ = "venue_inside"

    venue_id: Mapped[str] = mapped_column(Id, primary_key=True)
    ancestor_id: Mapped[str] = mapped_column(Id, primary_key=True, index=True)


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


class KnownContacts(Base):
    """Which state of an organisation's public contacts is known; without any it stands here all the same."""

    __tablename__ = "known_contacts"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)


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
