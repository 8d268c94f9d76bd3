"""Rebuilding: what a service copied from others is made again from all that they ever told, while it runs.

The streams are read from their beginning into a shadow of the copies; then, in one transaction that no listener
writes beside, what came meanwhile is read too and the shadow's rows take the place of the live ones. Nothing is told,
checked or sent. Killed at any moment, what was there is there; the next rebuild cleans up.
"""

import asyncio
import gc
import logging
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import Future
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from nats.aio.client import Client
from nats.js.errors import NotFoundError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.copies import Copies
from shared.database import Database
from shared.replay import Replay, Stored
from shared.shadow import NotNow, Places, Shadow, rebuild_lock
from shared.shadow_writer import Failure, Writer

log = logging.getLogger(__name__)

FOLDED = 6000
"""Of so many messages the newest of each aggregate is written, in one transaction."""
SHORT = 1000
"""So many messages may come meanwhile and be read while the listener waits; else they are read before."""
LONGEST_WAIT = 30.0
"""Nobody waits longer for a swap, in seconds; then it is undone."""
TRIES = 20
FAR_BEHIND = 1000

T = TypeVar("T")
Progress = Callable[[str, int, int], None]
"""Is told a stream, how many of its messages are done, and how many there are."""


class AnotherRebuild(Exception):
    """The copies of this database are being rebuilt at this moment."""


class Incomplete(Exception):
    """More was heard from this stream than it holds: it was made anew, or has lost its end."""


class NeverQuiet(Exception):
    """The live tables were never to be had for the moment of a swap."""


@dataclass
class Outcome:
    """What a rebuild did: how many messages it read, which it could not take in, and how far it came in each stream."""

    messages: int = 0
    failures: list[Failure] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)


