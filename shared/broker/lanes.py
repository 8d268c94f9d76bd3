"""Lanes: messages of one aggregate one after another, those of different aggregates side by side."""

import asyncio
import contextlib
import logging
import zlib
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from shared.broker.parts import end_all

log = logging.getLogger(__name__)

Item = TypeVar("Item")


class Lanes(Generic[Item]):
    """A fixed number of queues, each with one worker; a key always goes to the same one."""

    def __init__(self, number: int, handle: Callable[[Item], Awaitable[None]]) -> None:
        self._handle = handle
        self._queues: list[asyncio.Queue[Item]] = [asyncio.Queue() for _ in range(number)]
        self._workers: list[asyncio.Task[None]] = []
        self.in_hand = 0
        self._is_empty = asyncio.Event()

    def start(self) -> None:
        """Start the workers; needs a running event loop."""
        self._workers = [asyncio.create_task(self._work(queue)) for queue in self._queues]

    def put(self, key: str, item: Item) -> None:
        """Queue an item behind the others of its key."""
        self.in_hand += 1
        self._queues[lane_of(key, len(self._queues))].put_nowait(item)

    def take_back(self) -> list[Item]:
        """Give back what nobody started to handle."""
        items = []
        for queue in self._queues:
            while not queue.empty():
                items.append(queue.get_nowait())
        self.in_hand -= len(items)
        return items

    async def stop(self, seconds: float) -> list[Item]:
        """Let what is being handled finish, at most so many seconds; gives back what was not started."""
        left = self.take_back()
        if self.in_hand:
            self._is_empty.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._is_empty.wait()
        await end_all(self._workers)
        return left

    async def _work(self, queue: asyncio.Queue[Item]) -> None:
        while True:
            item = await queue.get()
            try:
                await self._handle(item)
            except Exception:
                log.exception("a message was left unanswered and will be delivered again")
            finally:
                self.in_hand -= 1
                if self.in_hand == 0:
                    self._is_empty.set()


def lane_of(key: str, lanes: int) -> int:
    """Choose the lane of a key, the same one in every process."""
    return zlib.crc32(key.encode()) % lanes
