"""A bounded load on an installation: organisations, events and closures at an even pace, through every door there is.

Each is asked for until it is acknowledged, with the same key, as a client should; what was acknowledged is noted. An
event and the closure of the same number meet, so that its host must be alerted of it, once.
"""

import asyncio
import contextlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
from nats.aio.client import Client
from nats.errors import Error as NatsError

from shared.nkeys import sign_in
from tests.system.compose.installation import Installation

PARTNER = "water"
ANNOUNCED = "municipal.closure.announced.v1"
PATIENCE = 15.0
"""Seconds for one answer."""
PAUSE = 0.2
"""Seconds before it is asked again."""
LONGEST = 300.0
"""Seconds after which a load ends by itself."""
SECONDS_TO_END = 90.0
"""What was begun may take so long to be acknowledged at the end."""
SLOTS_A_DAY = 16
DAYS = 40
"""So many days each load has for itself: more than it can fill."""
REFUSED = frozenset({429, 502, 503, 504})
"""What asks to come again; any other refusal is a fault."""
PLACE = {"latitude": 50.0885, "longitude": 19.9189}


@dataclass(frozen=True)
class Target:
    """Whom the load asks: what stands there before, and what lets it in."""

    town: Installation
    organisation: str
    venue: str
    key: str
    creds: str
    bus_port: int
    trusted: Any
    """The TLS context that trusts the bus."""


@dataclass
class Ledger:
    """What one load asked for and what was acknowledged, by door; names are its own and come once."""

    name: str
    asked: dict[str, set[str]] = field(default_factory=dict)
    acknowledged: dict[str, dict[str, str]] = field(default_factory=dict)
    """By door, the id of each name."""
    refusals: Counter[str] = field(default_factory=Counter)
    """By status, or the kind of error where there was no answer."""
    faults: list[str] = field(default_factory=list)
    """Answers that no client can do anything about."""
    answered_at: dict[str, list[float]] = field(default_factory=dict)

    def longest_wait(self, *doors: str) -> float:
        """Give the longest time (s) in which a door acknowledged nothing."""
        waits = (after - before for door in doors for before, after in pairwise(self.answered_at[door]))
        return max(waits, default=0.0)

    def answered_between(self, door: str, begin: float, end: float) -> int:
        """Count what a door acknowledged in this time (monotonic seconds)."""
        return sum(begin <= at <= end for at in self.answered_at[door])


