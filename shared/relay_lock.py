"""One active relay, and one that hears, per database: several would break the order of one aggregate's messages."""

import asyncio
import contextlib
import fcntl
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from shared.database import CHANNEL, Database

RELAYING, HEARING, REBUILDING = "relay", "hearing", "rebuild"
KEYS = {RELAYING: 0x6F736965, HEARING: 0x6F736966, REBUILDING: 0x6F736967}
"""Any constants will do, as the locks belong to one database."""


class RelayLock(Protocol):
    """What says which of several processes relays."""

    is_doubtful: bool
    """Whether something was heard after which the lock may be lost; `take` makes sure."""

    async def take(self) -> bool:
        """Try to hold the lock, or make sure that it is still held; never waits."""

    async def give_back(self) -> None:
        """Let another process relay."""


class FileLock:
    """A lock on a file beside the SQLite file; the system gives it back when the process dies, however it dies."""

    is_doubtful = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[Any] | None = None

    async def take(self) -> bool:
        """Try to hold the lock."""
        if self._file is not None:
            return True
        file = self._path.open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._file = file
        return True

    async def give_back(self) -> None:
        """Let another process relay."""
        if self._file is not None:
            self._file.close()
            self._file = None


class AdvisoryLock:
    """A session advisory lock of PostgreSQL (§13.3.5) on a connection of its own, gone with the connection.

    `woken()` is called in the event loop when the connection ends, so that whoever lost the lock knows at once; with
    `listens` also when another process committed rows.
    """

    def __init__(self, engine: Engine, key: int, woken: Callable[[], None] | None, *, listens: bool) -> None:
        self._engine = engine
        self._key = key
        self._woken = woken
        self._listens = listens
        self._connection: Connection | None = None
        self._watched: int | None = None
        self._asking: asyncio.Future[bool] | None = None
        self.is_doubtful = False

    async def take(self) -> bool:
        """Try to hold the lock, or ask the connection whether it is still alive."""
        self._look_away()
        self._asking = asyncio.ensure_future(asyncio.to_thread(self._take, asyncio.get_running_loop()))
        is_held = await asyncio.shield(self._asking)
        self.is_doubtful = False
        if is_held and self._woken is not None:
            self._watch()
        return is_held

    async def give_back(self) -> None:
        """Let another process relay."""
        self._look_away()
        if self._asking is not None:
            # who asked may have been cancelled, but not the thread: it would hold the lock after this
            await asyncio.gather(self._asking, return_exceptions=True)
        await asyncio.to_thread(self._give_back)

    def _take(self, loop: asyncio.AbstractEventLoop) -> bool:
        if self._connection is not None:
            try:
                self._connection.execute(text("SELECT 1"))
            except Exception:
                self._give_back()
                raise
            return True
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        is_ours = False
        try:
            asked = text("SELECT pg_try_advisory_lock(:key)")
            is_ours = bool(connection.execute(asked, {"key": self._key}).scalar())
        finally:
            if not is_ours:
                connection.close()
        if is_ours:
            self._connection = connection
            if self._listens and self._woken is not None:
                woken = self._woken
                self._driver().add_notify_handler(lambda _: loop.call_soon_threadsafe(woken))
                connection.execute(text(f"LISTEN {CHANNEL}"))
        return is_ours

    def _give_back(self) -> None:
        if self._connection is not None:
            # Not back into the pool: the lock belongs to the connection and ends with it, a while after it.
            with contextlib.suppress(SQLAlchemyError):
                self._connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": self._key})
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _driver(self) -> Any:
        """Give psycopg's own connection."""
        assert self._connection is not None  # noqa: S101 — held
        return self._connection.connection.driver_connection

    def _watch(self) -> None:
        self._watched = self._driver().fileno()
        asyncio.get_running_loop().add_reader(self._watched, self._on_word)

    def _look_away(self) -> None:
        if self._watched is not None:
            asyncio.get_running_loop().remove_reader(self._watched)
            self._watched = None

    def _on_word(self) -> None:
        """Something came while nobody asked: a notification, or the end; whoever asks next reads it."""
        self._look_away()
        self.is_doubtful = True
        if self._woken is not None:
            self._woken()


class NoLock:
    """For a database in memory, which no other process sees."""

    is_doubtful = False

    async def take(self) -> bool:
        """Hold it."""
        return True

    async def give_back(self) -> None:
        """Nobody waits."""


def lock_of(database: Database, purpose: str = RELAYING, woken: Callable[[], None] | None = None) -> RelayLock:
    """Choose the lock that fits the database, for one of the purposes."""
    if not database.is_sqlite:
        return AdvisoryLock(database.engine, KEYS[purpose], woken, listens=purpose == RELAYING)
    if database.url.database in (None, "", ":memory:"):
        return NoLock()
    return FileLock(Path(f"{database.url.database}.{purpose}"))
