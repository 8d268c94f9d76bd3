"""A job runs at start, again after each pause, and a failure does not end it."""

import asyncio
import time
from datetime import timedelta

from shared.numbers import exposition
from shared.web.jobs import Job, Jobs
from tests.prometheus import parsed, value_of


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


async def test_when_a_job_last_ended_well_and_how_often_it_failed_is_told():
    turns = asyncio.Queue[bool]()

    async def work() -> None:
        if not await turns.get():
            raise RuntimeError("not this time")

    is_done = asyncio.Event()

    async def pause(_seconds: float) -> None:
        if jobs.well_at:
            is_done.set()

    jobs = Jobs([Job("work", timedelta(), work, pause), Job("rest", timedelta(), asyncio.Event().wait)])
    jobs.start()
    for is_well in (False, False, True):
        turns.put_nowait(is_well)
    await asyncio.wait_for(is_done.wait(), 10)
    await jobs.stop()
    samples = parsed(exposition(jobs.numbers(), service="map"))
    assert value_of(samples, "osiedle_job_failures_total", job_name="work") == 2
    assert value_of(samples, "osiedle_job_failures_total", job_name="rest") == 0
    [at] = [value for (name, _), value in samples.items() if name == "osiedle_job_last_success_timestamp_seconds"]
    assert abs(at - time.time()) < 60
