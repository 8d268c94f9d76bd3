"""Messages that were set aside: what a person lists, looks at, retries or discards."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite
from sqlalchemy.orm import Session

from shared import clock
from shared.identifiers import new_id

LONGEST_ERROR = 2000


def put(
    session: Session,
    table: Any,
    *,
    consumer: str,
    stream: str,
    stream_sequence: int | None,
    subject: str,
    headers: Mapping[str, str],
    body: bytes | None,
    attempts: int,
    error: str,
    first_at: datetime,
) -> None:
    """Set a message aside; one that is there already is counted on, and waits again unless it was discarded."""
    values = {
        "id": new_id(),
        "consumer": consumer,
        "stream": stream,
        "stream_sequence": stream_sequence,
        "subject": subject[:250],
        "headers": dict(headers),
        "body": body,
        "attempts": attempts,
        "error": error[:LONGEST_ERROR],
        "fingerprint": hashlib.sha256(error.partition("\n")[0].encode()).hexdigest(),
        "first_at": first_at,
        "last_at": clock.now(),
        "state": "waiting",
    }
    insert = insert_on_sqlite if session.get_bind().dialect.name == "sqlite" else insert_on_postgresql
    again = {name: values[name] for name in ("attempts", "error", "fingerprint", "last_at")}
    session.execute(
        insert(table)
        .values(values)
        .on_conflict_do_update(index_elements=["consumer", "stream", "stream_sequence"], set_=again)
    )


def waiting(session: Session, table: Any, limit: int = 200) -> Sequence[Row[Any]]:
    """List what waits for a decision, the oldest first."""
    statement = select(table).where(table.c.state == "waiting").order_by(table.c.first_at, table.c.id).limit(limit)
    return session.execute(statement).all()


def count(session: Session, table: Any) -> int:
    """Count what waits for a decision."""
    return session.scalar(select(func.count()).select_from(table).where(table.c.state == "waiting")) or 0


def one(session: Session, table: Any, set_aside_id: str) -> Row[Any] | None:
    """Find one by its id."""
    return session.execute(select(table).where(table.c.id == set_aside_id)).one_or_none()


def settle(session: Session, table: Any, set_aside_id: str, state: str) -> bool:
    """Give one that waits its last state, `done` or `discarded`; says whether it waited."""
    statement = (
        update(table)
        .where(table.c.id == set_aside_id, table.c.state == "waiting")
        .values(state=state, last_at=clock.now())
        .returning(table.c.id)
    )
    return session.execute(statement).first() is not None


def record_failure(session: Session, table: Any, set_aside_id: str, error: str) -> None:
    """Count one more failed attempt."""
    session.execute(
        update(table)
        .where(table.c.id == set_aside_id)
        .values(attempts=table.c.attempts + 1, error=error[:LONGEST_ERROR], last_at=clock.now())
    )
