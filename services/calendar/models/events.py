"""Events, and what follows from them: dates and claims.

An event is kept as it was planned; `occurrence` and `claim` are laid out from it up to the horizon and can be laid
again at any time. Times that are compared are whole seconds since 1970 in UTC: ten times faster on SQLite than text.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.calendar.models.base import Base
from shared.columns import Id, Instant


class Event(Base):
    """An action on the calendar, as `domain.plans.EventPlan` describes it; lists and values are JSON.

    `until_at` is the end of its last occurrence, or none where its rule has no end or ends past the horizon.
    """

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("source", "uid"),
        Index("ix_event_starts_at_id", "starts_at", "id"),
        Index("ix_event_venue_id", "venue_id"),
        Index("ix_event_follows_id", "follows_id"),
        Index(
            "ix_event_laid_until_at",
            "laid_until_at",
            sqlite_where=text("until_at IS NULL"),
            postgresql_where=text("until_at IS NULL"),
        ),
        Index("ix_event_changed_at", "changed_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    zone: Mapped[str] = mapped_column(String(64))
    all_day: Mapped[bool] = mapped_column(Boolean, default=False)
    floating: Mapped[bool] = mapped_column(Boolean, default=False)
    rrule: Mapped[str | None] = mapped_column(Text)
    rdates: Mapped[list[str]] = mapped_column(JSON, default=list)
    exdates: Mapped[list[str]] = mapped_column(JSON, default=list)
    overrides: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    venue_id: Mapped[str | None] = mapped_column(Id)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    host_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    audiences: Mapped[list[str]] = mapped_column(JSON, default=list)
    themes: Mapped[list[str]] = mapped_column(JSON, default=list)
    status: Mapped[str] = mapped_column(String(20))
    expected_participants: Mapped[int | None] = mapped_column(Integer)
    borrowed: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    needs: Mapped[list[str]] = mapped_column(JSON, default=list)
    problem_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    initiative_id: Mapped[str | None] = mapped_column(Id)
    funding: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    set_up_minutes: Mapped[int | None] = mapped_column(Integer)
    clear_up_minutes: Mapped[int | None] = mapped_column(Integer)
    leader_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    visibility: Mapped[str] = mapped_column(String(10), default="public")
    accessibility: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(200))
    uid: Mapped[str] = mapped_column(String(500))
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    raw: Mapped[str | None] = mapped_column(Text)
    search_text: Mapped[str] = mapped_column(Text, default="")
    """Title, description and themes as `domain.words` folds them; databases differ about Polish letters."""
    by_person_id: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    follows_id: Mapped[str | None] = mapped_column(Id)
    """The series from which this event was split off."""
    until_at: Mapped[datetime | None] = mapped_column(Instant)
    joined_into_id: Mapped[str | None] = mapped_column(Id)
    """The event that goes on in its place: this one is cancelled, and stays so."""
    related_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Events that are coordinated with it."""
    poll_id: Mapped[str | None] = mapped_column(Id)
    """The open poll for whose sake this date is held: it changes with its poll alone."""
    laid_until_at: Mapped[datetime] = mapped_column(Instant)


class EventHost(Base):
    """One organisation that plans an event, as a row: the filter by organisation is an index look-up."""

    __tablename__ = "event_host"
    __table_args__ = (Index("ix_event_host_organisation_id", "organisation_id", "event_id"),)

    event_id: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(Id, primary_key=True)


class Occurrence(Base):
    """One date of an event: half-open seconds in UTC; `recurrence` is the start that its rule gives it."""

    __tablename__ = "occurrence"
    __table_args__ = (Index("ix_occurrence_start_end", "start", "end", "event_id"),)

    event_id: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    recurrence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    start: Mapped[int] = mapped_column(BigInteger)
    end: Mapped[int] = mapped_column(BigInteger)
    starts_on: Mapped[date]
    title: Mapped[str | None] = mapped_column(String(300))
    cancelled: Mapped[bool] = mapped_column(Boolean, default=False)


class Claim(Base):
    """What one occurrence takes of one thing, at most to the next midnight in UTC.

    `kind` and `key` name the thing: a venue or one that it lies in (`direct` false), a resource, an audience, a
    theme, a map cell. `hard` claims of `venue` and `resource` can block. `quantity` is how much is borrowed, or how
    many people come. The primary key is the index of the conflict check, and on SQLite the table itself.
    """

    __tablename__ = "claim"
    __table_args__ = (
        Index("ix_claim_event_id", "event_id"),
        {"sqlite_with_rowid": False},
    )

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    end: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    recurrence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    direct: Mapped[bool] = mapped_column(Boolean)
    hard: Mapped[bool] = mapped_column(Boolean)
    quantity: Mapped[int] = mapped_column(Integer)


class ZoneTable(Base):
    """When the clocks of a zone change, as this installation's time zone data last said; `version` is the data's.

    `offsets` holds pairs of (seconds since 1970 in UTC, offset in seconds from then on): what the events in that zone
    were laid out by, and by which their wall-clock times are found again when the data changes.
    """

    __tablename__ = "zone_table"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str] = mapped_column(String(20))
    offsets: Mapped[list[list[int]]] = mapped_column(JSON)
    done_id: Mapped[str | None] = mapped_column(Id)
    """The last event that was laid out again, while a change is being followed."""
