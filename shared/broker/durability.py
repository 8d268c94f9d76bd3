"""Whether the NATS server writes to its disk before it acknowledges: asked where it tells how it is (`/varz`).

By default it writes up to two minutes after: a power failure then loses what was acknowledged (nats-server#7564).
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from functools import cache
from typing import Literal

import httpx

log = logging.getLogger(__name__)

Sync = Literal["always", "not always", "unknown"]

SECONDS = 2.0
EVERY, AGAIN = 60.0, 5.0
NOT_ALWAYS = (
    "The NATS server acknowledges before it has written to its disk: set `sync_interval: always` in the jetstream "
    "part of its configuration and start it again."
)


class Durability:
    """What the server last said of itself."""

    def __init__(self, address: Callable[[], str | None]) -> None:
        """Take what names the monitoring address; it is asked each time, for an embedded server moves."""
        self._address = address
        self.sync: Sync = "unknown"

    @property
    def problem(self) -> str | None:
        """Say what to do when what is acknowledged may be lost."""
        return NOT_ALWAYS if self.sync == "not always" else None

    async def run(self) -> None:
        """Ask now and then until cancelled."""
        while True:
            before, self.sync = self.sync, await sync_of(self._address())
            if self.problem and self.sync != before:
                log.error(self.problem)
            await asyncio.sleep(AGAIN if self.sync == "unknown" else EVERY)


async def sync_of(address: str | None) -> Sync:
    """Ask the server at this monitoring address (`http://…:8222`); `unknown` when there is none or it does not say."""
    if address is None:
        return "unknown"
    try:
        async with httpx.AsyncClient(timeout=SECONDS, trust_env=False, verify=_trusted()) as client:
            answer = await client.get(f"{address}/varz")
            config = answer.raise_for_status().json()["jetstream"]["config"]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
        return "unknown"
    return "always" if config.get("sync_always") is True else "not always"


@cache
def _trusted() -> ssl.SSLContext:
    """Read whom the machine trusts once: each reading stops the loop for some forty milliseconds."""
    return httpx.create_ssl_context(trust_env=False)
