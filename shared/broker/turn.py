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


class TurnOver(Exception):
    """What is in hand was taken in a turn that is over: another may have it by now, and whoever hears gets it again."""


class Turn:
    """One process hears at a time, because two would break the order of one aggregate's messages.

    A turn that is in doubt is none until the lock was asked again: a database that died gave the lock back, and another
    process may have had it before we heard of that.

    A circuit breaker beside it: whoever finds the database away says so, nothing is pulled any more, and one task asks,
    less and less often, until a transaction can be committed again.
    """

    def __init__(self, database: Database, pace: Pace) -> None:
        self._database = database
        self._pace = pace
        self._lock = lock_of(database, HEARING, self._doubt)
        self._keeping: asyncio.Task[None] | None = None
        self._probing: asyncio.Task[None] | None = None
        self._failures = 0
        self._is_mine = self._is_certain = False
        self._changed, self._asks = asyncio.Event(), asyncio.Event()
        self._number = 0
        self.problem: str | None = None
        """Why the database is away, while it is."""

    # Whose turn it is

    @property
    def is_on(self) -> bool:
        """Say whether we hear now."""
        return self._is_certain and self.problem is None

    async def begins(self) -> int:
        """Wait until we hear; gives the number of this turn."""
        while not self.is_on:
            await self._changed.wait()
        return self._number

    async def ends(self, number: int) -> None:
        """Wait until this turn is over or in doubt."""
        while self.is_on and self._number == number:
            await self._changed.wait()

    async def make_sure(self, number: int) -> None:
        """Wait until it is certain whether this turn still lasts. Raises `TurnOver` when it does not."""
        while self._is_mine and self._number == number and not self.is_on:
            await self._changed.wait()
        if not self.is_on or self._number != number:
            raise TurnOver

    def start(self) -> None:
        """Begin to ask for the turn."""
        self._keeping = asyncio.create_task(self._keep(), name=f"{self._database.service}-turn")

    async def stop(self) -> None:
        """Let another process hear."""
        await end_all(task for task in (self._keeping, self._probing) if task is not None)
        self._keeping = self._probing = self.problem = None
        self._is_mine = self._is_certain = False
        self._tell()
        with contextlib.suppress(Exception):
            await self._lock.give_back()

    async def _keep(self) -> None:
        """Take the turn when nobody has it, and look again and again whether it is still ours."""
        while True:
            self._asks.clear()
            try:
                is_mine = await self._lock.take()
            except Exception as error:
                is_mine = False
                self.database_is_away(error)
            if is_mine != self._is_mine:
                log.info("%s %s", self._database.service, "hears" if is_mine else "hears no more")
                self._number += is_mine
            self._is_mine = is_mine
            self._is_certain = is_mine and not self._asks.is_set()
            self._tell()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pace.poll):
                    await self._asks.wait()
            await self.database_is_back()

    def _doubt(self) -> None:
        """Hear nothing until the lock was asked again."""
        self._is_certain = False
        self._asks.set()
        self._tell()

    # Whether the database answers

    def database_is_away(self, error: BaseException) -> None:
        """Hear nothing from now on; `database_is_back` says when to go on."""
        if self.problem is None:
            log.warning("%s waits for its database: %s", self._database.service, error)
            self.problem = f"{type(error).__name__}: {error}"
            self._probing = asyncio.create_task(self._probe(), name=f"{self._database.service}-probe")
            self._doubt()

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
