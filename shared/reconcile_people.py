"""Reconciliation of streams of state: they are compared person by person, or invitation by invitation, never by age.

Who is missing there or is told of as they were long ago is published again; who was erased and came back with an old
backup is purged again; whom nobody here knows is erased. Whether anything can be wrong is seen from two numbers: each
change moves the end of the stream, and each erasure lowers how many it holds.
"""

import logging
from collections.abc import Sequence
from typing import Any

from nats.js import JetStreamContext
from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from shared.database import Database
from shared.people_stream import erase_person, versions_held
from shared.streams import PEOPLE

log = logging.getLogger(__name__)


async def reconcile(jetstream: JetStreamContext, database: Database, table: Any, stream: str = PEOPLE) -> int:
    """Let rows wait again whose person the stream has otherwise; gives how many."""
    state = (await jetstream.stream_info(stream)).state
    if (state.last_seq, state.messages) == await database.read(_end_and_number, table, stream):
        return 0
    rows = await database.read(_newest_of_each_person, table, stream)
    held = await versions_held(jetstream, stream)
    wrong = [row.position for row in rows if row.published_at and _is_wrong(row, held.get(row.subject))]
    if wrong:
        await database.write(_forget, table, wrong)
        log.error("the stream %s is wrong about %d subjects; they are published again", stream, len(wrong))
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
    return version is None or version < int(row.headers["ce-sequence"])
