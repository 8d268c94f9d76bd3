"""A hundred random kills of server, teller and listener: what was acknowledged has exactly one effect."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from deploy.embedded_nats import EmbeddedNats
from tests.system.bus.eventually import eventually

KILLS = 100
ROOT = Path(__file__).resolve().parents[3]


class Victims:
    """The three processes, each started again after it was killed."""

    def __init__(self, data: Path, server: EmbeddedNats) -> None:
        self.data = data
        self.server = server
        self.processes = {role: self._start(role) for role in ("teller", "listener")}

    async def kill(self, role: str) -> None:
        """Kill one without warning, but not before it has come back from the last time."""
        if role == "server":
            while not self.server.is_ready:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            assert self.server.pid
            os.kill(self.server.pid, signal.SIGKILL)
            return
        sign = self.data / f"{role}.{self.processes[role].pid}.alive"
        while not sign.exists():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        self.processes[role].kill()
        self.processes[role].wait()
        self.processes[role] = self._start(role)

    def end(self) -> None:
        """End what still runs."""
        for process in self.processes.values():
            process.kill()
            process.wait()

    def _start(self, role: str) -> subprocess.Popen[bytes]:
        log = (self.data / f"{role}.log").open("ab")
        command = [sys.executable, "-m", "tests.system.bus.process", role, str(self.data)]
        with log:
            return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)


@pytest.mark.timeout(900)
async def test_a_hundred_kills_lose_and_double_nothing(tmp_path):
    seed = random.randrange(10**6)
    choice = random.Random(seed)
    server = EmbeddedNats(tmp_path)
    await server.start()
    victims = Victims(tmp_path, server)
    try:
        await asyncio.sleep(2)
        for _ in range(KILLS):
            await victims.kill(choice.choice(["server", "teller", "listener"]))
            await asyncio.sleep(choice.uniform(0.1, 1.2))
        (tmp_path / "enough").touch()
        await asyncio.sleep(1)
        acknowledged = set((tmp_path / "acknowledged").read_text().split())
        await eventually(lambda: _all_effects(tmp_path), 120)
    finally:
        victims.end()
        await server.stop()
    told, heard = _ids(tmp_path / "registry.sqlite", "told"), _ids(tmp_path / "map.sqlite", "heard")
    times = Counter(heard)
    print(f"seed {seed}: {KILLS} kills ({server.restarts} of the server), {len(acknowledged)} acknowledged")
    assert len(acknowledged) > KILLS
    assert acknowledged - set(told) == set(), "acknowledged and not committed"
    assert set(told) - set(times) == set(), "lost"
    assert {id: number for id, number in times.items() if number > 1} == {}, "doubled"
    assert set(times) - set(told) == set(), "heard and never told"
    assert _ids(tmp_path / "map.sqlite", "set_aside") == []


async def _all_effects(data):
    return set(_ids(data / "registry.sqlite", "told")) <= set(_ids(data / "map.sqlite", "heard"))


def _ids(file, table):
    connection = sqlite3.connect(file)
    try:
        return [id for (id,) in connection.execute(f"SELECT id FROM {table}")]
    finally:
        connection.close()
