"""A teller that kills itself between two steps: `python -m tests.system.bus.failing POINT DATA URL`.

Wraps what one tiny service's objects do; nothing of it is in the product. In DATA it leaves `asked` (every fact it
tried to commit) and `answered` (every fact whose COMMIT its caller was told of).
"""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

from sqlalchemy import event

from shared import envelope, outbox
from shared.identifiers import new_id
from shared.messages.registry import ProblemNamed
from tests.system.bus.tiny import Tiny, Told, tiny

CALLERS = 4
BEFORE = 12
"""So many facts are answered before the point kills."""


class Point:
    """Kills the process, once it is armed."""

    def __init__(self) -> None:
        self.is_armed = False
        self.is_telling = False
        """Whether a fact is being committed, and not a mark."""

    def reached(self) -> None:
        """Die here if it is time."""
        if self.is_armed:
            os.kill(os.getpid(), signal.SIGKILL)


def before_commit(teller: Tiny, point: Point) -> None:
    """Every savepoint is released and the outer COMMIT is not yet done; a hasty relay has time to publish."""

    @event.listens_for(teller.database.engine, "commit")
    def on_commit(_connection):
        if point.is_armed and point.is_telling:
            time.sleep(0.5)
            point.reached()


def after_commit(teller: Tiny, point: Point) -> None:
    """The outer COMMIT returned; neither relay nor callers know."""
    answer = teller.database._answer

    def dying(units, rows):
        if rows:
            point.reached()
        answer(units, rows)

    teller.database._answer = dying  # type: ignore[method-assign]


def before_publish(teller: Tiny, point: Point) -> None:
    """The relay has the rows in its hand."""
    teller.bus.relay._publish = _dying_before(teller.bus.relay._publish, point)  # type: ignore[method-assign]


def before_acknowledgement(teller: Tiny, point: Point) -> None:
    """The server has the message, its answer is not read."""
    publish = teller.bus.relay._publish

    async def dying(jetstream, row):
        if point.is_armed:
            headers, client = envelope.encoded(dict(row.headers)), jetstream._nc
            await client.publish(row.subject, row.body, reply=client.new_inbox(), headers=headers)
            await client.flush()
            point.reached()
        return await publish(jetstream, row)

    teller.bus.relay._publish = dying  # type: ignore[method-assign]


def before_mark(teller: Tiny, point: Point) -> None:
    """The server acknowledged, and nothing of it is written down."""
    relay = teller.bus.relay
    mark = relay._mark

    async def dying():
        if relay._unmarked:
            point.reached()
        await mark()

    relay._mark = dying  # type: ignore[method-assign]


def inside_mark(teller: Tiny, point: Point) -> None:
    """The mark is written and not committed."""

    @event.listens_for(teller.database.engine, "commit")
    def on_commit(_connection):
        if not point.is_telling and teller.bus.relay._marking.locked():
            point.reached()


POINTS = {
    function.__name__: function
    for function in (before_commit, after_commit, before_publish, before_acknowledgement, before_mark, inside_mark)
}


async def main(name: str, data: Path, url: str) -> None:
    """Commit facts until the point kills."""
    teller, point = tiny("registry", data, url), Point()
    POINTS[name](teller, point)
    await teller.start()
    while not teller.bus.is_connected:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    asked, answered = (os.open(data / file, os.O_WRONLY | os.O_APPEND | os.O_CREAT) for file in ("asked", "answered"))
    number = 0

    def commit(session, id):
        point.is_telling = True
        session.add(Told(id=id))
        outbox.publish(session, ProblemNamed(id=id, version=1, title="x", url="/registry/problems"))

    async def go_on():
        nonlocal number
        while True:
            id = new_id()
            os.write(asked, f"{id}\n".encode())
            await teller.database.write(commit, id)
            point.is_telling = False
            os.write(answered, f"{id}\n".encode())
            number += 1
            point.is_armed = number >= BEFORE
            await asyncio.sleep(0.05)

    await asyncio.wait_for(asyncio.gather(*(go_on() for _ in range(CALLERS))), 90)


def _dying_before(call, point):
    async def dying(*args):
        point.reached()
        return await call(*args)

    return dying


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
