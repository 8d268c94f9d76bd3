"""The heartbeat: each service says every few seconds that it is there, on core NATS, and hears the others say so."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg

from shared import clock
from shared.pace import Pace

log = logging.getLogger(__name__)

SUBJECT = "osiedle.status"
COUNT_SECONDS = 2.0
"""How long the database may take to say what waits; who waited longer would itself seem silent."""


class Heartbeat:
    """What this service says of itself, and what it last heard of each other one. Nothing of it is stored."""

    def __init__(
        self,
        service: str,
        pace: Pace,
        about: Callable[[], dict[str, Any]],
        figures: Callable[[], Awaitable[dict[str, Any]]],
    ) -> None:
        """Take what the service knows of itself at any time, and what its database counts."""
        self._service = service
        self._pace = pace
        self._about = about
        self._figures = figures
        self.services: dict[str, dict[str, Any]] = {}
        """By name: what the service said, with `heard_at` (RFC 3339, our clock)."""

    async def run(self, client: Client) -> None:
        """Speak and listen until cancelled."""
        await client.subscribe(f"{SUBJECT}.*", cb=self._on_heartbeat)
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            said = {"at": clock.now().isoformat(), **self._about(), **await self._counted()}
            await client.publish(f"{SUBJECT}.{self._service}", json.dumps(said).encode())
            await asyncio.sleep(max(0.0, self._pace.heartbeat - (loop.time() - began)))

    async def _counted(self) -> dict[str, Any]:
        """Count what waits, and so find out whether the database answers."""
        try:
            async with asyncio.timeout(min(self._pace.heartbeat, COUNT_SECONDS)):
                return {**await self._figures(), "database_answers": True}
        except Exception as error:
            log.warning("%s cannot count what waits: %r", self._service, error)
            return {"database_answers": False}

    async def _on_heartbeat(self, message: Msg) -> None:
        service = message.subject.rpartition(".")[2]
        try:
            said = json.loads(message.data)
        except ValueError:
            return
        if isinstance(said, dict) and len(self.services) < 100:
            self.services[service] = said | {"heard_at": clock.now().isoformat()}
