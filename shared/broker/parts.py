"""Tasks that live together: when one of them fails, all end, whatever they are waiting for."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

AGAIN = 0.5


class Parts:
    """The tasks of one connection; others may join while it lives."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def add(self, part: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Begin one more."""
        task = asyncio.create_task(part)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def one_fails(self) -> None:
        """Wait until one fails; raises what it raised. One that was cancelled has not failed."""
        await self._failed

    async def end(self) -> None:
        """End all of them."""
        self._failed.cancel()
        await end_all(self._tasks)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not self._failed.done():
            self._failed.set_exception(error)


async def end_all(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks until they have ended.

    Once is not enough: in Python 3.11 `asyncio.wait_for`, with which nats-py waits for answers, forgets a cancellation
    that comes at the same moment as the answer.
    """
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=AGAIN)


async def to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Do some work whole, whoever cancels us meanwhile; we are cancelled when it is done. Raises what it raised."""
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    if cancelled is not None:
        raise cancelled
