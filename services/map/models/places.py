"""Everything that has a place, and how it is found."""

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import BigInteger, Boolean, Float, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.map.models.base import Base, Words
from shared.columns import Id, Instant
from shared.copies import READING
from shared.messages.registry import CostPer, LendsTo

PlaceKind = Literal["organisation", "venue", "resource", "need", "event", "problem", "fact"]
KINDS: tuple[PlaceKind, ...] = get_args(PlaceKind)
ContactKind = Literal["phone", "email"]


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
