"""The inbox: a row for each message taken in, in the same transaction as its effect, so that a repeat has none."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, LargeBinary, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from shared import clock
from shared.columns import Id, Instant
from shared.inserting import insert_into


class InboxMixin:
    """A message that was taken in, by the one who took it; kept 30 days.

    `stream` and `stream_sequence` are its place: so a copy that is rebuilt beside the live one knows what that one has.
    """

    __tablename__ = "inbox"

    consumer: Mapped[str] = mapped_column(String(50), primary_key=True)
    source: Mapped[str] = mapped_column(String(100), primary_key=True)
    message_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(Instant, index=True)
    stream: Mapped[str | None] = mapped_column(String(50), default=None)
    stream_sequence: Mapped[int | None] = mapped_column(BigInteger, default=None)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        """Find how far each stream was taken in."""
        return (Index("ix_inbox_place", "stream", "stream_sequence"),)


class SetAsideMixin:
    """A message that could not be taken in yet, kept for a person to look at, retry or discard.

    Messages of people keep their headers and no body. `state` is `trying` while it comes again by itself, then
    `waiting`, `done` or `discarded`.
    """

    __tablename__ = "set_aside"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    consumer: Mapped[str] = mapped_column(String(50))
    stream: Mapped[str] = mapped_column(String(50))
    stream_sequence: Mapped[int | None] = mapped_column(BigInteger)
    subject: Mapped[str] = mapped_column(String(250))
    headers: Mapped[dict[str, str]] = mapped_column(JSON)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    attempts: Mapped[int] = mapped_column(Integer)
    error: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(String(64))
    first_at: Mapped[datetime] = mapped_column(Instant)
    last_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(20), default="waiting")

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        """One row for each place in a stream; the waiting ones are found at once."""
        return (
            UniqueConstraint("consumer", "stream", "stream_sequence"),
            Index("ix_set_aside_state", "state", "first_at"),
        )


def is_first_time(
    session: Session,
    table: Any,
    *,
    consumer: str,
    source: str,
    message_id: str,
    stream: str | None = None,
    stream_sequence: int | None = None,
) -> bool:
    """Write the inbox row and say whether it is new.

    The answer comes from RETURNING: psycopg's rowcount is -1 here, and every message would look like a repeat.
    """
    values = {
        "consumer": consumer,
        "source": source,
        "message_id": message_id,
        "received_at": clock.now(),
        "stream": stream,
        "stream_sequence": stream_sequence,
    }
    dialect = session.get_bind().dialect.name
    if dialect not in table.info:  # every message asks: making the statement costs as much as running it
        table.info[dialect] = insert_into(session, table).on_conflict_do_nothing().returning(table.c.message_id)
    return session.execute(table.info[dialect], values).first() is not None


def is_taken_in(session: Session, table: Any, *, consumer: str, source: str, message_id: str) -> bool:
    """Say whether a message has its inbox row; only looks."""
    place = (table.c.consumer == consumer, table.c.source == source, table.c.message_id == message_id)
    return session.execute(select(table.c.message_id).where(*place)).first() is not None
