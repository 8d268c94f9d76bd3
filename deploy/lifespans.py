"""Enters and leaves the lifespans of several apps: mounted apps' own lifespans do not run."""

import asyncio
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from fastapi import FastAPI


class Lifespans:
    """All apps start at the same time, each in a task of its own, and stop at the same time.

    When one of them cannot start, the others are stopped and its error is raised.
    """

    def __init__(self, apps: Iterable[FastAPI]) -> None:
        self._apps = list(apps)
        self._ending = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        """Start every app; returns when all have started."""
        started = [asyncio.get_running_loop().create_future() for _ in self._apps]
        self._tasks = [
            asyncio.create_task(self._run(app, future), name=f"lifespan of {app.title}")
            for app, future in zip(self._apps, started, strict=True)
        ]
        outcomes = await asyncio.gather(*started, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                await self._stop()
                raise outcome
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop every app; returns when all have stopped."""
        await self._stop()

    async def _stop(self) -> None:
        self._ending.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, app: FastAPI, started: asyncio.Future[None]) -> None:
        try:
            async with app.router.lifespan_context(app):
                started.set_result(None)
                await self._ending.wait()
        except Exception as error:
            if started.done():
                raise
            started.set_exception(error)
