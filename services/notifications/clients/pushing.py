"""Other networks, by apprise, in a process of its own for each message; or a console twin that sends nothing."""

import asyncio
import contextlib
import json
import logging
import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

from services.notifications.settings import Settings

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[3]
CHILD = "services.notifications.clients.pushing_once"
TOO_LONG = "it took too long"
KEPT_ENVIRONMENT = ("PATH", "LANG", "TZ", "PYTHONPATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "SYSTEMROOT")
"""Nothing else of ours is the child's business; above all no proxy, which would reach what we may not."""
Fault = Literal["unknown", "inside", "absent"]
"""Apprise does not understand the address, its host stands inside the network, or apprise is not installed."""
FAULTS: tuple[Fault, ...] = get_args(Fault)


class Pushers(Protocol):
    """A way to reach addresses of other networks."""

    async def fault_of(self, url: str) -> Fault | None:
        """Say whether an address can be used at all; nothing is sent."""

    async def send(self, url: str, title: str, text: str) -> str | None:
        """Send one message; gives what went wrong, in words without the address, or none. Never raises for it."""


def chosen(settings: Settings) -> Pushers:
    """Give the way that the operator chose."""
    if settings.apprise == "send":
        return ApprisePushers(allowed=settings.inner_hosts, seconds=settings.apprise_seconds)
    return ConsolePushers()


class ConsolePushers:
    """Sends nothing, and logs that there was something to send."""

    async def fault_of(self, url: str) -> Fault | None:
        """Take every address."""
        return None

    async def send(self, url: str, title: str, text: str) -> str | None:
        """Log that a message would have left; the log holds nothing of it but the scheme."""
        log.info("a message to a %s address was not sent", url.partition(":")[0])
        return None


class ApprisePushers:
    """Starts `pushing_once` for each message, where every connection is looked at when it is made.

    `allowed` are hosts of the operator's own that may stand inside the network.
    """

    def __init__(self, *, allowed: Collection[str] = (), seconds: float = 30.0) -> None:
        self.allowed, self.seconds = tuple(allowed), seconds

    async def fault_of(self, url: str) -> Fault | None:
        """See whether apprise understands an address and its host may be reached."""
        said = (await self._run({"url": url, "check": True})).get("fault")
        return next((fault for fault in FAULTS if fault == said), None)

    async def send(self, url: str, title: str, text: str) -> str | None:
        """Send one message by apprise."""
        said = await self._run({"url": url, "title": title, "text": text})
        return None if said.get("ok") else str(said.get("error", "it was not taken"))[:200]

    async def _run(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Ask the child, by its standard input: arguments and the environment can be read by others."""
        environment = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            CHILD,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=ROOT,
            env=environment,
        )
        body = json.dumps({**asked, "allowed": self.allowed}).encode()
        try:
            async with asyncio.timeout(self.seconds):
                told, _ = await child.communicate(body)
        except TimeoutError:
            return {"error": TOO_LONG}
        finally:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        try:
            said = json.loads(told)
        except ValueError:
            return {"error": f"apprise ended with {child.returncode}"}
        return said if isinstance(said, dict) else {}