async def rebuild(
    database: Database, copies: Copies, client: Client, progress: Progress | None = None, *, anyway: bool = False
) -> Outcome:
    """Rebuild all copies of a service from the streams that `client` reads. The database must be migrated.

    Raises `AnotherRebuild`, `Incomplete` (unless `anyway`), `NeverQuiet`, `nats.errors.Error` and what the database
    raises; then nothing is different.
    """
    lock = rebuild_lock(database)
    if not await lock.take():
        raise AnotherRebuild
    shadow = Shadow(database, copies.tables, copies.counts)
    try:
        await _to_its_end(shadow.make)
        with _collector_resting():
            return await _Rebuild(database, copies, client, shadow, progress).run(anyway)
    finally:
        await _to_its_end(shadow.remove)
        await lock.give_back()


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Let the garbage collector rest: it would look at every message that is held, again and again, and find nothing.

    It looks at what is left of each part instead (`_write`), which is little.
    """
    was_working = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_working:
            gc.enable()


class _Rebuild:
    """One rebuild on its way."""

    def __init__(
        self, database: Database, copies: Copies, client: Client, shadow: Shadow, progress: Progress | None
    ) -> None:
        self._database = database
        self._shadow = shadow
        self._progress = progress or (lambda *_: None)
        self._loop = asyncio.get_running_loop()
        self._writer = Writer(copies, shadow)
        self._replays = [
            Replay(client, stream, subjects, database.service) for stream, subjects in copies.subjects.items()
        ]
        self._done: dict[str, int] = {}

    async def run(self, anyway: bool) -> Outcome:
        """Read all there is, then swap; while much comes meanwhile, read that first."""
        inbox = self._database.outbox_table.metadata.tables["inbox"]
        heard = await self._database.read(_heard, inbox)
        await self._read_on()
        for replay in self._replays:
            if replay.place < heard.get(replay.stream, 0) and not anyway:
                raise Incomplete(replay.stream)
        for _ in range(TRIES):
            try:
                places = await _to_its_end(self._shadow.swap, self._database.service, self._catch_up)
            except NotNow:
                await self._read_on()
                continue
            return Outcome(sum(self._done.values()), self._writer.failures, dict(places))
        raise NeverQuiet

    def _catch_up(self, taken_in: Places) -> Places:
        """Bring the last messages into the shadow; runs in the thread that holds the live tables."""
        reading: Future[None] = asyncio.run_coroutine_threadsafe(self._read_missing(taken_in), self._loop)
        reading.result(LONGEST_WAIT)
        return {replay.stream: replay.place for replay in self._replays}

    async def _read_missing(self, taken_in: Places) -> None:
        """Read what was taken in behind our places. Raises `NotNow` when it is too much to let everybody wait.

        What was taken in behind a stream's end is of an earlier life of it, when its numbers were higher.
        """
        missing = 0
        for replay in self._replays:
            if taken_in.get(replay.stream, 0) > replay.place:
                missing += min(taken_in[replay.stream], await replay.end()) - replay.place
        if missing > SHORT:
            raise NotNow
        if missing > 0:
            await self._read_on()

    async def _read_on(self) -> None:
        """Bring what each stream holds behind our place into the shadow: one part is read while another is written."""
        writing: asyncio.Task[None] | None = None
        try:
            async with aclosing(self._parts()) as parts:
                async for replay, part, left in parts:
                    if writing is not None:
                        await writing
                    writing = asyncio.create_task(self._write(replay.stream, part, left))
        finally:
            if writing is not None:
                await writing

    async def _parts(self) -> AsyncGenerator[tuple[Replay, list[Stored], int], None]:
        """Read what each stream holds, and how many messages come after each part."""
        for replay in self._replays:
            part: list[Stored] = []
            async with aclosing(replay.read()) as batches:
                async for messages in batches:
                    part += messages
                    if len(part) >= FOLDED:
                        yield replay, part, replay.left
                        part = []
            yield replay, part, replay.left

    async def _write(self, stream: str, part: list[Stored], left: int) -> None:
        await _to_its_end(self._writer.write, part)
        self._done[stream] = done = self._done.get(stream, 0) + len(part)
        self._progress(stream, done, done + left)
        part.clear()
        gc.collect(0)


async def _to_its_end(function: Callable[..., T], *args: Any) -> T:
    """Run something in a thread; whoever is cancelled waits for it, because nobody can stop a thread."""
    running = asyncio.ensure_future(asyncio.to_thread(function, *args))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


def _heard(session: Session, inbox: Any) -> dict[str, int]:
    """Read how far each stream was heard, or read again, so far."""
    places = select(inbox.c.stream, func.max(inbox.c.stream_sequence)).where(inbox.c.stream_sequence.is_not(None))
    return {row[0]: row[1] for row in session.execute(places.group_by(inbox.c.stream))}


async def rebuild_when_new(database: Database, copies: Copies, client: Client) -> None:
    """Rebuild the copies of a database that never took anything in, though there is history; then listen on.

    The service's durable consumer may have been told long ago that all was taken in, by a database that is lost; and a
    service that comes late catches up faster so. Must be called before anything is heard. Waits for another rebuild.
    """
    inbox = database.outbox_table.metadata.tables.get("inbox")
    if inbox is None or not copies.keepers:
        return
    while await database.read(_is_new, inbox) and await _has_history(client, copies, database.service):
        try:
            outcome = await rebuild(database, copies, client)
        except AnotherRebuild:
            await asyncio.sleep(1)
            continue
        log.warning("%s is new and has taken in %d messages of before", database.service, outcome.messages)
        for failure in outcome.failures:
            log.error("%s could not take in %s: %s", database.service, failure.subject, failure.error)
        return


def _is_new(session: Session, inbox: Any) -> bool:
    return session.execute(select(inbox.c.message_id).limit(1)).first() is None


async def _has_history(client: Client, copies: Copies, service: str) -> bool:
    """Say whether our consumers were ahead of an empty inbox, or have far to go."""
    jetstream = client.jetstream()
    for stream in copies.subjects:
        try:
            held = (await jetstream.stream_info(stream)).state.messages
            if held >= FAR_BEHIND or (await jetstream.consumer_info(stream, service)).delivered.stream_seq:
                return True
        except NotFoundError:
            continue
    return False
