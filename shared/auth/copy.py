"""A copy in memory of what a service knows of access: read again when it changed here, and every few seconds."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from shared.auth.known import ACCESS
from shared.database import Database

V = TypeVar("V")

FRESH_SECONDS = 5.0
"""A copy is read again at least so often while it is used: another process may have heard of a change."""
GLANCE_SECONDS = 0.1
"""How often one looks for a name that somebody waits for."""
MISSED_SECONDS = 60.0
MOST_MISSED = 1000
MOST_WAITING = 50


class Copy(Generic[V]):
    """Values by name, as `read(session)` finds them; nobody's guess at a name costs more than a look into memory.

    The database is read at most every 0.1 s, however many names are asked for that are not here.
    """

    def __init__(self, database: Database, read: Callable[[Session], Mapping[str, V]]) -> None:
        self._database = database
        self._read = read
        self._values: Mapping[str, V] = {}
        self._read_at = float("-inf")
        self._noted = -1
        self._reading = asyncio.Lock()
        self._missed: dict[str, float] = {}
        self._waiting = 0

    async def values(self, seconds: float = FRESH_SECONDS) -> Mapping[str, V]:
        """Give all values, not older than so many seconds, nor than the last change in this process."""
        if not self._is_fresh(seconds):
            async with self._reading:
                if not self._is_fresh(seconds):
                    started, noted = time.monotonic(), self._database.noted(ACCESS)
                    self._values = await self._database.read(self._read)
                    self._read_at, self._noted = started, noted
        return self._values

    async def get(self, name: str) -> V | None:
        """Give one value, or none."""
        return (await self.values()).get(name)

    async def awaited(self, name: str, seconds: float) -> V | None:
        """Give one value; one that is not here is waited for, once, so many seconds, by 50 callers at most."""
        found = await self.get(name)
        if found is not None or time.monotonic() < self._missed.get(name, 0) or self._waiting >= MOST_WAITING:
            return found
        self._waiting += 1
        try:
            found = await self._arriving(name, time.monotonic() + seconds)
        finally:
            self._waiting -= 1
        if found is None:
            self._miss(name)
        return found

    async def _arriving(self, name: str, until: float) -> V | None:
        while True:
            found = (await self.values(GLANCE_SECONDS)).get(name)
            if found is not None or time.monotonic() >= until:
                return found
            await self._database.changed(GLANCE_SECONDS)

    def _miss(self, name: str) -> None:
        if len(self._missed) >= MOST_MISSED:
            self._missed.clear()
        self._missed[name] = time.monotonic() + MISSED_SECONDS

    def _is_fresh(self, seconds: float) -> bool:
        return self._noted == self._database.noted(ACCESS) and time.monotonic() - self._read_at < seconds
