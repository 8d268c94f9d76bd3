"""Reconciliation of streams of state: they are compared person by person, or invitation by invitation, never by age.

Who is missing there or is told of as they were long ago is published again; who was erased and came back with an old
backup is purged again; whom nobody here knows is erased. Where the stream holds a later version than ours, as after an
old backup of the database, ours is lifted above it and told: our database is what holds, and listeners take nothing
older. Whether anything can be wrong is seen from two numbers: each change moves the end of the stream, and each erasure
lowers how many it holds.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nats.js import JetStreamContext
from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from shared.database import Database
from shared.people_stream import erase_person, versions_held
from shared.streams import PEOPLE

log = logging.getLogger(__name__)


Lifter = Callable[[Session, str, int], None]
"""Lets an aggregate, by its id, have a later version than this one, and tells it, where its own is not later."""


async def reconcile(
    jetstream: JetStreamContext,
    database: Database,
    table: Any,
    stream: str = PEOPLE,
    lift: Mapping[str, Lifter] | None = None,
) -> int:
    """Let rows wait again whose person the stream has otherwise; gives how many. `lift` is by type of message."""
    state = (await jetstream.stream_info(stream)).state
    if (state.last_seq, state.messages) == await database.read(_end_and_number, table, stream):
        return 0
    rows = await database.read(_newest_of_each_person, table, stream)
    held = await versions_held(jetstream, stream)
    wrong = [row.position for row in rows if row.published_at and _is_wrong(row, held.get(row.subject))]
    if wrong:
        await database.write(_forget, table, wrong)
        log.error("the stream %s is wrong about %d subjects; they are published again", stream, len(wrong))
    ahead = [row for row in rows if row.type in (lift or {}) and held.get(row.subject, 0) > _version_of(row)]
    if ahead and lift:
        for row in ahead:
            await database.write(lift[row.type], row.headers["ce-subject"], held[row.subject])
        log.error("the stream %s is ahead of us about %d subjects; ours is told as the newer", stream, len(ahead))
    strangers = set(held) - {row.subject for row in rows}
    for subject in sorted(strangers):
        await erase_person(jetstream, subject, stream)
    if strangers:
        log.error("the stream %s held %d subjects that nobody here knows; they are erased", stream, len(strangers))
    return len(wrong)


def _newest(table: Any, stream: str) -> Any:
    newest = select(func.max(table.c.position)).where(table.c.stream == stream).group_by(table.c.subject)
    return table.c.position.in_(newest.scalar_subquery())


def _newest_of_each_person(session: Session, table: Any, stream: str) -> Sequence[Row[Any]]:
    rows: Sequence[Row[Any]] = session.execute(select(table).where(_newest(table, stream))).all()
    return rows


def _end_and_number(session: Session, table: Any, stream: str) -> tuple[int, int]:
    """Give the highest place that any person's message had, and how many people have one now."""
    end = select(func.max(table.c.stream_sequence)).where(table.c.stream == stream)
    number = select(func.count()).where(_newest(table, stream), table.c.stream_sequence.is_not(None))
    return session.scalar(end) or 0, session.scalar(number) or 0


def _forget(session: Session, table: Any, positions: Sequence[int]) -> None:
    session.execute(
        update(table).where(table.c.position.in_(positions)).values(published_at=None, stream_sequence=None)
    )


def _is_wrong(row: Row[Any], version: int | None) -> bool:
    """Say whether the stream holds another version than was published last; a purged person has no place in it."""
    if row.stream_sequence is None:
        return version is not None
    return version is None or version < _version_of(row)


def _version_of(row: Row[Any]) -> int:
    return int(row.headers["ce-sequence"])
