"""The relay: carries outbox rows to JetStream in order, and marks what was acknowledged.

The table is the truth at the start, after an error and each second; in between, SQLite's one writer hands rows over in
memory, in the order they were committed. PostgreSQL has several writers, so there a commit is only a reason to look: a
position that is missing may be committed after the next one, and the message after it may be of the same aggregate.
"""

import asyncio
import itertools
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.errors import APIError, NoStreamResponseError
from sqlalchemy import Row, bindparam, func, select, update
from sqlalchemy.orm import Session

from shared import clock, envelope, people_stream, streams
from shared.atomic_batch import LARGEST, SMALLEST, BatchRefused, publish_batch
from shared.database import Database
from shared.messages import Message
from shared.numbers import Histogram
from shared.pace import Pace
from shared.reconcile import patrol, reconcile
from shared.reconcile_people import Lifter
from shared.relay_lock import RELAYING, lock_of
from shared.streams import FULL, STATES, StreamFull

log = logging.getLogger(__name__)

StateReader = Callable[[Session, str], Message | None]
"""Reads the present message of one aggregate, by its id, for a stream of state; none when it is erased."""
READ_AT_ONCE = 1024
MOST_HANDED_OVER = 10_000


class Relay:
    """The one way out of a service's outbox."""

    def __init__(
        self,
        database: Database,
        table: Any,
        state: Mapping[type[Message], StateReader],
        pace: Pace,
        lift: Mapping[type[Message], Lifter] | None = None,
    ) -> None:
        self._database = database
        self._table = table
        self._state = {message.type: read for message, read in state.items()}
        self._lift = {message.type: one for message, one in (lift or {}).items()}
        self.state_streams = frozenset(message.stream for message in state)
        """The streams of state that this service tells on."""
        self._pace = pace
        self._lock = lock_of(database, RELAYING, self._look_again)
        self._is_active = False
        self._sure_until = 0.0
        self._reconcile_at = 0.0
        self._patrolled: int | None = None
        self._handed_over: deque[Row[Any]] = deque()
        self._ready: deque[Row[Any]] = deque()
        self._unmarked: dict[int, int | None] = {}
        self._marking = asyncio.Lock()
        self._last = 0
        self._is_behind = True
        self._is_carrying = False
        self._wake = asyncio.Event()
        self._singly = 0
        """So many of the next rows must not travel in a batch."""
        self._failed_in_a_row = 0
        self.published = 0
        self.publish_seconds = Histogram()
        self.failures = 0
        self.fill: dict[str, float] = {}
        """How full our streams are, by name: 1 is full."""
        self.problem: str | None = None

    def take(self, rows: Sequence[Row[Any]]) -> None:
        """Take rows that were committed this moment; the database calls it in the event loop."""
        if self._database.is_sqlite and len(self._handed_over) < MOST_HANDED_OVER:
            self._handed_over.extend(rows)
        else:
            self._is_behind = True
        self._wake.set()

    @property
    def is_idle(self) -> bool:
        """Say whether everything known is carried and marked; another process carries while it relays."""
        is_done = not (self._is_behind or self._is_carrying or self._ready or self._handed_over)
        return (is_done or not self._is_active) and not self._unmarked

    async def run(self, client: Client) -> None:
        """Carry rows over this connection until cancelled; what fails is tried again, with longer and longer waits."""
        marker = asyncio.create_task(self._mark_forever())
        self._start_over()
        try:
            while True:
                try:
                    await self._carry_forever(client)
                except Exception as error:
                    self.failures += 1
                    self._failed_in_a_row += 1
                    self.problem = _told(error)
                    log.warning("%s: the relay waits: %s", self._database.service, self.problem)
                    self._start_over()
                    await asyncio.sleep(min(0.1 * 2 ** min(self._failed_in_a_row, 6), 5.0))
        finally:
            self._start_over()
            marker.cancel()

    async def finish(self, seconds: float) -> None:
        """Carry and mark what is in hand, at most so many seconds."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not self.is_idle and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 — rare, short
            await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """Mark what was acknowledged and let another process relay."""
        await self._mark()
        await self._lock.give_back()
        self._is_active, self._database.wakes_others = False, not self._database.is_sqlite

    def _start_over(self) -> None:
        self._ready.clear()
        self._handed_over.clear()
        self._is_behind, self._is_carrying = True, False

    async def _take_lock(self) -> bool:
        """Try to hold the lock, or make sure of it; who has it need not be told by others of this process' rows."""
        self._is_active = False
        try:
            self._is_active = await self._lock.take()
        finally:
            self._database.wakes_others = not (self._is_active or self._database.is_sqlite)
        return self._is_active

    def _look_again(self) -> None:
        """Another process committed rows, or the lock may be lost."""
        self._is_behind = True
        self._wake.set()

    async def _carry_forever(self, client: Client) -> None:
        jetstream = client.jetstream(timeout=self._pace.publish_timeout)
        while not await self._take_lock():  # noqa: ASYNC110 — another process holds it
            await asyncio.sleep(self._pace.poll)
        await self._reconcile(jetstream)
        while True:
            await self._make_sure(jetstream)
            if not self._ready:
                await self._find_rows()
            self._is_carrying = True
            if batch := self._next_batch():
                await self._carry_batch(client, batch)
            elif window := self._next_window():
                await self._carry(jetstream, window)
            self._is_carrying, self._failed_in_a_row, self.problem = False, 0, None

    async def _make_sure(self, jetstream: JetStreamContext) -> None:
        """Ask whether the lock is still ours, when in doubt and now and then; reconcile each hour."""
        now = asyncio.get_running_loop().time()
        if self._lock.is_doubtful or now >= self._sure_until:
            if not await self._take_lock():
                raise ConnectionError("the lock of the relay was lost")
            self._sure_until = now + self._pace.poll
        if now >= self._reconcile_at:
            await self._reconcile(jetstream)
            _, self._patrolled = await patrol(
                jetstream, self._database, self._table, self._database.service.upper(), self._patrolled
            )
            self._ready.clear()
            self._is_behind = True

    async def _reconcile(self, jetstream: JetStreamContext) -> None:
        """Bring our streams about and compare them with what we published; nothing is on its way meanwhile."""
        await self._mark()
        ours = (self._database.service.upper(), *self.state_streams)
        for name in ours:
            info = await streams.bring_about(jetstream, name, streams.all_streams(())[name])
            self.fill[name] = streams.warn_when_filling(info)
        await reconcile(jetstream, self._database, self._table, ours, self._lift)
        self._reconcile_at = asyncio.get_running_loop().time() + self._pace.reconcile

    def _next_batch(self) -> list[Row[Any]]:
        """Take the next rows when there are many for one stream; all or none arrive, so their order is safe."""
        if self._singly or len(self._ready) < SMALLEST:
            return []
        stream = self._ready[0].stream
        batch = list(itertools.takewhile(lambda row: row.stream == stream and stream not in STATES, self._ready))[
            :LARGEST
        ]
        if len(batch) < SMALLEST:
            return []
        for _ in batch:
            self._ready.popleft()
        return batch

    async def _carry_batch(self, client: Client, batch: list[Row[Any]]) -> None:
        messages = [(row.subject, envelope.encoded(row.headers), row.body) for row in batch]
        began = time.perf_counter()
        try:
            last = await publish_batch(client, messages, self._pace.publish_timeout)
        except BatchRefused as error:
            log.info("%s: a batch goes singly: %s", self._database.service, error)
            self._ready.extendleft(reversed(batch))
            self._singly = len(batch)
            return
        except Exception:
            self._singly = len(batch)
            raise
        for sequence, row in enumerate(batch, start=last - len(batch) + 1):
            self._unmarked[row.position] = sequence
        self._count(len(batch), began)

    def _next_window(self) -> list[Row[Any]]:
        """Take the next rows that may travel together: no two of one aggregate, so that a failure keeps their order."""
        window: list[Row[Any]] = []
        seen: set[str] = set()
        while self._ready and len(window) < self._pace.window:
            key = self._ready[0].headers["ce-partitionkey"]
            if key in seen:
                break
            seen.add(key)
            window.append(self._ready.popleft())
        self._singly = max(0, self._singly - len(window))
        return window

    async def _find_rows(self) -> None:
        if self._is_behind:
            await self._read_table()
            return
        while self._handed_over:
            row = self._handed_over.popleft()
            if row.position <= self._last:
                continue
            if row.position != self._last + 1:
                # Another process, the operator's command line, wrote in between.
                self._is_behind = True
                return
            self._last = row.position
            self._ready.append(row)
        if not self._ready:
            await self._rest()

    async def _rest(self) -> None:
        """Wait for a commit; look into the table when none came for a while."""
        self._wake.clear()
        try:
            await asyncio.wait_for(self._wake.wait(), self._pace.poll)
        except TimeoutError:
            self._is_behind = True

    async def _read_table(self) -> None:
        carried = set(self._unmarked)
        self._wake.clear()
        self._is_behind = False
        rows, highest = await self._database.read(_unpublished, self._table)
        if len(rows) == READ_AT_ONCE:
            self._is_behind = True
        self._last = rows[-1].position if self._is_behind and rows else highest
        self._ready.extend(row for row in rows if row.position not in carried)

    def _count(self, number: int, began: float) -> None:
        self.published += number
        self.publish_seconds.observe(time.perf_counter() - began)

    async def _carry(self, jetstream: JetStreamContext, window: list[Row[Any]]) -> None:
        tasks = [asyncio.create_task(self._publish(jetstream, row)) for row in window]
        try:
            answers = await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            for row, task in zip(window, tasks, strict=True):
                if task.done() and not task.cancelled() and task.exception() is None:
                    self._unmarked[row.position] = task.result()
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer

    async def _publish(self, jetstream: JetStreamContext, row: Row[Any]) -> int | None:
        began = time.perf_counter()
        try:
            if row.stream in STATES:
                sequence = await self._publish_state(jetstream, row)
            else:
                answer = await jetstream.publish(row.subject, row.body, headers=envelope.encoded(dict(row.headers)))
                sequence = answer.seq
        except NoStreamResponseError as error:
            raise ConnectionError(f"the stream {row.stream} is not there") from error
        except APIError as error:
            if error.err_code == FULL:
                raise StreamFull(row.stream) from error
            raise
        self._count(1, began)
        return sequence

    async def _publish_state(self, jetstream: JetStreamContext, row: Row[Any]) -> int | None:
        """Put a present state into the place of the one before; of an erased person nothing stays."""
        message = await self._database.read(self._state[row.type], row.headers["ce-subject"])
        if message is None:
            await people_stream.erase_person(jetstream, row.subject, row.stream)
            await jetstream.purge_stream(row.stream, subject=row.subject)
            return None
        headers = {**row.headers, "ce-sequence": str(message.version)}
        body = message.model_dump_json().encode()
        return await people_stream.put_person(jetstream, row.subject, headers, body, row.stream)

    async def _mark_forever(self) -> None:
        """Mark acknowledged rows together, a moment later: it costs a commit, and a crash before it only repeats."""
        while True:
            await asyncio.sleep(self._pace.mark)
            try:
                await self._mark()
            except Exception:
                log.exception("acknowledged rows could not be marked; they will be, or go out again")
                await asyncio.sleep(self._pace.poll)

    async def _mark(self) -> None:
        async with self._marking:
            if not self._unmarked:
                return
            marks = dict(self._unmarked)
            await self._database.write(_mark_published, self._table, marks)
            for position in marks:
                self._unmarked.pop(position, None)


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, StreamFull) else f"{type(error).__name__}: {error}"


def _unpublished(session: Session, table: Any) -> tuple[Sequence[Row[Any]], int]:
    """Read the first unpublished rows; on SQLite also the highest position there is in the same snapshot."""
    if "unpublished" not in table.info:  # on PostgreSQL every message asks
        first = select(table).where(table.c.published_at.is_(None)).order_by(table.c.position)
        table.info["unpublished"] = first.limit(READ_AT_ONCE)
    rows = session.connection().execute(table.info["unpublished"]).all()
    if session.get_bind().dialect.name != "sqlite":
        return rows, 0
    return rows, session.scalar(select(func.max(table.c.position))) or 0


def _mark_published(session: Session, table: Any, marks: Mapping[int, int | None]) -> None:
    statement = (
        update(table)
        .where(table.c.position == bindparam("at"))
        .values(published_at=bindparam("now"), stream_sequence=bindparam("sequence"))
    )
    now = clock.now()
    session.connection().execute(
        statement, [{"at": at, "now": now, "sequence": sequence} for at, sequence in marks.items()]
    )
