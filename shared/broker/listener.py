"""The listener on one stream: what is pulled goes into lanes and through the pipeline, and is answered at the end."""

import asyncio
import contextlib
import json
import logging
from datetime import UTC

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig

from shared import clock
from shared.broker.beginning import begin_again
from shared.broker.lanes import Lanes
from shared.broker.parts import end_all
from shared.broker.pipeline import Delivery, Pipeline
from shared.broker.pull import Pull
from shared.broker.turn import TurnOver
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
        self._lanes: Lanes[int] = Lanes(pace.lanes, self._handle)
        self._client: Client | None = None
        self._pull: Pull | None = None
        self._in_hand: dict[int, tuple[Msg, int]] = {}
        """By place in the stream, as it was delivered last, and in which turn: what comes again is handled once."""
        self._owed: dict[str, bytes] = {}
        self._delivered_before = self._turn = 0
        self._is_stopping = False

    def start(self) -> None:
        """Start the lanes."""
        self._lanes.start()

    async def run(self, client: Client) -> None:
        """Hear over this connection, whenever it is our turn, until it ends or this is cancelled."""
        self._client = client
        keeper = asyncio.create_task(self._keep_alive(client))
        try:
            for reply, answer in list(self._owed.items()):
                await client.publish(reply, answer)
            self._owed.clear()
            while True:
                self._turn = await self._pipeline.turn.begins()
                self._delivered_before = await begin_again(client, self.stream, self._pipeline.service)
                await self._hear(client)
        finally:
            self._client = None
            await end_all([keeper])

    async def _hear(self, client: Client) -> None:
        """Pull until our turn is over; raises what ends the pull."""
        self._pull = Pull(
            client, self.stream, self._pipeline.service, room=self._room, take=self._take, pace=self._pace
        )
        pulling = asyncio.create_task(self._pull.run())
        ending = asyncio.create_task(self._pipeline.turn.ends(self._turn))
        try:
            await asyncio.wait((pulling, ending), return_when=asyncio.FIRST_COMPLETED)
            if pulling.done():
                pulling.result()
        finally:
            self._pull = None
            await end_all([pulling, ending])

    async def stop(self) -> None:
        """Finish what is being handled and give back what is not started."""
        self._is_stopping = True
        for place in await self._lanes.stop(self._pace.finish):
            await self._answer(self._in_hand.pop(place)[0], _not_now(0.1))

    def _room(self) -> int:
        return 0 if self._is_stopping else self._pace.in_flight - len(self._in_hand)

    def _take(self, message: Msg) -> None:
        if self._is_stopping:
            return
        place = message.metadata.sequence.stream
        is_known = place in self._in_hand
        self._in_hand[place] = message, self._turn
        if not is_known:
            self._lanes.put(_partition_key(message), place)

    async def _handle(self, place: int) -> None:
        turn = None
        try:
            while self._in_hand[place][1] != turn:  # once more if it came again in a later turn meanwhile
                message, turn = self._in_hand[place]
                with contextlib.suppress(TurnOver):
                    delay = await self._pipeline.receive(_delivery(self.stream, message, self._delivered_before), turn)
                    await self._answer(self._in_hand[place][0], ACK if delay is None else _not_now(delay))
                    return
        finally:
            self._in_hand.pop(place, None)
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
            for message, _ in list(self._in_hand.values()):
                await client.publish(message.reply, IN_PROGRESS)


def _not_now(seconds: float) -> bytes:
    return b"-NAK " + json.dumps({"delay": int(seconds * NANOSECONDS)}).encode()


def _partition_key(message: Msg) -> str:
    """Give the aggregate that a message speaks of; the last part of its subject when the headers do not say."""
    return attributes(message.headers or {}).get("partitionkey") or message.subject.rpartition(".")[2]


def _delivery(stream: str, message: Msg, delivered_before: int) -> Delivery:
    """Take what we need from a NATS message; a `reply_to` header never gets further than here."""
    metadata = message.metadata
    return Delivery(
        stream=stream,
        subject=message.subject,
        headers={name: value for name, value in (message.headers or {}).items() if name.lower() != "reply_to"},
        body=message.data,
        sequence=metadata.sequence.stream,
        again=(metadata.num_delivered or 1) > 1 or metadata.sequence.stream <= delivered_before,
        stored_at=metadata.timestamp.replace(tzinfo=UTC) if metadata.timestamp else clock.now(),
    )
