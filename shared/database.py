"""One service's database: it hands a session to a command or query, in its own threads, and commits.

Commands that wait at the same moment share one transaction on SQLite (group commit), each in a savepoint of its own;
on PostgreSQL each has its own. Callers are answered, and the relay is told, only after the outer COMMIT returned.
A command may run twice, so it has no effect outside its session.
"""

import asyncio
import contextvars
import logging
import queue
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection, Engine, MetaData, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.session import JoinTransactionMode

from shared import outbox
from shared.engines import (
    READER_THREADS,
    WRITER_THREADS,
    is_full,
    is_transient,
    postgres_engine,
    reading,
    sqlite_engine,
)
from shared.noting import Noted, Watch
from shared.numbers import Labels, Number
from shared.problems import Busy

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

WAITING_UNITS = 1000
GROUP_UNITS = 64
TRIES = 3
FULL_SECONDS = 30.0
"""So long a database counts as full that had no room for something, unless something else was written since."""
CHANNEL = "osiedle_outbox"
"""On PostgreSQL, whoever relays listens here for what other processes commit."""


class CommandEnded(RuntimeError):
    """A command wanted to end the thread that ran it (`SystemExit`, a cancellation): it ended the command alone."""


class OnCommit(Protocol):
    """What the relay gives the database to be told of rows that are committed."""

    def __call__(self, rows: Sequence[Any]) -> None:
        """Take outbox rows, in the event loop's thread."""


