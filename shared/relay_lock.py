"""One active relay per database: several would break the order of one aggregate's messages."""

import asyncio
import fcntl
from pathlib import Path
from typing import IO, Any, Protocol

from sqlalchemy import Connection, Engine, text

from shared.database import Database

KEY = 0x6F736965  # "osie": any constant will do, as the lock belongs to one database


class RelayLock(Protocol):
    """What says which of several processes relays."""

    async def take(self) -> bool:
        """Try to hold the lock, or make sure that it is still held; never waits."""

    async def give_back(self) -> None:
        """Let another process relay."""


class FileLock:
    """A lock on a file beside the SQLite file; the system gives it back when the process dies, however it dies."""

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
    """A session advisory lock of PostgreSQL (§13.3.5) on a connection of its own, gone with the connection."""

    def __init__(self, engine: Engine, key: int = KEY) -> None:
        self._engine = engine
        self._key = key
        self._connection: Connection | None = None

    async def take(self) -> bool:
        """Try to hold the lock, or ask the connection whether it is still alive."""
        return await asyncio.to_thread(self._take)

    async def give_back(self) -> None:
        """Let another process relay."""
        await asyncio.to_thread(self._give_back)

    def _take(self) -> bool:
        if self._connection is not None:
            try:
                self._connection.execute(text("SELECT 1"))
            except Exception:
                self._give_back()
                raise
            return True
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": self._key}).scalar():
            self._connection = connection
            return True
        connection.close()
        return False

    def _give_back(self) -> None:
        if self._connection is not None:
            # Not back into the pool: the lock belongs to the connection and ends with it.
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


class NoLock:
    """For a database in memory, which no other process sees."""

    async def take(self) -> bool:
        """Hold it."""
        return True

    async def give_back(self) -> None:
        """Nobody waits."""


def lock_of(database: Database, what: str = "relay", key: int = KEY) -> RelayLock:
    """Choose the lock that fits the database; `what` and `key` name another than the relay's."""
    if not database.is_sqlite:
        return AdvisoryLock(database.engine, key)
    if database.url.database in (None, "", ":memory:"):
        return NoLock()
    return FileLock(Path(f"{database.url.database}.{what}"))
