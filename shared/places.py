"""Places: where in its stream each outbox row stands; what reconciliation asks and changes in the table."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, func, select, update
from sqlalchemy.orm import Session

from shared import clock
from shared.database import Database

AT_ONCE = 500


def oldest_at(session: Session, table: Any, stream: str) -> datetime | None:
    """Say when the oldest row that is kept was published; none when there is none."""
    # By position: joining nothing to the name keeps SQLite from sorting all that its index on places gives.
    ours = table.c.stream.concat("") == stream
    oldest = select(table.c.published_at).where(ours, table.c.stream_sequence.is_not(None))
    return session.scalar(oldest.order_by(table.c.position).limit(1))


def highest(session: Session, table: Any, stream: str, up_to: int | None = None) -> Row[Any] | None:
    """Give the row with the highest place, of those up to a sequence; none when there is none."""
    statement = select(table.c.stream_sequence, table.c.message_id).where(_has_place(table, stream))
    if up_to is not None:
        statement = statement.where(table.c.stream_sequence <= up_to)
    return session.execute(statement.order_by(table.c.stream_sequence.desc()).limit(1)).one_or_none()


def some_below(session: Session, table: Any, stream: str, below: int | None, number: int) -> Sequence[Row[Any]]:
    """Give the highest places below a sequence, or the highest of all, at most so many."""
    statement = select(table.c.stream_sequence, table.c.message_id).where(_has_place(table, stream))
    if below is not None:
        statement = statement.where(table.c.stream_sequence < below)
    return session.execute(statement.order_by(table.c.stream_sequence.desc()).limit(number)).all()


def some_doubled(session: Session, table: Any, stream: str, above: int) -> Sequence[Row[Any]]:
    """Give rows that claim the same place as another one, above a sequence, in the order of their places."""
    doubled = (
        select(table.c.stream_sequence)
        .where(_has_place(table, stream), table.c.stream_sequence > above)
        .group_by(table.c.stream_sequence)
        .having(func.count() > 1)
        .order_by(table.c.stream_sequence)
        .limit(AT_ONCE)
    )
    return session.execute(
        select(table.c.stream_sequence, table.c.message_id)
        .where(table.c.stream == stream, table.c.stream_sequence.in_(doubled))
        .order_by(table.c.stream_sequence)
    ).all()


def number_waiting(session: Session, table: Any, stream: str) -> int:
    """Count the rows that are not marked as published."""
    waiting = select(func.count()).where(table.c.stream == stream, table.c.published_at.is_(None))
    return session.scalar(waiting) or 0


def known(session: Session, table: Any, message_ids: Sequence[str]) -> dict[str, bool]:
    """Say of each of these messages that this outbox has whether it waits, by id."""
    rows = session.execute(select(table.c.message_id, table.c.published_at).where(table.c.message_id.in_(message_ids)))
    return {row.message_id: row.published_at is None for row in rows}


def take_places(session: Session, table: Any, places: Mapping[str, int]) -> None:
    """Mark waiting rows as published where the stream holds them, by message id."""
    statement = (
        update(table)
        .where(table.c.message_id == bindparam("id"), table.c.published_at.is_(None))
        .values(published_at=bindparam("now"), stream_sequence=bindparam("sequence"))
    )
    now = clock.now()
    session.connection().execute(
        statement, [{"id": id, "now": now, "sequence": sequence} for id, sequence in places.items()]
    )


async def forget_outside(database: Database, table: Any, stream: str, first: int, last: int) -> int:
    """Let rows wait again whose place is before `first` or after `last`; gives how many. Some at a time."""
    forgotten = 0
    for outside in (table.c.stream_sequence < first, table.c.stream_sequence > last):
        gone = and_(_has_place(table, stream), outside)
        while await database.read(_is_there_any, table, gone):
            forgotten += await database.write(_forget, table, gone)
    return forgotten


async def forget_places(database: Database, table: Any, stream: str, places: Sequence[int]) -> int:
    """Let the rows at these places wait again; gives how many."""
    forgotten = 0
    for start in range(0, len(places), AT_ONCE):
        gone = and_(table.c.stream == stream, table.c.stream_sequence.in_(places[start : start + AT_ONCE]))
        if await database.read(_is_there_any, table, gone):
            forgotten += await database.write(_forget, table, gone)
    return forgotten


async def forget_messages(database: Database, table: Any, message_ids: Sequence[str]) -> int:
    """Let these rows wait again; gives how many."""
    return await database.write(_forget, table, table.c.message_id.in_(message_ids)) if message_ids else 0


def _is_there_any(session: Session, table: Any, condition: ColumnElement[bool]) -> bool:
    return session.execute(select(table.c.position).where(condition).limit(1)).first() is not None


def _forget(session: Session, table: Any, condition: ColumnElement[bool]) -> int:
    some = select(table.c.position).where(condition).limit(AT_ONCE * 10).scalar_subquery()
    statement = update(table).where(table.c.position.in_(some)).values(published_at=None, stream_sequence=None)
    return int(session.connection().execute(statement).rowcount)


def _has_place(table: Any, stream: str) -> ColumnElement[bool]:
    return and_(table.c.stream == stream, table.c.stream_sequence.is_not(None))