class Load:
    """Four writers at an even pace, each in a thread of its own; `number` keeps the days of loads apart."""

    def __init__(self, target: Target, number: int) -> None:
        self.target = target
        self.ledger = Ledger(f"load{number}")
        today = datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0)
        self.first = today + timedelta(days=10 + number * DAYS)
        self.ending = threading.Event()
        doors: dict[str, tuple[float, Callable[[str, int], Any]]] = {
            "organisation": (0.3, self._organisation),
            "event": (0.5, self._event),
            "closure": (1.0, self._closure),
        }
        self.token = ""
        self.threads = []
        for door, (pace, body) in doors.items():
            self._open(door)
            self.threads.append(threading.Thread(target=self._write, args=(door, pace, body), name=f"load-{door}"))
        self._open("announcement")
        self.threads.append(threading.Thread(target=lambda: asyncio.run(self._submit(1.0)), name="load-tls"))

    def _open(self, door: str) -> None:
        self.ledger.asked[door], self.ledger.acknowledged[door], self.ledger.answered_at[door] = set(), {}, []

    def __enter__(self) -> "Load":
        self.target.town.forget_token()  # later the registry may not be there to make one
        self.token = self.target.town.token
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let each writer finish what it has begun."""
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def goes_on(self, seconds: float) -> None:
        """Let it write for so long."""
        time.sleep(seconds)

    def _numbers(self, pace: float) -> Iterator[int]:
        """Number what is to be written, each when it is due."""
        due, end = time.monotonic(), time.monotonic() + LONGEST
        number = 0
        while not self.ending.wait(max(0.0, due - time.monotonic())) and time.monotonic() < end:
            yield number
            number += 1
            due = max(due + pace, time.monotonic())

    def _write(self, door: str, pace: float, body: Callable[[str, int], Any]) -> None:
        # no connection is kept: the other end may be killed at any time
        with httpx.Client(timeout=PATIENCE, limits=httpx.Limits(max_keepalive_connections=0)) as http:
            for number in self._numbers(pace):
                name = f"{self.ledger.name}-{door}-{number}"
                path, content, headers = body(name, number)
                self.ledger.asked[door].add(name)
                for _ in self._tries(door, name):
                    try:
                        answer = http.post(f"{self.target.town.address}{path}", json=content, headers=headers)
                    except httpx.HTTPError as error:
                        self.ledger.refusals[type(error).__name__] += 1
                        continue
                    if answer.status_code in REFUSED:
                        self.ledger.refusals[str(answer.status_code)] += 1
                        continue
                    if answer.is_success:
                        self._note(door, name, answer.json()["id"])
                    else:
                        self.ledger.faults.append(f"{name}: {answer.status_code} {answer.text[:300]}")
                    break

    def _tries(self, door: str, name: str) -> Iterator[None]:
        """Try until whoever asks is content, with pauses; soon after the end it is given up, which is a fault."""
        give_up: float | None = None
        while give_up is None or time.monotonic() < give_up:
            yield
            time.sleep(PAUSE)
            if give_up is None and self.ending.is_set():
                give_up = time.monotonic() + SECONDS_TO_END
        self.ledger.faults.append(f"{name}: not acknowledged {SECONDS_TO_END:.0f} s after the end, at {door}")

    def _note(self, door: str, name: str, id: str) -> None:
        self.ledger.acknowledged[door][name] = id
        self.ledger.answered_at[door].append(time.monotonic())

    def _signed(self, name: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Idempotency-Key": name, "Accept-Language": "en"}

    def _organisation(self, name: str, _: int) -> Any:
        return "/registry/api/v1/organisations", {"name": name, "kind": "ngo"}, self._signed(name)

    def _event(self, name: str, number: int) -> Any:
        body = {
            "title": name,
            "zone": "Europe/Warsaw",
            **self._slot(number),
            "host_ids": [self.target.organisation],
            "venue_id": self.target.venue,
        }
        return "/calendar/api/v1/events", body, self._signed(name)

    def _closure(self, name: str, number: int) -> Any:
        headers = _envelope(name) | {"Authorization": f"Bearer {self.target.key}"}
        return f"/calendar/api/v1/municipal/{PARTNER}/messages", self._announced(name, 2 * number), headers

    def _announced(self, name: str, slot: int) -> dict[str, Any]:
        return {"id": name, "title": {"pl": name, "en": name}, **self._slot(slot), **PLACE, "radius_m": 50}

    def _slot(self, number: int) -> dict[str, str]:
        """Say three quarters of an hour that no other number has, nor another load."""
        day, hour = divmod(number, SLOTS_A_DAY)
        at = self.first + timedelta(days=day, hours=hour)
        return {"starts_at": at.isoformat(), "ends_at": (at + timedelta(minutes=45)).isoformat()}

    async def _submit(self, pace: float) -> None:
        """Announce closures over the TLS listener, with a new connection after each failure."""
        door, client = "announcement", Client()
        for number in self._numbers(pace):
            name = f"{self.ledger.name}-{door}-{number}"
            body = json.dumps(self._announced(name, 2 * number + 1)).encode()
            self.ledger.asked[door].add(name)
            for _ in self._tries(door, name):
                try:
                    if not client.is_connected:
                        client = await self._connected()
                    subject = f"municipal.{PARTNER}.submit"
                    answer = await client.request(subject, body, headers=_envelope(name), timeout=5)
                except (NatsError, OSError, TimeoutError) as error:
                    self.ledger.refusals[type(error).__name__] += 1
                    await _leave(client)
                    continue
                told = json.loads(answer.data)
                if told.get("status") in REFUSED:
                    self.ledger.refusals[str(told["status"])] += 1
                    continue
                if told.get("status") in ("accepted", "duplicate"):
                    self._note(door, name, told["id"])
                else:
                    self.ledger.faults.append(f"{name}: {told}")
                break
        await _leave(client)

    async def _connected(self) -> Client:
        client, login = Client(), dict[str, Any](sign_in(self.target.creds))
        try:
            await client.connect(
                f"nats://localhost:{self.target.bus_port}",
                **login,
                tls=self.target.trusted,
                allow_reconnect=False,
                max_reconnect_attempts=1,
                connect_timeout=10,
                error_cb=_heard,
            )
        except BaseException:
            await _leave(client)
            raise
        return client


def _envelope(name: str) -> dict[str, str]:
    return {"ce-specversion": "1.0", "ce-id": name, "ce-type": ANNOUNCED}


async def _heard(error: Exception) -> None:
    """Leave it to whoever asks: the next try says the same."""


async def _leave(client: Client) -> None:
    with contextlib.suppress(NatsError, OSError, TimeoutError):
        async with asyncio.timeout(3):
            await client.close()
