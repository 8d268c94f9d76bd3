"""Our own continuous pull from one durable consumer: the next request is out before the last one is used up.

nats-py's `fetch(batch>1)` stalls up to its timeout, and FastStream's loop around it stops when reconnects are used up;
here each connection has a pull of its own, ended with it. The protocol is that of NATS ADR-13 and ADR-37.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable

from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.pace import Pace

log = logging.getLogger(__name__)

NANOSECONDS = 1_000_000_000
HEARTBEAT, NO_CONTENT, TIMED_OUT, CONFLICT, NOBODY = "100", "404", "408", "409", "503"


class Pull:
    """Asks one consumer for as many messages as there is room for, for as long as the connection lives."""

    def __init__(
        self,
        client: Client,
        stream: str,
        durable: str,
        *,
        room: Callable[[], int],
        take: Callable[[Msg], None],
        pace: Pace,
    ) -> None:
        """`room()` says how many more messages may come; `take(message)` gets each one and must not block."""
        self._client = client
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}"
        self._inbox = client.new_inbox()
        self._room = room
        self._take = take
        self._pace = pace
        self._open: dict[int, int] = {}
        self._number = 0
        self._heard_at = 0.0
        self._gone = ""
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Pull until cancelled; raises `ConnectionError` when the server fell silent or the consumer is gone."""
        subscription = await self._client.subscribe(f"{self._inbox}.*", cb=self._on_message, pending_msgs_limit=0)
        self._heard_at = _now()
        try:
            while True:
                await self._ask()
                self._wake.clear()
                with contextlib.suppress(TimeoutError):
                    # Not wait_for: in Python 3.11 it swallows a cancellation that comes at the same moment.
                    async with asyncio.timeout(self._pace.pull_heartbeat):
                        await self._wake.wait()
                self._check()
        finally:
            if not self._client.is_closed:
                await subscription.unsubscribe()

    def more_room(self) -> None:
        """Say that a message is done, so that another may come."""
        if self._outstanding() * 2 <= self._room():
            self._wake.set()

    def _outstanding(self) -> int:
        return sum(self._open.values())

    async def _ask(self) -> None:
        """Send another request when half of what fits is not yet asked for."""
        wanted = self._room() - self._outstanding()
        if wanted <= 0 or wanted * 2 < self._room():
            return
        self._number += 1
        self._open[self._number] = wanted
        request = {
            "batch": wanted,
            "expires": int(self._pace.pull_expires * NANOSECONDS),
            "idle_heartbeat": int(self._pace.pull_heartbeat * NANOSECONDS),
        }
        await self._client.publish(self._subject, json.dumps(request).encode(), reply=f"{self._inbox}.{self._number}")

    async def _on_message(self, message: Msg) -> None:
        self._heard_at = _now()
        status = (message.headers or {}).get("Status")
        if status is None or message.reply:
            self._count_one()
            self._take(message)
        elif status != HEARTBEAT:
            self._end_request(message, status)
        self._wake.set()

    def _count_one(self) -> None:
        """The server fills the oldest request first."""
        for number in self._open:
            self._open[number] -= 1
            if self._open[number] == 0:
                del self._open[number]
            return

    def _end_request(self, message: Msg, status: str) -> None:
        number = int(message.subject.rpartition(".")[2])
        self._open.pop(number, None)
        description = (message.headers or {}).get("Description", "")
        if status == NOBODY or (status == CONFLICT and "Deleted" in description):
            self._gone = f"the consumer is gone ({status} {description})"
        elif status not in (TIMED_OUT, NO_CONTENT):
            log.info("%s ended a request: %s %s", self._subject, status, description)

    def _check(self) -> None:
        if self._gone:
            raise ConnectionError(self._gone)
        if self._open and _now() - self._heard_at > 2.5 * self._pace.pull_heartbeat:
            raise ConnectionError(f"nothing was heard on {self._subject}, not even a heartbeat")


def _now() -> float:
    return asyncio.get_running_loop().time()
