"""One run: kills a random one of all that takes part, again and again, lets it all drain, and compares the ledgers."""

import asyncio
import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from deploy.embedded_nats import EmbeddedNats
from shared.database import Database
from tests.chaos.database import MortalPostgres
from tests.chaos.ledgers import make_tables
from tests.chaos.nursery import Nursery
from tests.chaos.roles import ACKNOWLEDGED, ENOUGH, TOO_MUCH, Place
from tests.chaos.verdict import Verdict, count_effects, judge, read_ledgers, unfinished, unheard
from tests.system.bus.tiny import QUICK, Base

SQLITE, POSTGRESQL = "sqlite", "postgresql"
MEAN_PAUSE = {SQLITE: 0.35, POSTGRESQL: 0.6}
"""Seconds; PostgreSQL takes longer to come back, and in between there must be work to be interrupted."""
LONGEST_STILLSTAND = 60.0
"""A drain in which nothing moved for so long is stuck."""
MOST_UNHEARD = 400
KILLS_BETWEEN_RESTS, HEARD_IN_A_REST, LONGEST_REST = 10, 20, 20.0


@dataclass
class Run:
    """What is killed in one run, and how often it was."""

    place: Place
    server: EmbeddedNats
    nursery: Nursery
    postgres: MortalPostgres | None
    choice: random.Random
    children: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The role and process id of each child, by the name of its seat."""
    kills: Counter[str] = field(default_factory=Counter)
    ended_by_themselves: list[str] = field(default_factory=list)
    _killed_server: int | None = None

    def start_children(self) -> None:
        """Start a teller, a listener or two, and on SQLite one who holds write locks."""
        seats = {"teller": "teller", "listener": "listener"}
        seats |= {"second listener": "listener"} if self.postgres else {"database": "holder"}
        for seat, role in seats.items():
            self.children[seat] = role, self.nursery.start(role)

    async def kill_one(self) -> None:
        """Kill a random one of those that have come back from the last time, and start it again."""
        seats = [seat for seat in ("server", "database", *self.children) if self._is_back(seat)]
        if not seats:
            return
        seat = self.choice.choice(seats)
        if seat == "server":
            assert self.server.pid
            self._killed_server = self.server.pid
            os.kill(self._killed_server, signal.SIGKILL)
        elif seat in self.children:
            if seat == "teller" and self.choice.random() < 0.5:
                await self._somebody_is_answered()
            self._kill_child(seat)
        elif self.postgres:
            await self.postgres.kill(self.choice)
        self.kills[seat.removeprefix("second ")] += 1

    def _is_back(self, seat: str) -> bool:
        """Say whether it lives: a process that is killed before it has begun proves nothing."""
        if seat == "server":
            return self.server.is_ready and self.server.pid != self._killed_server
        if seat in self.children:
            return self.place.sign(*self.children[seat]).exists()
        return self.postgres is not None and self.postgres.is_back

    async def _somebody_is_answered(self) -> None:
        """Wait for the worst moment, at most half a second: a caller was answered just now."""
        ledger = self.place.data / ACKNOWLEDGED
        before = ledger.stat().st_size if ledger.exists() else 0
        for _ in range(500):
            if ledger.exists() and ledger.stat().st_size > before:
                return
            await asyncio.sleep(0.001)

    def _kill_child(self, seat: str) -> None:
        role, pid = self.children[seat]
        status = self.nursery.kill(pid)
        if status != -signal.SIGKILL:
            self.ended_by_themselves.append(f"{seat} ended with {status}: see {role}.log")
        self.children[seat] = role, self.nursery.start(role)


@dataclass(frozen=True)
class Result:
    """What one run came to."""

    line: str
    verdict: Verdict
    kills: int
    effects: int


async def run(kind: str, folder: Path, seed: int, *, kills: int, seconds: float) -> Result:
    """Kill until there were so many kills, or so many seconds have passed; then drain and compare."""
    began = time.monotonic()
    async with _everything(kind, folder, seed) as it:
        it.start_children()
        holding_back = asyncio.create_task(_hold_back_forever(it))
        while it.kills.total() < kills and time.monotonic() - began < seconds:
            # Mostly soon after the one before, so that many are away at once; sometimes after a life of work.
            await asyncio.sleep(it.choice.expovariate(1 / MEAN_PAUSE[kind]))
            await it.kill_one()
            if it.kills.total() % KILLS_BETWEEN_RESTS == 0:
                await _rest(it)
        holding_back.cancel()
        (folder / TOO_MUCH).unlink(missing_ok=True)
        verdict, counted, effects = await _drain_and_judge(it)
    by_role = ", ".join(f"{role} {number}" for role, number in sorted(it.kills.items()))
    minutes = (time.monotonic() - began) / 60
    line = f"{kind}: {it.kills.total()} kills ({by_role}), {counted}: {verdict}; {minutes:.1f} minutes, seed {seed}"
    return Result(line, verdict, it.kills.total(), effects)


async def _drain_and_judge(it: Run) -> tuple[Verdict, str, int]:
    (it.place.data / ENOUGH).touch()
    if it.postgres:
        await it.postgres.comes_back()
    await _drain(it)
    # Longer than the wait for an acknowledgement: what would come again comes now.
    await asyncio.sleep(QUICK.ack_wait * 1.5)
    ledgers = await asyncio.to_thread(read_ledgers, it.place, it.server.monitoring_url)
    verdict = judge(ledgers)
    verdict.stuck += it.ended_by_themselves
    again = sum(effect.again for effect in ledgers.effects)
    counted = (
        f"{len(ledgers.acknowledged)} calls answered, {len(ledgers.facts)} facts, {len(ledgers.effects)} effects "
        f"({again} of what may have come before)"
    )
    return verdict, counted, len(ledgers.effects)


async def _drain(it: Run) -> None:
    """Wait until nothing is left to do, or nothing moves any more."""
    left, moved_at = -1, time.monotonic()
    while left and time.monotonic() - moved_at < LONGEST_STILLSTAND:
        await asyncio.sleep(0.2)
        if it.server.is_ready:
            before, left = left, await asyncio.to_thread(unfinished, it.place, it.server.monitoring_url)
            moved_at = moved_at if left == before else time.monotonic()


async def _rest(it: Run) -> None:
    """Let something be heard before the next kills: where nothing is done, no kill interrupts anything."""
    enough, deadline = None, time.monotonic() + LONGEST_REST
    while time.monotonic() < deadline:
        with contextlib.suppress(DBAPIError):
            heard = await asyncio.to_thread(count_effects, it.place)
            enough = enough or heard + HEARD_IN_A_REST
            if heard >= enough:
                return
        await asyncio.sleep(0.1)


async def _hold_back_forever(it: Run) -> None:
    """Let callers wait while much is unheard: what is killed is of interest, not how fast this machine is."""
    sign = it.place.data / TOO_MUCH
    while True:
        await asyncio.sleep(1.0)
        with contextlib.suppress(DBAPIError):
            is_too_much = await asyncio.to_thread(unheard, it.place) > MOST_UNHEARD
            sign.touch() if is_too_much else sign.unlink(missing_ok=True)


@asynccontextmanager
async def _everything(kind: str, folder: Path, seed: int) -> AsyncIterator[Run]:
    """Start the servers and the nursery on an empty folder, with the tables made; end all of it."""
    postgres = MortalPostgres() if kind == POSTGRESQL else None
    server = EmbeddedNats(folder)
    nursery = None
    try:
        place = Place(folder)
        if postgres:
            await asyncio.to_thread(postgres.server.start)
            urls = [postgres.server.url(postgres.server.create(name=name)) for name in ("registry", "map")]
            place = Place(folder, *urls)
        for service in ("registry", "map"):
            make_tables(Database(place.url_of(service), Base.metadata, service))
        await server.start()
        nursery = Nursery(place)
        yield Run(place, server, nursery, postgres, random.Random(seed))
    finally:
        if nursery:
            nursery.close()
        await server.stop()
        if postgres:
            await postgres.stop()
