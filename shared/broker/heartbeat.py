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


class Heartbeat:
    """What this service says of itself, and what it last heard of each other one. Nothing of it is stored."""

    def __init__(self, service: str, pace: Pace, figures: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        self._service = service
        self._pace = pace
        self._figures = figures
        self.services: dict[str, dict[str, Any]] = {}
        """By name: what the service said, with `heard_at` (RFC 3339, our clock)."""

    async def run(self, client: Client) -> None:
        """Speak and listen until cancelled."""
        await client.subscribe(f"{SUBJECT}.*", cb=self._on_heartbeat)
        while True:
            try:
                async with asyncio.timeout(self._pace.heartbeat):
                    figures = await self._figures()
            except Exception as error:
                log.warning("%s cannot count what waits: %r", self._service, error)
                figures = {}
            body = json.dumps({"at": clock.now().isoformat(), **figures}).encode()
            await client.publish(f"{SUBJECT}.{self._service}", body)
            await asyncio.sleep(self._pace.heartbeat)

    async def _on_heartbeat(self, message: Msg) -> None:
        service = message.subject.rpartition(".")[2]
        try:
            said = json.loads(message.data)
        except ValueError:
            return
        if isinstance(said, dict) and len(self.services) < 100:
            self.services[service] = said | {"heard_at": clock.now().isoformat()}
