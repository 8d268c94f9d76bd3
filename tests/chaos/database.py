"""A PostgreSQL server as durable as in production, to be killed: all of it, or one of its processes. Needs /proc."""

import asyncio
import os
import random
import signal
from pathlib import Path

import psycopg

from tests.postgres import PostgresServer, programs


class MortalPostgres:
    """The server and its way back; it answers again a moment after each kill."""

    def __init__(self) -> None:
        folder = programs()
        if folder is None:
            raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql, or DATABASE=sqlite.")
        # What is written outlives a killed process without fsync; with it, coming back means to fsync every file.
        self.server = PostgresServer(folder, durable=True, fsync="off")
        self._coming_back: asyncio.Task[None] | None = None

    async def kill(self, choice: random.Random) -> None:
        """Kill all of it, or one process, after which the postmaster ends the others."""
        await self.comes_back()
        children = _children_of(self.server.pid)
        if choice.random() < 0.5 and children and _kill(choice.choice(children)):
            self._coming_back = asyncio.create_task(self._answers())
        else:
            # All at once, as a power cut would: what is left of them would keep the next server from starting.
            for pid in (self.server.pid, *children):
                _kill(pid)
            self._coming_back = asyncio.create_task(self._start_again())

    @property
    def is_back(self) -> bool:
        """Say whether it answered after the last kill."""
        return self._coming_back is None or self._coming_back.done()

    async def comes_back(self) -> None:
        """Wait until it answers; raises when it does not."""
        if self._coming_back is not None:
            await self._coming_back

    async def stop(self) -> None:
        """End it, and remove its folder."""
        if self._coming_back is not None:
            await asyncio.gather(self._coming_back, return_exceptions=True)
        await asyncio.to_thread(self.server.stop)

    async def _start_again(self) -> None:
        await asyncio.to_thread(self.server.wait)
        while left := [pid for pid in _everybody() if _works_in(pid, self.server.folder)]:
            for pid in left:
                _kill(pid)
            await asyncio.sleep(0.01)
        await asyncio.to_thread(self.server.start_again)

    async def _answers(self) -> None:
        # A moment for the postmaster to notice, else the old server would answer.
        await asyncio.sleep(0.1)
        for _ in range(300):
            try:
                (await asyncio.to_thread(self._connect)).close()
                return
            except psycopg.OperationalError:
                await asyncio.sleep(0.05)
        raise RuntimeError(f"PostgreSQL does not come back: {self.server.folder / 'log'}")

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.server.folder), user="osiedle", dbname="postgres")


def _kill(pid: int) -> bool:
    """Kill a process; false when it is gone already."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _everybody() -> list[int]:
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def _children_of(parent: int) -> list[int]:
    return [pid for pid in _everybody() if _stat(pid)[1:2] == [str(parent)]]


def _works_in(pid: int, folder: Path) -> bool:
    """Say whether a process has this cluster as its working directory, as PostgreSQL's processes do."""
    try:
        return _stat(pid)[:1] != ["Z"] and os.readlink(f"/proc/{pid}/cwd") == str(folder / "data")
    except OSError:
        return False


def _stat(pid: int) -> list[str]:
    """Give the fields of /proc/<pid>/stat from the state on: state, parent …; nothing when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
