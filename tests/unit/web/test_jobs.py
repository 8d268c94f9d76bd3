"""A job runs at start, again after each pause, and a failure does not end it."""

import asyncio
from datetime import timedelta

from shared.web.jobs import Job, Jobs


async def test_a_job_that_fails_runs_again(caplog):
    runs: list[int] = []
    enough = asyncio.Event()

    async def fail() -> None:
        runs.append(len(runs))
        if len(runs) == 3:
            enough.set()
        raise RuntimeError("not this time")

    jobs = Jobs([Job("fail", timedelta(milliseconds=1), fail)])
    jobs.start()
    await asyncio.wait_for(enough.wait(), 5)
    await jobs.stop()
    after = len(runs)
    await asyncio.sleep(0.02)
    assert len(runs) == after >= 3
    assert "the job fail failed" in caplog.text


async def test_a_job_runs_by_name():
    async def answer() -> int:
        return 42

    assert await Jobs([Job("answer", timedelta(hours=1), answer)]).run("answer") == 42
