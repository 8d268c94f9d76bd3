"""What is killed: the teller with its relay, the listener, and, on SQLite, who holds a database's write lock."""

import asyncio
import contextlib
import os
import random
import sqlite3
import time
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from shared.database import Database
from shared.identifiers import new_id
from shared.messages.registry import ProblemNamed
from shared.problems import Busy
from tests.chaos.ledgers import AGGREGATES, delivery, hear, say
from tests.system.bus.tiny import QUICK, tiny

CALLERS = 12
LONGEST_HOLD = 1.0
MEAN_DELAY = 0.02
PATIENT = replace(QUICK, attempts=1000)
"""Kills come by the second here: a message that is in hand at eight of them would be set aside, as it should be."""
ACKNOWLEDGED, ENOUGH, TOO_MUCH = "acknowledged", "enough", "too-much"


@dataclass(frozen=True)
class Place:
    """Where a run has its files and databases; no URLs on SQLite."""

    data: Path
    registry_url: str | None = None
    map_url: str | None = None

    def url_of(self, service: str) -> str:
        """Name the database of a service."""
        url = {"registry": self.registry_url, "map": self.map_url}[service]
        return url or f"sqlite:///{self.data}/{service}.sqlite"

    def sign(self, role: str, pid: int) -> Path:
        """Name the file that says that a process lives."""
        return self.data / f"{role}.{pid}.alive"


async def be_teller(place: Place) -> None:
    """Commit facts as fast as a few callers can, and note each call that was answered to its caller."""
    teller = tiny("registry", place.data, place.registry_url)
    _slow_down(teller.database)
    await teller.database.start()
    await teller.bus.start()
    ledger = os.open(place.data / ACKNOWLEDGED, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def go_on() -> None:
        while not (place.data / ENOUGH).exists():
            while (place.data / TOO_MUCH).exists():  # noqa: ASYNC110 — another process makes it
                await asyncio.sleep(0.2)
            call, ids = new_id(), random.sample(AGGREGATES, random.choice((1, 1, 1, 2)))
            # Refused, or the answer was lost with the database: the caller does not know, and calls no second time.
            with contextlib.suppress(Busy, DBAPIError):
                await teller.database.write(say, call, ids)
                os.write(ledger, f"{call}\n".encode())
            await asyncio.sleep(random.uniform(0.0, 0.1))

    _say_alive(place, "teller")
    await asyncio.gather(*(go_on() for _ in range(CALLERS)))
    await asyncio.Event().wait()


async def be_listener(place: Place) -> None:
    """Write down what is heard."""
    listener = tiny("map", place.data, place.map_url, pace=PATIENT)
    listener.bus.hears(ProblemNamed, hear)
    take_in = listener.bus.pipeline.take_in

    async def noted(came, *more):
        delivery.set(came)
        return await take_in(came, *more)

    listener.bus.pipeline.take_in = noted  # type: ignore[method-assign]
    _slow_down(listener.database)
    await listener.database.start()
    await listener.bus.start()
    _say_alive(place, "listener")
    await asyncio.Event().wait()


async def be_holder(place: Place) -> None:
    """Hold the write lock of one SQLite file after the other, in the middle of a transaction that never commits."""
    _say_alive(place, "holder")
    never = {
        "registry": "INSERT INTO chaos_fact (call, \"of\", id, version) VALUES ('never', 1, 'never', 0)",
        "map": "INSERT INTO chaos_effect (id, version, sequence, again) VALUES ('never', 0, 0, 0)",
    }
    while not (place.data / ENOUGH).exists():
        service = random.choice(list(never))
        connection = sqlite3.connect(place.data / f"{service}.sqlite", isolation_level=None, timeout=10)
        with contextlib.closing(connection), contextlib.suppress(sqlite3.OperationalError):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(never[service])
            await asyncio.sleep(random.uniform(0, LONGEST_HOLD))
            connection.execute("ROLLBACK")
        await asyncio.sleep(random.uniform(0, 0.5))
    await asyncio.Event().wait()


ROLES = {"teller": be_teller, "listener": be_listener, "holder": be_holder}


def _slow_down(database: Database) -> None:
    """Let each COMMIT begin a moment later, as on a slow disk: what is done too early before it is seen more often."""
    event.listen(database.engine, "commit", lambda _: time.sleep(random.expovariate(1 / MEAN_DELAY)))


def _say_alive(place: Place, role: str) -> None:
    """Leave a sign that the imports are done and the service is started; who is killed before has not lived."""
    place.sign(role, os.getpid()).touch()
