"""A process killed between every two steps of telling: what was answered is told once, what was not committed never."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from shared.messages.registry import ProblemNamed
from tests.system.bus.eventually import eventually
from tests.system.bus.failing import POINTS
from tests.system.bus.tiny import Heard, Outbox, Told, hear

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("point", POINTS)
async def test_a_kill_between_two_steps(nats_server, database_url, make, tmp_path, point):
    """Each point with the naive change that it finds.

    before_commit: rows handed over at `after_commit` of the unit's session, which fires when its savepoint is released:
    what is told was never committed. after_commit, before_publish: a relay that lives from memory and does not read the
    table when it starts: lost. before_acknowledgement, before_mark, inside_mark: marking before publishing, or an
    outbox row that goes out under a new id: lost, or twice in the stream.
    """
    listener = make("map")
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await _kill(point, tmp_path, database_url)
    teller = make("registry", url=database_url)
    told, waiting = await teller.database.read(_told), await teller.database.read(_waiting)
    asked, answered = (set((tmp_path / file).read_text().split()) for file in ("asked", "answered"))
    assert answered <= told <= asked
    await asyncio.sleep(0.5)
    early = {id for id, _ in await listener.heard()}
    assert early <= told, "told and never committed"
    if point == "before_commit":  # it was killed where the point says
        assert asked - told
    elif point == "after_commit":
        assert told - answered
    elif point == "before_publish":
        assert waiting - early
    else:
        await eventually(lambda: _has_any(listener, waiting))
    await teller.start()
    await eventually(lambda: _nothing_waits(teller), 40)
    await eventually(lambda: _has(listener, len(told)), 40)
    assert sorted(id for id, _ in await listener.heard()) == sorted(told)
    assert listener.bus.pipeline.repeated == 0, "the stream has something twice"


async def _kill(point, data, url):
    command = [sys.executable, "-m", "tests.system.bus.failing", point, str(data), url]
    with (data / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=log, stderr=log)
    try:
        code = await asyncio.wait_for(process.wait(), 120)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert code == -signal.SIGKILL, (data / "log").read_text()


def _told(session):
    return set(session.scalars(select(Told.id)))


def _waiting(session):
    headers = session.scalars(select(Outbox.headers).where(Outbox.published_at.is_(None)))
    return {one["ce-subject"] for one in headers}


async def _nothing_waits(teller):
    return not await teller.database.read(_waiting)


async def _has_any(listener, ids):
    return ids & {id for id, _ in await listener.heard()}


async def _has(listener, number):
    return await listener.count(Heard) >= number
