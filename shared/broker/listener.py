"""The listener on one stream: what is pulled goes into lanes and through the pipeline, and is answered at the end."""

import asyncio
import json
import logging
from datetime import UTC

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig

from shared import clock
from shared.broker.lanes import Lanes
from shared.broker.pipeline import Delivery, Pipeline
from shared.broker.pull import Pull
from shared.envelope import attributes
from shared.pace import Pace

log = logging.getLogger(__name__)

ACK, IN_PROGRESS = b"+ACK", b"+WPI"
NANOSECONDS = 1_000_000_000
MOST_OWED = 10_000


class Listener:
    """Hears one stream through connections that come and go; what is in hand outlives them."""

    def __init__(self, stream: str, durable: ConsumerConfig, pipeline: Pipeline, pace: Pace) -> None:
        self.stream = stream
        self.durable = durable
        self._pipeline = pipeline
        self._pace = pace
        self._lanes: Lanes[Msg] = Lanes(pace.lanes, self._handle)
        self._client: Client | None = None
        self._pull: Pull | None = None
        self._in_hand: dict[str, Msg] = {}
        self._owed: dict[str, bytes] = {}
        self._is_stopping = False

    def start(self) -> None:
        """Start the lanes."""
        self._lanes.start()

    async def run(self, client: Client) -> None:
        """Hear over this connection until it ends or this is cancelled."""
        self._client = client
        try:
            for reply, answer in list(self._owed.items()):
                await client.publish(reply, answer)
            self._owed.clear()
            self._pull = Pull(
                client, self.stream, self._pipeline.service, room=self._room, take=self._take, pace=self._pace
            )
            keeper = asyncio.create_task(self._keep_alive(client))
            try:
                await self._pull.run()
            finally:
                keeper.cancel()
        finally:
            self._client = self._pull = None

    async def stop(self) -> None:
        """Finish what is being handled and give back what is not started."""
        self._is_stopping = True
        for message in await self._lanes.stop(self._pace.finish):
            await self._answer(message, _not_now(0.1))

    def _room(self) -> int:
        return 0 if self._is_stopping else self._pace.in_flight - len(self._in_hand)

    def _take(self, message: Msg) -> None:
        if self._is_stopping or message.reply in self._in_hand:
            return
        self._in_hand[message.reply] = message
        self._lanes.put(_partition_key(message), message)

    async def _handle(self, message: Msg) -> None:
        try:
            delay = await self._pipeline.receive(_delivery(self.stream, message))
            await self._answer(message, ACK if delay is None else _not_now(delay))
        finally:
            self._in_hand.pop(message.reply, None)
            if self._pull is not None:
                self._pull.more_room()

    async def _answer(self, message: Msg, answer: bytes) -> None:
        """Answer on the present connection; without one the answer is owed, and a repeat in between has no effect."""
        if self._client is not None and self._client.is_connected:
            await self._client.publish(message.reply, answer)
        elif len(self._owed) < MOST_OWED:
            self._owed[message.reply] = answer

    async def _keep_alive(self, client: Client) -> None:
        """Tell the server that what is in hand is being worked on, so that it is not delivered again meanwhile."""
        while True:
            await asyncio.sleep(self._pace.ack_wait / 3)
            for reply in list(self._in_hand):
                await client.publish(reply, IN_PROGRESS)


def _not_now(seconds: float) -> bytes:
    return b"-NAK " + json.dumps({"delay": int(seconds * NANOSECONDS)}).encode()


def _partition_key(message: Msg) -> str:
    """Give the aggregate that a message speaks of; the last part of its subject when the headers do not say."""
    return attributes(message.headers or {}).get("partitionkey") or message.subject.rpartition(".")[2]


def _delivery(stream: str, message: Msg) -> Delivery:
    """Take what we need from a NATS message; a `reply_to` header never gets further than here."""
    metadata = message.metadata
    return Delivery(
        stream=stream,
        subject=message.subject,
        headers={name: value for name, value in (message.headers or {}).items() if name.lower() != "reply_to"},
        body=message.data,
        sequence=metadata.sequence.stream,
        attempt=metadata.num_delivered or 1,
        stored_at=metadata.timestamp.replace(tzinfo=UTC) if metadata.timestamp else clock.now(),
    )
