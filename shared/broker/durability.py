"""Whether the NATS server writes to its disk before it acknowledges: asked where it tells how it is (`/varz`).

By default it writes up to two minutes after: a power failure then loses what was acknowledged (nats-server#7564).
"""

import asyncio
import json
import logging
import ssl
from collections.abc import Callable
from contextlib import closing
from functools import cache
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Literal
from urllib.parse import urlsplit

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
        config = (await asyncio.to_thread(_varz, address))["jetstream"]["config"]
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return "unknown"
    return "always" if config.get("sync_always") is True else "not always"


def _varz(address: str) -> Any:
    """Fetch what a server tells of itself; raises `OSError`, `HTTPException`, `ValueError`.

    By the standard library: an HTTP client of our own would be loaded for this in services that fetch nothing else.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("this is no address")
    if parts.scheme == "https":
        connection: HTTPConnection = HTTPSConnection(parts.hostname, parts.port, timeout=SECONDS, context=_trusted())
    else:
        connection = HTTPConnection(parts.hostname, parts.port, timeout=SECONDS)
    with closing(connection):
        connection.request("GET", f"{parts.path}/varz")
        answer = connection.getresponse()
        if answer.status != HTTPStatus.OK:
            raise HTTPException(answer.status)
        return json.load(answer)


@cache
def _trusted() -> ssl.SSLContext:
    """Read whom the machine trusts once: each reading takes some forty milliseconds."""
    return ssl.create_default_context()
