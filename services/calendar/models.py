"""The calendar's tables: events, what follows from them, meetings; then the copies of what other services own.

An event is kept as it was planned; `occurrence` and `claim` are laid out from it up to the horizon and can be laid
again at any time. Times that are compared are whole seconds since 1970 in UTC: ten times faster on SQLite than text.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared import columns
from shared.auth import KnownKeyMixin
from shared.columns import Id, Instant
from shared.history import HistoryMixin
from shared.idempotency import IdempotencyMixin
from shared.inbox import InboxMixin, SetAsideMixin
from shared.outbox import OutboxMixin


class Base(DeclarativeBase):
    """The calendar's own metadata; no other service's tables are in it."""

    metadata = columns.new_metadata()


class Event(Base):
    """An action on the calendar, as `domain.plans.EventPlan` describes it; lists and values are JSON.

    `until_at` is the end of its last occurrence, or none where its rule has no end or ends past the horizon.
    """

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("source", "uid"),
        Index("ix_event_starts_at_id", "starts_at", "id"),
        Index("ix_event_venue_id", "venue_id"),
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
    source: Mapped[str] = mapped_column(String(200))
    uid: Mapped[str] = mapped_column(String(500))
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    raw: Mapped[str | None] = mapped_column(Text)
    search_text: Mapped[str] = mapped_column(Text, default="")
    """Title, description and themes as `domain.words` folds them; databases differ about Polish letters."""
    by_person_id: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    until_at: Mapped[datetime | None] = mapped_column(Instant)
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


class Conflict(Base):
    """Two events, or an event and a fact, that hurt each other; one row for all the dates on which they do.

    Its identity is (kind, key, event_a, event_b), `event_a` before `event_b`; where an event meets no other event,
    but a fact or the almanac, `event_b` is `event_a`. `spans` are the pairs of seconds in which they meet.
    """

    __tablename__ = "conflict"
    __table_args__ = (
        UniqueConstraint("kind", "key", "event_a", "event_b"),
        Index("ix_conflict_event_a", "event_a"),
        Index("ix_conflict_event_b", "event_b"),
        Index("ix_conflict_state_end", "state", "last_end"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(64))
    event_a: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"))
    event_b: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"))
    severity: Mapped[str] = mapped_column(String(11))
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[dict[str, Any]] = mapped_column(JSON)
    start: Mapped[int] = mapped_column(BigInteger)
    end: Mapped[int] = mapped_column(BigInteger)
    last_end: Mapped[int] = mapped_column(BigInteger)
    zone: Mapped[str] = mapped_column(String(64))
    spans: Mapped[list[list[int]]] = mapped_column(JSON)
    accepted_because: Mapped[str] = mapped_column(Text, default="")
    accepted_by_id: Mapped[str | None] = mapped_column(Id)
    resolved_by: Mapped[str | None] = mapped_column(String(10))
    found_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class Opportunity(Base):
    """Two events of different hosts that would gain by being joined or coordinated; one per pair."""

    __tablename__ = "opportunity"
    __table_args__ = (
        UniqueConstraint("event_a", "event_b"),
        Index("ix_opportunity_event_b", "event_b"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    event_a: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"))
    event_b: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(10))
    score: Mapped[int] = mapped_column(Integer)
    reason: Mapped[dict[str, Any]] = mapped_column(JSON)
    start: Mapped[int] = mapped_column(BigInteger)
    end: Mapped[int] = mapped_column(BigInteger)
    zone: Mapped[str] = mapped_column(String(64))
    found_at: Mapped[datetime] = mapped_column(Instant)


class Meeting(Base):
    """What is written about an event of kind `meeting`; it has a version of its own."""

    __tablename__ = "meeting"

    event_id: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    agenda: Mapped[list[str]] = mapped_column(JSON)
    attendance: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    minutes: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class Decision(Base):
    """What a meeting decided, the organisation that does it, and until when."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_event_id", "event_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[str | None] = mapped_column(Id)
    due_on: Mapped[date | None]
    done: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Fact(Base):
    """What a municipal system told and the calendar accepted: a closure, or an event of its own."""

    __tablename__ = "fact"
    __table_args__ = (UniqueConstraint("partner", "partner_fact_id"), Index("ix_fact_end_start", "end", "start"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    partner: Mapped[str] = mapped_column(String(32))
    partner_fact_id: Mapped[str] = mapped_column(String(200))
    partner_version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[dict[str, str]] = mapped_column(JSON)
    start: Mapped[int] = mapped_column(BigInteger)
    end: Mapped[int] = mapped_column(BigInteger)
    zone: Mapped[str] = mapped_column(String(64))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    radius_m: Mapped[int | None] = mapped_column(Integer)
    url: Mapped[str | None] = mapped_column(Text)
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False)
    told_at: Mapped[datetime] = mapped_column(Instant)


class History(HistoryMixin, Base):
    """Who changed what of ours, and why."""


class IdempotencyKey(IdempotencyMixin, Base):
    """Answers that were given to a POST with an `Idempotency-Key`."""


class Outbox(OutboxMixin, Base):
    """Messages of ours that wait for the relay, or that it has carried."""


class Inbox(InboxMixin, Base):
    """Messages of others that took effect here."""


class SetAside(SetAsideMixin, Base):
    """Messages that could not take effect here."""


class Organisation(Base):
    """A copy of the registry's organisation, as far as the calendar shows it."""

    __tablename__ = "organisation"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(30))
    url: Mapped[str] = mapped_column(Text)


class Venue(Base):
    """A copy of the registry's venue. The row of a top-most venue is also the lock that guards all inside it."""

    __tablename__ = "venue"
    __table_args__ = (Index("ix_venue_inside_venue_id", "inside_venue_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(300))
    organisation_id: Mapped[str] = mapped_column(Id)
    capacity: Mapped[int | None] = mapped_column(Integer)
    one_at_a_time: Mapped[bool] = mapped_column(Boolean)
    set_up_minutes: Mapped[int] = mapped_column(Integer)
    clear_up_minutes: Mapped[int] = mapped_column(Integer)
    inside_venue_id: Mapped[str | None] = mapped_column(Id)
    ancestor_ids: Mapped[list[str]] = mapped_column(JSON)
    address: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    url: Mapped[str] = mapped_column(Text)


class Resource(Base):
    """A copy of the registry's resource; its row is the lock that guards what is borrowed of it."""

    __tablename__ = "resource"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(300))
    organisation_id: Mapped[str] = mapped_column(Id)
    quantity: Mapped[int] = mapped_column(Integer)
    url: Mapped[str] = mapped_column(Text)


class KnownKey(KnownKeyMixin, Base):
    """A copy of the registry's public keys, with which tokens are verified."""