class Unit:
    """One command that waits for its transaction, and the caller that waits for it."""

    def __init__(self, command: Callable[[Session], Any], loop: asyncio.AbstractEventLoop) -> None:
        self.command = command
        self.loop = loop
        self.future: asyncio.Future[Any] = loop.create_future()
        self.context = contextvars.copy_context()
        self.result: Any = None
        self.error: BaseException | None = None
        self.rows: Sequence[Any] = ()
        self.topics: frozenset[str] = frozenset()
        self.is_in_doubt = False
        """Whether it may be committed although its COMMIT failed."""

    def run(self, connection: Connection, table: Any, service: str, mode: JoinTransactionMode) -> None:
        """Run the command and write what it published; an error is kept, and undoes this unit alone.

        `mode` says how the unit is undone: by a savepoint of its own, or with the whole transaction when it is alone.
        """
        self.result, self.error, self.rows, self.topics = None, None, (), frozenset()
        session = Session(connection, join_transaction_mode=mode, expire_on_commit=False)
        try:
            self.result = self.context.run(self.command, session)
            session.flush()
            self.rows = self.context.run(outbox.write_rows, session, table, service)
            session.commit()
            self.topics = frozenset(session.info.get("topics", ()))
        except BaseException as error:
            session.rollback()
            self.rows = ()
            self.error = _bearable(error)
        finally:
            session.close()

    def answer(self) -> None:
        """Give the caller its result or error; runs in the event loop."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Database:
    """The transactions of one service, on SQLite or PostgreSQL, as its URL says."""

    def __init__(self, url: str, metadata: MetaData, service: str) -> None:
        self.url = make_url(url)
        self.service = service
        self.outbox_table = metadata.tables["outbox"]
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.on_commit: OnCommit | None = None
        self.wakes_others = not self.is_sqlite
        """Whether committed rows are told to another process; not while the relay is our own (NOTIFY costs)."""
        self._writer = sqlite_engine(self.url, writing=True) if self.is_sqlite else postgres_engine(self.url)
        self._reader = sqlite_engine(self.url, writing=False) if self.is_sqlite else reading(self._writer)
        self._units: queue.Queue[Unit | None] = queue.Queue(WAITING_UNITS)
        self._readers = ThreadPoolExecutor(READER_THREADS, thread_name_prefix=f"{service}-read")
        self._writers: list[threading.Thread] = []
        self._has_stopped = False
        self._had_no_room_at = -FULL_SECONDS
        self._changed = asyncio.Event()
        self._noted = Noted()

    @property
    def product(self) -> str:
        """Name what keeps the data, with its version once it was connected to: `PostgreSQL 17.2`."""
        name = "SQLite" if self.is_sqlite else "PostgreSQL"
        numbers = getattr(self._writer.dialect, "server_version_info", None) or ()
        return " ".join([name, ".".join(map(str, numbers))]).strip()

    @property
    def engine(self) -> Engine:
        """The engine that writes, for migrations and tests."""
        return self._writer

    @property
    def is_full(self) -> bool:
        """Say whether there was no room to write the last time that something was to be written, a moment ago."""
        return time.monotonic() - self._had_no_room_at < FULL_SECONDS

    async def start(self) -> None:
        """Start the writer threads."""
        self._has_stopped = False
        for number in range(1 if self.is_sqlite else WRITER_THREADS):
            thread = threading.Thread(target=self._write_forever, name=f"{self.service}-write-{number}", daemon=True)
            thread.start()
            self._writers.append(thread)

    async def stop(self) -> None:
        """Let the waiting commands finish, then close every connection."""
        for _ in self._writers:
            await asyncio.to_thread(self._units.put, None)
        for thread in self._writers:
            await asyncio.to_thread(thread.join)
        self._writers.clear()
        self._refuse_the_rest()
        await asyncio.to_thread(self._readers.shutdown)
        self._writer.dispose()
        self._reader.dispose()

    async def write(self, command: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `command(session, …)` in a transaction; returns after the COMMIT.

        Raises `Busy` when too many wait or the database is being stopped, and whatever the command raised.
        """
        if self._has_stopped:
            raise Busy
        unit = Unit(lambda session: command(session, *args, **kwargs), asyncio.get_running_loop())
        try:
            self._units.put_nowait(unit)
        except queue.Full:
            raise Busy from None
        result: T = await unit.future
        return result

    async def read(self, query: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `query(session, …)`, on SQLite in one snapshot, on PostgreSQL without a transaction."""

        def look() -> T:
            with Session(self._reader, expire_on_commit=False) as session:
                return query(session, *args, **kwargs)

        def run() -> T:
            try:
                return look()
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                # The server was started anew: looking again costs less than asking each connection before each use.
                return look()

        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(self._readers, context.run, run)

    def numbers(self) -> Iterator[Number]:
        """Name what waits and what is at work for Prometheus."""
        pools: list[tuple[Labels, Any]] = [({"pool": name}, engine.pool) for name, engine in self._pools()]
        in_use = [(label, pool.checkedout()) for label, pool in pools]
        most = [(label, pool.size()) for label, pool in pools]
        waiting = self._units.qsize()
        yield Number("osiedle_database_commands_waiting", "gauge", "Changes that wait for a writer.", waiting)
        yield Number("osiedle_database_commands_most", "gauge", "How many may wait; more are refused.", WAITING_UNITS)
        yield Number("osiedle_database_connections_in_use", "gauge", "Connections at work.", in_use)
        yield Number("osiedle_database_connections_most", "gauge", "Connections that are kept.", most)

    def _pools(self) -> list[tuple[str, Engine]]:
        """Name the pools of connections: PostgreSQL has one for all."""
        return [("write", self._writer), ("read", self._reader)] if self.is_sqlite else [("all", self._writer)]

    def noted(self, topic: str) -> int:
        """Count the units of this process that are committed and noted this topic (see `note`)."""
        return self._noted.count(topic)

    def watch(self, topics: Collection[str]) -> Watch:
        """Give what waits until this process commits something about one of these topics (see `note`)."""
        return Watch(self._noted, topics)

    async def changed(self, seconds: float) -> None:
        """Wait until this process commits something, at most so many seconds."""
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return

    def _refuse_the_rest(self) -> None:
        """Answer who came too late; without a writer thread they would wait for ever."""
        self._has_stopped = True
        while not self._units.empty():
            unit = self._units.get_nowait()
            if unit is not None:
                unit.error = Busy()
                unit.answer()

    def _write_forever(self) -> None:
        with suppress(Exception):  # the first command need not wait for a connection; without the server it says so
            self._writer.connect().close()
        while True:
            units, ending = self._next_group()
            if units:
                self._run_group(units)
            if ending:
                return

    def _next_group(self) -> tuple[list[Unit], bool]:
        """Take what waits: on SQLite all of it, on PostgreSQL one."""
        first = self._units.get()
        if first is None:
            return [], True
        units = [first]
        while self.is_sqlite and len(units) < GROUP_UNITS:
            try:
                unit = self._units.get_nowait()
            except queue.Empty:
                break
            if unit is None:
                return units, True
            units.append(unit)
        return units, False

    def _run_group(self, units: list[Unit]) -> None:
        error = self._try_group(units)
        if error is not None:
            for unit in units:
                self._run_alone(unit, error)
        for unit in units:
            if unit.error is not None and is_full(unit.error):
                self._had_no_room_at = time.monotonic()
            elif unit.error is None and unit.rows:  # what writes no row needs no room
                self._had_no_room_at = -FULL_SECONDS
        committed = [row for unit in units for row in unit.rows]
        for loop in {unit.loop for unit in units}:
            mine = [unit for unit in units if unit.loop is loop]
            try:
                loop.call_soon_threadsafe(self._answer, mine, committed)
            except RuntimeError:  # the caller's event loop is gone; what is committed stays committed
                log.warning("nobody waits for %d committed commands any more", len(mine))

    def _run_alone(self, unit: Unit, error: Exception | None) -> None:
        """Run a unit again after this error, at most three times; never when it may be committed already."""
        for _ in range(TRIES):
            if error is None or unit.is_in_doubt:
                break
            error = self._try_group([unit])
        if error is not None:
            unit.error, unit.rows = error, ()

    def _try_group(self, units: list[Unit]) -> Exception | None:
        """Run the units in one transaction; give the error that undid all of them, or none."""
        mode: JoinTransactionMode = "create_savepoint" if len(units) > 1 else "rollback_only"
        is_committing = False
        try:
            with self._writer.begin() as connection:
                for unit in units:
                    unit.run(connection, self.outbox_table, self.service, mode)
                    if unit.error is not None and is_transient(unit.error):
                        raise unit.error
                if self.wakes_others and any(unit.rows for unit in units):
                    connection.exec_driver_sql(f"NOTIFY {CHANNEL}")
                is_committing = True
        except BaseException as error:  # nothing may end the thread: all others would wait for it for ever
            is_done = self._is_committed(units, error) if is_committing else False
            if is_done:
                return None
            for unit in units:
                unit.is_in_doubt = is_done is None
            return _bearable(error)
        return None

    def _is_committed(self, units: list[Unit], error: BaseException) -> bool | None:
        """Say whether a COMMIT that failed took place after all, its answer lost on the way; none when nobody knows.

        What it told says so: writing the same message again waits for a COMMIT that still goes on, and is refused
        where it is done.
        """
        row = next((row for unit in units for row in unit.rows), None)
        if row is None:
            return None if isinstance(error, DBAPIError) and error.connection_invalidated else False
        values = {name: value for name, value in row._asdict().items() if name != "position"}
        try:
            with self._writer.connect() as connection:  # nothing of this is committed
                connection.execute(self.outbox_table.insert().values(values))
        except IntegrityError:
            return True
        except Exception:
            return None
        return False

    def _answer(self, units: list[Unit], rows: list[Any]) -> None:
        if rows and self.on_commit is not None:
            try:
                self.on_commit(rows)
            except Exception:
                log.exception("%s: the relay was not told; it finds the rows in the table", self.service)
        self._noted.tell(topic for unit in units if unit.error is None for topic in unit.topics)
        self._changed.set()
        self._changed = asyncio.Event()
        for unit in units:
            unit.answer()


def note(session: Session, topic: str) -> None:
    """Let whoever keeps a copy in memory see, after the COMMIT, that something about `topic` is different now."""
    session.info.setdefault("topics", set()).add(topic)


def sqlite_url(path: Path) -> str:
    """Name a SQLite file as a database URL."""
    return f"sqlite:///{path}"


def _bearable(error: BaseException) -> Exception:
    """Make an error one that a waiting caller can be given: those that end threads and event loops are wrapped."""
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    ended = CommandEnded(f"The command raised {type(error).__name__}.")
    ended.__cause__ = error
    return ended
