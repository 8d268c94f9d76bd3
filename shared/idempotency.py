"""Idempotency keys: the answer of a POST is kept in the transaction of what it did, and given again to a repeat."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, LargeBinary, String, Table, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared import clock
from shared.columns import Instant
from shared.inserting import insert_into
from shared.problems import Problem

KEPT_FOR = timedelta(days=2)
LONGEST_KEY = 255


class IdempotencyMixin:
    """One key that somebody sent, and the answer that was given to it."""

    __tablename__ = "idempotency_key"

    owner: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(LONGEST_KEY), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None] = mapped_column(default=None)
    headers: Mapped[dict[str, str]] = mapped_column(JSON)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime] = mapped_column(Instant, index=True)


class KeyReused(Problem):
    """The same key came with another request (draft-ietf-httpapi-idempotency-key-header §2.7)."""

    status = 422
    type = "idempotency-key-reused"
    title = "This Idempotency-Key was sent with another request"
    detail = "Use a new key for a new request, and the same key only to repeat the same one."


@dataclass(frozen=True)
class Key:
    """A key, whose it is, and a fingerprint of the request that it came with."""

    owner: str
    key: str
    fingerprint: str


@dataclass(frozen=True)
class Answer:
    """An answer as it is kept: status, headers of its own, body; `replayed` when it is not the first time."""

    status: int
    headers: dict[str, str]
    body: bytes
    replayed: bool = False
    shown_once: bytes | None = None
    """What is answered the first time in place of `body`, and never kept: a secret stands in it."""


def fingerprint_of(method: str, path: str, query: str, body: bytes) -> str:
    """Tell requests apart: SHA-256 over method, path, query and body."""
    digest = hashlib.sha256(f"{method} {path}?{query}\n".encode())
    digest.update(body)
    return digest.hexdigest()


def once(session: Session, table: Table, key: Key, work: Callable[[], Answer]) -> Answer:
    """Do `work` unless the same request was answered before; its answer is kept in the same transaction.

    The row is written first: of two equal requests at once the second waits at it (PostgreSQL) or comes after
    (SQLite), and then finds the first one's answer. A refused request keeps nothing, so it may be repeated.
    """
    if not _claim(session, table, key):
        return _kept(session, table, key)
    answer = work()
    keep(session, table, key, answer)
    return answer


def recall(session: Session, table: Table, key: Key) -> Answer | None:
    """Give the answer kept for this request, or none."""
    kept = session.execute(_row(table, key)).one_or_none()
    return None if kept is None else _kept(session, table, key)


def claim_and_keep(session: Session, table: Table, key: Key, answer: Answer) -> Answer:
    """Keep the answer of work that took many transactions; gives the one that stands if another came first."""
    if not _claim(session, table, key):
        return _kept(session, table, key)
    keep(session, table, key, answer)
    return answer


def keep(session: Session, table: Table, key: Key, answer: Answer) -> None:
    """Write the answer beside its key."""
    mine = (table.c.owner == key.owner) & (table.c.key == key.key)
    values = {"status": answer.status, "headers": answer.headers, "body": answer.body}
    session.execute(update(table).where(mine).values(values))


def forget_old(session: Session, table: Table) -> None:
    """Remove the keys that are older than two days."""
    session.execute(delete(table).where(table.c.kept_at < clock.now() - KEPT_FOR))


def _claim(session: Session, table: Table, key: Key) -> bool:
    values = {"owner": key.owner, "key": key.key, "fingerprint": key.fingerprint, "headers": {}}
    row = (
        insert_into(session, table)
        .values(**values, kept_at=clock.now())
        .on_conflict_do_nothing()
        .returning(table.c.key)
    )
    return session.execute(row).one_or_none() is not None


def _row(table: Table, key: Key) -> Any:
    return select(table).where(table.c.owner == key.owner, table.c.key == key.key)


def _kept(session: Session, table: Table, key: Key) -> Answer:
    row = session.execute(_row(table, key)).one()
    if row.fingerprint != key.fingerprint:
        raise KeyReused
    return Answer(row.status, dict(row.headers), row.body, replayed=True)


def forget(session: Session, table: Table, words: Iterable[str]) -> None:
    """Delete the kept answers in which one of these words stands, because what they tell of is deleted."""
    wanted = [json.dumps(word, ensure_ascii=False)[1:-1].encode() for word in words if word]
    for row in session.execute(select(table.c.owner, table.c.key, table.c.body).where(table.c.body.is_not(None))).all():
        if any(word in row.body for word in wanted):
            session.execute(delete(table).where(table.c.owner == row.owner, table.c.key == row.key))
