"""Reconciliation: find what the stream lost of what we had published, and publish it again.

Covers a stream that was deleted, made anew, cut short by a power loss, or put back from an old backup: the stream is
asked whether it still holds our last message where it acknowledged it, and if not, the point where our table and the
stream part is found by halving. Everything after that point goes out again; listeners drop what they know.
Streams of state (`PEOPLE`) are compared by subject and version: who is missing there or is told of as they were long
ago is published again, and who was erased and came back with an old backup is purged again.
Does not cover a hole in the middle of a stream, nor rows older than the outbox keeps.
"""

import logging
from collections.abc import Sequence
from typing import Any

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from shared.database import Database
from shared.people_stream import erase_person, versions_held
from shared.streams import PEOPLE

log = logging.getLogger(__name__)


async def reconcile(jetstream: JetStreamContext, database: Database, table: Any) -> int:
    """Mark as unpublished what its stream no longer holds; gives how many rows that are."""
    lost = 0
    for stream in await database.read(published_streams, table):
        if stream == PEOPLE:
            lost += await _reconcile_people(jetstream, database, table)
        else:
            lost += await _reconcile_history(jetstream, database, table, stream)
    return lost


def published_streams(session: Session, table: Any) -> list[str]:
    """Name the streams that this outbox has published to."""
    return list(session.scalars(select(table.c.stream).where(table.c.published_at.is_not(None)).distinct()))


def _places(session: Session, table: Any, stream: str) -> Sequence[Row[Any]]:
    statement = (
        select(table.c.stream_sequence, table.c.message_id)
        .where(table.c.stream == stream, table.c.stream_sequence.is_not(None))
        .order_by(table.c.stream_sequence)
    )
    return session.execute(statement).all()


def _last_place(session: Session, table: Any, stream: str) -> Row[Any] | None:
    statement = (
        select(table.c.stream_sequence, table.c.message_id)
        .where(table.c.stream == stream, table.c.stream_sequence.is_not(None))
        .order_by(table.c.stream_sequence.desc())
        .limit(1)
    )
    return session.execute(statement).one_or_none()


def _forget_after(session: Session, table: Any, stream: str, sequence: int) -> int:
    statement = (
        update(table)
        .where(table.c.stream == stream, table.c.stream_sequence > sequence)
        .values(published_at=None, stream_sequence=None)
        .returning(table.c.position)
    )
    return len(session.execute(statement).all())


async def _reconcile_history(jetstream: JetStreamContext, database: Database, table: Any, stream: str) -> int:
    last = await database.read(_last_place, table, stream)
    if last is None or await _holds(jetstream, stream, last):
        return 0
    places = await database.read(_places, table, stream)
    held, missing = 0, len(places)
    while held < missing:
        middle = (held + missing) // 2
        if await _holds(jetstream, stream, places[middle]):
            held = middle + 1
        else:
            missing = middle
    kept = places[held - 1].stream_sequence if held else 0
    lost = await database.write(_forget_after, table, stream, kept)
    log.error("the stream %s lost %d messages after %d; they are published again", stream, lost, kept)
    return lost


async def _holds(jetstream: JetStreamContext, stream: str, place: Row[Any]) -> bool:
    try:
        message = await jetstream.get_msg(stream, seq=place.stream_sequence, direct=True)
    except NotFoundError:
        return False
    return bool((message.headers or {}).get("ce-id") == place.message_id)


def _newest_of_each_person(session: Session, table: Any) -> Sequence[Row[Any]]:
    newest = select(func.max(table.c.position)).where(table.c.stream == PEOPLE).group_by(table.c.subject)
    rows: Sequence[Row[Any]] = session.execute(
        select(table).where(table.c.position.in_(newest.scalar_subquery()))
    ).all()
    return rows


def _forget(session: Session, table: Any, positions: Sequence[int]) -> None:
    session.execute(
        update(table).where(table.c.position.in_(positions)).values(published_at=None, stream_sequence=None)
    )


async def _reconcile_people(jetstream: JetStreamContext, database: Database, table: Any) -> int:
    """Mark as unpublished who is missing, too old, or back after being purged; erase who was never ours."""
    rows = await database.read(_newest_of_each_person, table)
    held = await versions_held(jetstream)
    wrong = [row.position for row in rows if row.published_at and _is_wrong(row, held.get(row.subject))]
    if wrong:
        await database.write(_forget, table, wrong)
        log.error("the stream %s is wrong about %d people; they are published again", PEOPLE, len(wrong))
    strangers = set(held) - {row.subject for row in rows}
    for subject in sorted(strangers):
        await erase_person(jetstream, subject)
    if strangers:
        log.error("the stream %s held %d people whom nobody here knows; they are erased", PEOPLE, len(strangers))
    return len(wrong)


def _is_wrong(row: Row[Any], version: int | None) -> bool:
    """Say whether the stream holds another version than was published last; a purged person has no place in it."""
    if row.stream_sequence is None:
        return version is not None
    return version is None or version < int(row.headers["ce-sequence"])
