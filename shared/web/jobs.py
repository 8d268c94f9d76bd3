"""The door through which the clock tells: a job runs at start and then again after every pause."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from shared import clock
from shared.numbers import Number

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """Something to do by the clock; `run` is called again `every` so long after it ended.

    `pause(seconds)` may end the wait before, where there is something to do.
    """

    name: str
    every: timedelta
    run: Callable[[], Awaitable[object]]
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep


class Jobs:
    """The jobs of one service while it runs."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self.by_name = {job.name: job for job in jobs}
        self.well_at: dict[str, float] = {}
        """When each job last ended well, in seconds since 1970."""
        self.failures: Counter[str] = Counter()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start every job in a task of its own."""
        self._tasks = [asyncio.create_task(self._run_forever(job), name=job.name) for job in self.by_name.values()]

    async def stop(self) -> None:
        """End every job where it waits."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def run(self, name: str) -> object:
        """Run one job now."""
        return await self.by_name[name].run()

    def numbers(self) -> Iterator[Number]:
        """Name how the jobs fare for Prometheus; a job that has not ended since the start is left out."""
        well = [({"job_name": name}, at) for name, at in sorted(self.well_at.items())]
        failed = [({"job_name": name}, self.failures[name]) for name in sorted(self.by_name)]
        yield Number("osiedle_job_last_success_timestamp_seconds", "gauge", "When a job last ended well.", well)
        yield Number("osiedle_job_failures_total", "counter", "How often a job failed.", failed)

    async def _run_forever(self, job: Job) -> None:
        while True:
            try:
                await job.run()
                self.well_at[job.name] = clock.now().timestamp()
            except Exception:
                self.failures[job.name] += 1
                log.exception("the job %s failed; it runs again in %s", job.name, job.every)
            await job.pause(job.every.total_seconds())
