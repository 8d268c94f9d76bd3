"""Rebuilding: what a service copied from others is made again from all that they ever told, while it runs.

The streams are read from their beginning into a shadow of the copies; then, in one transaction that no listener
writes beside, what came meanwhile is read too and the shadow's rows take the place of the live ones. Nothing is told,
checked or sent. Killed at any moment, what was there is there; the next rebuild cleans up.
"""

import asyncio
import gc
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from nats.aio.client import Client
from nats.js.errors import NotFoundError
from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from shared import envelope, outbox
from shared.copies import Copies, Keeper, Kind
from shared.database import Database
from shared.engines import is_away
from shared.messages import Message
from shared.observability import told
from shared.replay import Replay, Stored
from shared.shadow import NotNow, Places, Shadow, rebuild_lock

log = logging.getLogger(__name__)

TOGETHER = 500
"""So many aggregates are written by one statement."""
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


@dataclass(frozen=True)
class Failure:
    """A message that could not be taken in, where it stands, and why."""

    stream: str
    sequence: int
    subject: str
    error: str


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
    shadow = Shadow(database, copies.tables)
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
        """Bring what each stream holds behind our place into the shadow."""
        for replay in self._replays:
            part: list[Stored] = []
            async for messages in replay.read():
                part += messages
                if len(part) >= FOLDED:
                    await self._write(replay, part)
                    part = []
                    gc.collect(0)
            await self._write(replay, part)

    async def _write(self, replay: Replay, part: list[Stored]) -> None:
        """Write one part, and only then read the next: doing both at once was not seen to be quicker."""
        await _to_its_end(self._writer.write, part)
        self._done[replay.stream] = done = self._done.get(replay.stream, 0) + len(part)
        self._progress(replay.stream, done, done + replay.left)


async def _to_its_end(function: Callable[..., T], *args: Any) -> T:
    """Run something in a thread; whoever is cancelled waits for it, because nobody can stop a thread."""
    running = asyncio.ensure_future(asyncio.to_thread(function, *args))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


Opened = tuple[Stored, Message]
Newest = dict[str, tuple[Kind[Any], Message]]


class Writer:
    """Writes messages into a shadow, and keeps which of them cannot be taken in."""

    def __init__(self, copies: Copies, shadow: Shadow) -> None:
        self._keepers = {message.type: keepers for message, keepers in copies.keepers.items()}
        self._tables: dict[type[Any], set[Table]] = {}
        for keeper in (keeper for keepers in copies.keepers.values() for keeper in keepers):
            if isinstance(keeper, Kind):
                self._tables.setdefault(keeper.head, set()).update(keeper.tables)
        self._shadow = shadow
        self.failures: list[Failure] = []

    def write(self, messages: Iterable[Stored]) -> None:
        """Take in these messages; when one of them fails, each alone and in order, so that all others are in."""
        opened = [one for one in map(self._opened, messages) if one is not None]
        try:
            with self._shadow.transaction() as session:
                self._write_folded(session, opened)
        except Exception as error:
            if is_away(error):
                raise
            self._write_singly(opened)

    def _opened(self, stored: Stored) -> Opened | None:
        try:
            return stored, envelope.opened(stored.headers, stored.body)[1]
        except envelope.Malformed as error:
            self._fail(stored, error)
            return None

    def _write_folded(self, session: Session, opened: Iterable[Opened]) -> None:
        """Write the newest message of each aggregate; what is kept otherwise has its turn among those it may meet."""
        newest: dict[type[Any], Newest] = {}
        for _, message in opened:
            for keeper in self._keepers_of(message):
                if isinstance(keeper, Kind):
                    of_head = newest.setdefault(keeper.head, {})
                    known = of_head.get(message.id)
                    if known is None or getattr(message, keeper.order) > getattr(known[1], known[0].order):
                        of_head[message.id] = keeper, message
                else:
                    for head in [head for head in newest if self._tables[head] & keeper.tables]:
                        _keep_all(session, newest.pop(head).values())
                    keeper.keep(session, message)
                    _must_be_silent(session)
        for of_head in newest.values():
            _keep_all(session, of_head.values())

    def _write_singly(self, opened: Sequence[Opened]) -> None:
        with self._shadow.transaction() as session:
            for stored, message in opened:
                try:
                    with session.begin_nested():
                        for keeper in self._keepers_of(message):
                            keeper.keep(session, message)
                        _must_be_silent(session)
                except Exception as error:
                    if is_away(error):
                        raise
                    self._fail(stored, error)

    def _keepers_of(self, message: Message) -> Sequence[Keeper]:
        return self._keepers.get(message.type, ())

    def _fail(self, stored: Stored, error: Exception) -> None:
        reason = str(error) if isinstance(error, envelope.Malformed) else told(error)
        self.failures.append(Failure(stored.stream, stored.sequence, stored.subject, reason))


def _keep_all(session: Session, newest: Iterable[tuple[Kind[Any], Message]]) -> None:
    by_kind: dict[int, tuple[Kind[Any], list[Message]]] = {}
    for kind, message in newest:
        by_kind.setdefault(id(kind), (kind, []))[1].append(message)
    for kind, messages in by_kind.values():
        for start in range(0, len(messages), TOGETHER):
            kind.keep_all(session, messages[start : start + TOGETHER])


def _must_be_silent(session: Session) -> None:
    if outbox.published(session):
        raise RuntimeError("What keeps a copy must tell nothing: it runs again in a rebuild.")


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
