"""The outbox: a message is a row in the same transaction as the change that it tells of; the relay carries it later."""

import json
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import JSON, BigInteger, Index, Integer, LargeBinary, String, func, insert, select
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from shared import clock
from shared.columns import Instant
from shared.identifiers import new_id
from shared.messages import Message
from shared.streams import STATES


@dataclass(frozen=True)
class Origin:
    """Why something happens now: the request or message at the head of the chain, and the nearest one."""

    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None


class Written(NamedTuple):
    """An outbox row as it was written, at the position that the database gave it; named as the columns are."""

    position: int
    message_id: str
    type: str
    stream: str
    subject: str
    headers: dict[str, str]
    body: bytes | None
    created_at: datetime


LARGEST_BODY = 250 * 1024
"""The streams take 256 KiB with headers; what does not fit must fail here, not block the relay."""

origin: ContextVar[Origin | None] = ContextVar("origin", default=None)
"""Set by the door through which the request or message came; every message published inside carries it on."""


class OutboxMixin:
    """A message that waits for the relay, or that it has carried; kept 30 days for reconciliation.

    Messages of streams of state keep no body here: the relay reads the present state when it publishes.
    """

    __tablename__ = "outbox"

    position: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    message_id: Mapped[str] = mapped_column(String(36), unique=True)
    type: Mapped[str] = mapped_column(String(100))
    stream: Mapped[str] = mapped_column(String(50))
    subject: Mapped[str] = mapped_column(String(250))
    headers: Mapped[dict[str, str]] = mapped_column(JSON)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    stream_sequence: Mapped[int | None] = mapped_column(BigInteger, default=None)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        """Find what is unpublished without reading what is, and the last place in each stream."""
        return (
            Index("ix_outbox_unpublished", "published_at", "position"),
            Index("ix_outbox_stream_sequence", "stream", "stream_sequence"),
        )


def publish(session: Session, *messages: Message) -> None:
    """Let these facts go out once the session's transaction is committed; nothing goes out if it is not."""
    session.info.setdefault("messages", []).extend(messages)


def published(session: Session) -> list[Message]:
    """Give the messages that this session has collected so far."""
    collected: list[Message] = session.info.get("messages", [])
    return collected


def write_rows(session: Session, table: Any, service: str) -> Sequence[Written]:
    """Write the collected messages as outbox rows; called once, by the database, at the end of the unit of work."""
    messages = session.info.pop("messages", [])
    if not messages:
        return []
    if "insert" not in table.info:  # every unit asks: making the statement costs as much as running it
        table.info["insert"] = insert(table).returning(table.c.position, sort_by_parameter_order=True)
    rows = [_row(message, service) for message in messages]
    positions = session.connection().execute(table.info["insert"], rows if len(rows) > 1 else rows[0]).scalars()
    return [Written(position, **row) for position, row in zip(positions, rows, strict=True)]


def pending(session: Session, table: Any) -> tuple[int, datetime | None]:
    """Count what waits for the relay, and say since when the oldest does."""
    statement = select(func.count(), func.min(table.c.created_at)).where(table.c.published_at.is_(None))
    number, oldest = session.execute(statement).one()
    return number, oldest


def headers_of(message: Message, source: str, message_id: str, now: datetime) -> dict[str, str]:
    """Make the headers of a message of a service (`source`): CloudEvents attributes, and what JetStream asks for."""
    cause = origin.get() or Origin(correlation_id=message_id)
    headers = {
        "ce-specversion": "1.0",
        "ce-id": message_id,
        "ce-source": f"/osiedle/{source}",
        "ce-type": message.type,
        "ce-time": now.isoformat(),
        "ce-subject": message.id,
        "ce-datacontenttype": "application/json",
        "ce-dataschema": f"/{source}/schemas/{message.type}.json",
        "ce-partitionkey": message.id,
        "ce-sequence": str(message.version),
        "ce-correlationid": cause.correlation_id,
        "Nats-Msg-Id": f"/osiedle/{source}/{message_id}",
        "Nats-Expected-Stream": message.stream,
    }
    if cause.causation_id:
        headers["ce-causationid"] = cause.causation_id
    if cause.traceparent:
        headers["ce-traceparent"] = cause.traceparent
    return headers


def _row(message: Message, service: str) -> dict[str, Any]:
    now, message_id = clock.now(), new_id()
    body = None if message.stream in STATES else message.model_dump_json().encode()
    if body is not None and len(body) > LARGEST_BODY:
        raise ValueError(f"A {message.type} of {len(body)} bytes is too large for the bus.")
    return {
        "message_id": message_id,
        "type": message.type,
        "stream": message.stream,
        "subject": message.subject,
        "headers": headers_of(message, service, message_id, now),
        "body": body,
        "created_at": now,
    }


def decoded(row: Any) -> dict[str, Any]:
    """Read the body of an outbox row that has one."""
    value: dict[str, Any] = json.loads(row.body)
    return value
