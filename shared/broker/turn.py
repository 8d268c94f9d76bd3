"""When this process hears: while it is the one that does for its database, and the database answers."""

import asyncio
import contextlib
import logging
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from shared.broker.parts import end_all
from shared.database import Database
from shared.pace import Pace
from shared.relay_lock import HEARING, lock_of

log = logging.getLogger(__name__)

LONGEST_PAUSE = 10.0


class Turn:
    """One process hears at a time, because two would break the order of one aggregate's messages.

    A circuit breaker beside it: whoever finds the database away says so, nothing is pulled any more, and one task asks,
    less and less often, until a transaction can be committed again.
    """

    def __init__(self, database: Database, pace: Pace) -> None:
        self._database = database
        self._pace = pace
        self._lock = lock_of(database, HEARING)
        self._keeping: asyncio.Task[None] | None = None
        self._probing: asyncio.Task[None] | None = None
        self._failures = 0
        self._is_mine = False
        self._changed = asyncio.Event()
        self.problem: str | None = None
        """Why the database is away, while it is."""

    # Whose turn it is

    @property
    def is_on(self) -> bool:
        """Say whether we hear now."""
        return self._is_mine and self.problem is None

    async def begins(self) -> None:
        """Wait until we hear."""
        while not self.is_on:
            await self._changed.wait()

    async def ends(self) -> None:
        """Wait until we hear no more."""
        while self.is_on:
            await self._changed.wait()

    def start(self) -> None:
        """Begin to ask for the turn."""
        self._keeping = asyncio.create_task(self._keep(), name=f"{self._database.service}-turn")

    async def stop(self) -> None:
        """Let another process hear."""
        await end_all(task for task in (self._keeping, self._probing) if task is not None)
        self._keeping = self._probing = None
        self._is_mine = False
        self._tell()
        with contextlib.suppress(Exception):
            await self._lock.give_back()

    async def _keep(self) -> None:
        """Take the turn when nobody has it, and look again and again whether it is still ours."""
        while True:
            try:
                is_mine = await self._lock.take()
            except Exception as error:
                is_mine = False
                self.database_is_away(error)
            if is_mine != self._is_mine:
                log.info("%s %s", self._database.service, "hears" if is_mine else "hears no more")
                self._is_mine = is_mine
                self._tell()
            await asyncio.sleep(self._pace.poll)
            await self.database_is_back()

    # Whether the database answers

    def database_is_away(self, error: BaseException) -> None:
        """Hear nothing from now on; `database_is_back` says when to go on."""
        if self.problem is None:
            log.warning("%s waits for its database: %s", self._database.service, error)
            self.problem = f"{type(error).__name__}: {error}"
            self._probing = asyncio.create_task(self._probe(), name=f"{self._database.service}-probe")
            self._tell()

    async def database_is_back(self) -> None:
        """Wait until the database commits again; returns at once when it is not known to be away."""
        while self.problem is not None:
            await self._changed.wait()

    def all_is_well(self) -> None:
        """Take note that the database did real work, so that the next pause is a short one again."""
        self._failures = 0

    async def _probe(self) -> None:
        while True:
            await asyncio.sleep(min(self._pace.poll * 2.0**self._failures, LONGEST_PAUSE))
            self._failures = min(self._failures + 1, 10)
            try:
                await self._database.write(_write_nothing, self._database.outbox_table)
            except Exception as error:
                log.info("%s still waits for its database: %s", self._database.service, error)
                continue
            self.problem = None
            self._tell()
            return

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def _write_nothing(session: Session, table: Any) -> None:
    """Commit a statement that writes, so that it fails where writing does, and changes nothing."""
    session.execute(delete(table).where(table.c.position < 0))
