"""Reconciliation: find what a stream lost of what we had published, and let the relay publish it again.

Each outbox row that is published knows its place in its stream. Three things are asked of the stream, however many rows
there are: where it begins and ends, whether anything is missing between, and whether our highest place is held by our
message. They tell of a stream that was deleted, made anew (and may have grown past our places: then two rows claim the
same place), cut short by a power loss, put back from an old backup, or has a hole. Only what is really gone goes out
again, found by halving; listeners drop what they know. A message that the server can no longer read, and does not
know of, is found by `patrol`, which asks for the messages themselves, some each hour. (A running server takes what
it lost less than ten minutes after it came for a repeat; then the next hour puts it right.)

A stream that is ahead of us means that the database was put back from an old backup, or that we were killed before
marking. Waiting rows that the stream holds already get their place and do not go out again. What else it holds stays;
new messages have new ids and go behind it.
"""

import asyncio
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg, StreamInfo
from nats.js.errors import NotFoundError
from sqlalchemy import Row

from shared import clock, places, reconcile_people
from shared.database import Database
from shared.streams import STATES

log = logging.getLogger(__name__)

TOGETHER = 64
PATROLLED = 2000
MOST_ADOPTED = 10_000
CLOCKS_DIFFER = timedelta(days=1)
"""Between ours and the server's; what we published later than this after a stream was made is in no former one."""
KNOWN_FOR = timedelta(days=29)
"""What is older may have been tidied away here."""


async def reconcile(
    jetstream: JetStreamContext,
    database: Database,
    table: Any,
    streams: Iterable[str],
    lift: Mapping[str, reconcile_people.Lifter] | None = None,
) -> int:
    """Let rows wait again that these streams, which must be there, no longer hold; gives how many.

    `lift` says by type of message how what is told as state gets a later version.
    """
    lost = 0
    for stream in streams:
        if stream in STATES:
            lost += await reconcile_people.reconcile(jetstream, database, table, stream, lift)
        else:
            lost += await _reconcile_history(jetstream, database, table, stream)
    return lost


async def patrol(
    jetstream: JetStreamContext, database: Database, table: Any, stream: str, below: int | None
) -> tuple[int, int | None]:
    """Ask for the messages at some of our places, from the newest down; gives how many are gone and where to go on.

    After a file went bad, the server counts a message that it cannot read as there (seen with nats-server 2.15).
    """
    rows = await database.read(places.some_below, table, stream, below, PATROLLED)
    gone = await _not_held(jetstream, stream, rows)
    lost = await places.forget_messages(database, table, gone)
    if lost:
        log.error("the stream %s cannot read %d of its messages; they are published again", stream, lost)
    return lost, rows[-1].stream_sequence if len(rows) == PATROLLED else None


async def _reconcile_history(jetstream: JetStreamContext, database: Database, table: Any, stream: str) -> int:
    info = await jetstream.stream_info(stream)
    state = info.state
    lost = await places.forget_outside(database, table, stream, state.first_seq, state.last_seq)
    if state.num_deleted:
        missing = await _missing(jetstream, stream)
        lost += await places.forget_places(database, table, stream, missing)
    oldest = await database.read(places.oldest_at, table, stream)
    if oldest is not None and (info.created is None or oldest < info.created + CLOCKS_DIFFER):
        lost += await _forget_doubled(jetstream, database, table, stream)
    lost += await _forget_tail(jetstream, database, table, stream)
    if lost:
        log.error("the stream %s lost %d messages; they are published again", stream, lost)
    await _adopt(jetstream, database, table, stream, state.last_seq)
    return lost


async def _missing(jetstream: JetStreamContext, stream: str) -> list[int]:
    """Ask for the places between the first and the last that hold nothing."""
    question = json.dumps({"deleted_details": True}).encode()
    answer = await jetstream._api_request(f"$JS.API.STREAM.INFO.{stream}", question)
    return StreamInfo.from_response(answer).state.deleted or []


async def _forget_doubled(jetstream: JetStreamContext, database: Database, table: Any, stream: str) -> int:
    """Of rows that claim the same place keep the one that has it: the stream was made anew while we were publishing."""
    lost, done = 0, 0
    while rows := await database.read(places.some_doubled, table, stream, done):
        lost += await places.forget_messages(database, table, await _not_held(jetstream, stream, rows))
        done = rows[-1].stream_sequence
    return lost


async def _forget_tail(jetstream: JetStreamContext, database: Database, table: Any, stream: str) -> int:
    """Find by halving from where on the stream holds other messages than ours."""
    top = await database.read(places.highest, table, stream)
    if top is None or await _holds(jetstream, stream, top):
        return 0
    held, missing = 0, top.stream_sequence
    while missing - held > 1:
        middle = (held + missing) // 2
        row = await database.read(places.highest, table, stream, middle)
        if row is None or row.stream_sequence <= held or await _holds(jetstream, stream, row):
            held = middle
        else:
            missing = row.stream_sequence
    return await places.forget_outside(database, table, stream, 0, missing - 1)


async def _adopt(jetstream: JetStreamContext, database: Database, table: Any, stream: str, last: int) -> None:
    """Give waiting rows their place that the stream already holds, and tell when it holds what nobody here knows."""
    top = await database.read(places.highest, table, stream)
    done = top.stream_sequence if top else 0
    if done >= last:
        return
    waiting = await database.read(places.number_waiting, table, stream)
    end = min(last, done + MOST_ADOPTED)
    while waiting and done < end:
        until = min(done + TOGETHER, end)
        found = await asyncio.gather(*(_message(jetstream, stream, at) for at in range(done + 1, until + 1)))
        held = {_id(message): int(message.seq or 0) for message in found if message is not None}
        waits = await database.read(places.known, table, list(held))
        adopted = {id: held[id] for id, is_waiting in waits.items() if is_waiting}
        if adopted:
            await database.write(places.take_places, table, adopted)
        done, waiting = until, waiting - len(adopted)
    await _tell_when_ahead(jetstream, database, table, stream, last)


async def _tell_when_ahead(jetstream: JetStreamContext, database: Database, table: Any, stream: str, last: int) -> None:
    top = await database.read(places.highest, table, stream)
    if top is not None and top.stream_sequence >= last:
        return
    message = await _message(jetstream, stream, last)
    if message is None or message.time is None or clock.now() - message.time > KNOWN_FOR:
        return
    if not await database.read(places.known, table, [_id(message)]):
        log.error(
            "the stream %s holds messages that this database does not know, up to %d: was it put back from an old "
            "backup? They stay, and what is told from now on goes behind them",
            stream,
            last,
        )


async def _not_held(jetstream: JetStreamContext, stream: str, rows: Sequence[Row[Any]]) -> list[str]:
    """Name the messages among these that are not at their places."""
    gone: list[str] = []
    for start in range(0, len(rows), TOGETHER):
        some = rows[start : start + TOGETHER]
        held = await asyncio.gather(*(_holds(jetstream, stream, row) for row in some))
        gone += [row.message_id for row, is_held in zip(some, held, strict=True) if not is_held]
    return gone


async def _holds(jetstream: JetStreamContext, stream: str, place: Row[Any]) -> bool:
    message = await _message(jetstream, stream, place.stream_sequence)
    return message is not None and _id(message) == place.message_id


async def _message(jetstream: JetStreamContext, stream: str, sequence: int) -> RawStreamMsg | None:
    try:
        message: RawStreamMsg = await jetstream.get_msg(stream, seq=sequence, direct=True)
    except NotFoundError:
        return None
    return message


def _id(message: RawStreamMsg) -> str:
    return str((message.headers or {}).get("ce-id", ""))
