"""The bus of one service: connects in the background, hears, relays, tells how it is; starts and works without NATS."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

from nats.aio.client import Client
from sqlalchemy import MetaData, Row
from sqlalchemy.orm import Session

from shared import clock, envelope, outbox, set_aside, streams
from shared.broker import numbers
from shared.broker.heartbeat import Heartbeat
from shared.broker.listener import Listener
from shared.broker.pipeline import Delivery, Pipeline
from shared.database import Database
from shared.identifiers import new_id
from shared.messages import Message
from shared.numbers import Number
from shared.pace import Pace
from shared.relay import Relay, StateReader
from shared.tidy import tidy_forever

log = logging.getLogger(__name__)

Told = TypeVar("Told", bound=Message)


class BusSettings(Protocol):
    """What the bus asks of a service's settings."""

    @property
    def partners(self) -> tuple[str, ...]:
        """Name the municipal systems that may publish to us."""

    @property
    def connected(self) -> bool:
        """Say whether the bus connects at all."""

    def bus_address(self) -> str:
        """Name the NATS server."""

    def bus_login(self, service: str) -> tuple[str, str] | None:
        """Give user and password."""


class Bus:
    """What one service hears and tells. Made and wired before it starts; `start` never waits for NATS."""

    def __init__(
        self,
        service: str,
        settings: BusSettings,
        database: Database,
        *,
        metadata: MetaData,
        state: Mapping[str, StateReader] | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Take the tables `outbox`, `inbox` and `set_aside` from `metadata`; `state` reads for streams of state."""
        self.service = service
        self.pace = pace or Pace()
        self._settings = settings
        self._database = database
        self._set_aside = metadata.tables.get("set_aside")
        self._outbox = metadata.tables["outbox"]
        self.pipeline = Pipeline(service, database, metadata, settings.partners, self.pace)
        self.relay = Relay(database, self._outbox, state or {}, self.pace)
        self.heartbeat = Heartbeat(service, self.pace, self.waiting)
        self.consumers: dict[str, dict[str, int]] = {}
        """By stream, what the server last said of our consumer on it; empty while the bus is away."""
        self._subjects: dict[str, set[str]] = {}
        self._listeners: list[Listener] = []
        self._client: Client | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._problem: str | None = None
        self._since = clock.now()

    # Wiring

    def hears(self, message: type[Told], handler: Callable[[Session, Told], None]) -> None:
        """Have `handler(session, message)` run, in one transaction with the inbox row, for each message of a type."""
        self._hear(message, lambda session, _partner, told: handler(session, told))
        self._subjects.setdefault(message.stream, set()).add(f"osiedle.{message.type}.*")

    def hears_partner(self, message: type[Told], handler: Callable[[Session, str, Told], None]) -> None:
        """Have `handler(session, partner, message)` run for each message of a type at any partner's door."""
        self._hear(message, handler)
        for partner in self._settings.partners:
            self._subjects.setdefault(f"MUNICIPAL_{partner.upper()}", set()).add(f"municipal.{partner}.>")

    def _hear(self, message: type[Told], hear: Callable[[Session, str, Told], None]) -> None:
        self.pipeline.hearings.setdefault(message.type, []).append(hear)
        self.pipeline.types[message.type] = message

    @property
    def heard_types(self) -> tuple[str, ...]:
        """Name the types of messages that this service hears."""
        return tuple(sorted(self.pipeline.hearings))

    # Living

    async def start(self) -> None:
        """Begin to connect, to hear and to relay, all in the background."""
        if not self._settings.connected:
            return
        self._listeners = [
            Listener(stream, streams.durable(self.service, subjects, self.pace), self.pipeline, self.pace)
            for stream, subjects in sorted(self._subjects.items())
        ]
        for listener in self._listeners:
            listener.start()
        self._database.on_commit = self.relay.take
        self._tasks = [
            asyncio.create_task(self._stay_connected(), name=f"{self.service}-bus"),
            asyncio.create_task(tidy_forever(self._database, self._outbox.metadata), name=f"{self.service}-tidy"),
        ]

    async def stop(self) -> None:
        """Stop pulling, finish what is in hand, give back what is not started, carry what is committed, close."""
        for listener in self._listeners:
            await listener.stop()
        if self._client is not None:
            await self.relay.finish(min(self.pace.finish, 5.0))
            try:
                await self._client.flush(timeout=2)
            except Exception as error:
                log.info("%s: acknowledgements may come again: %s", self.service, error)
        await _end(self._tasks)
        if self._tasks:
            await self.relay.stop()
        self._tasks = []

    async def _stay_connected(self) -> None:
        """Live through one connection after another; each is new, so that nothing of a lost one lingers."""
        while True:
            try:
                await self._live_once()
            except Exception as error:
                problem = f"{type(error).__name__}: {error}"
                if problem != self._problem:
                    log.warning("%s has no bus: %s", self.service, problem)
                self._problem = problem
            await asyncio.sleep(self.pace.reconnect)

    async def _live_once(self) -> None:
        closed = asyncio.Event()
        client = Client()
        tasks: list[asyncio.Task[Any]] = []
        try:
            await self._connect(client, closed)
            await self._bring_about(client)
            self._client, self._problem, self._since = client, None, clock.now()
            log.info("%s is on the bus", self.service)
            living: list[Awaitable[Any]] = [listener.run(client) for listener in self._listeners]
            living += [self.relay.run(client), self.heartbeat.run(client), self._ask_consumers(client), closed.wait()]
            tasks = [asyncio.ensure_future(part) for part in living]
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            raise ConnectionError("the connection to NATS is lost")
        finally:
            if self._client is not None:
                self._client, self._since = None, clock.now()
            self.consumers = {}
            await _end(tasks)
            if not client.is_closed:
                await client.close()

    async def _connect(self, client: Client, closed: asyncio.Event) -> None:
        async def on_closed() -> None:
            closed.set()

        async def on_error(error: Exception) -> None:
            log.info("%s, bus: %s", self.service, error)

        login = self._settings.bus_login(self.service)
        user, password = login if login else (None, None)
        await client.connect(
            self._settings.bus_address(),
            name=f"osiedle-{self.service}",
            user=user,
            password=password,
            inbox_prefix=f"_INBOX_{self.service}",
            # A lost connection is replaced by a new one, made here: nothing freezes when reconnects are used up,
            # and address and password are read anew.
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=2,
            ping_interval=10,
            closed_cb=on_closed,
            error_cb=on_error,
        )

    async def _bring_about(self, client: Client) -> None:
        """Make the streams that we tell on or hear, and our consumers on them."""
        jetstream = client.jetstream()
        for name, config in streams.all_streams(self._settings.partners).items():
            if name in self._subjects or self._tells_on(name):
                await streams.bring_about(jetstream, name, config)
        for listener in self._listeners:
            await streams.bring_about_durable(jetstream, listener.stream, listener.durable)

    def _tells_on(self, stream: str) -> bool:
        return stream == self.service.upper() or stream in self.relay.state_streams

    # Looking

    @property
    def is_connected(self) -> bool:
        """Say whether the bus is there at this moment."""
        return self._client is not None

    @property
    def state(self) -> dict[str, Any]:
        """Tell how the bus is: reported by readiness and the status page, required by nobody; `since` it is so."""
        return {
            "connected": self.is_connected,
            "since": self._since.isoformat(),
            "problem": self._problem or self.relay.problem,
            "heard": self.pipeline.taken,
            "repeated": self.pipeline.repeated,
            "told": self.relay.published,
            "consumers": self.consumers,
            "services": self.heartbeat.services,
        }

    async def waiting(self) -> dict[str, Any]:
        """Count what waits in the database, whether the bus is there or not."""
        return await self._database.read(numbers.waiting, self._outbox, self._set_aside)

    def numbers(self, waiting: Mapping[str, Any] | None) -> Iterator[Number]:
        """Name every number for Prometheus; `waiting` is what `waiting()` gave, none when it could not be counted."""
        return numbers.numbers_of(self, waiting)

    async def _ask_consumers(self, client: Client) -> None:
        while True:
            try:
                self.consumers = await numbers.consumers(client, self.service, self._subjects)
            except Exception as error:
                self.consumers = {}
                log.info("%s: the server does not say what waits: %r", self.service, error)
            await asyncio.sleep(self.pace.heartbeat)

    # By hand

    async def deliver(
        self, message: Message, source: str | None = None, message_id: str | None = None, attempt: int = 1
    ) -> bool:
        """Take a message in through the same pipeline, without NATS; false when it is a repeat.

        `source` is the service or partner it comes from. Raises what a handler raised.
        """
        source = source or message.owner
        if message.stream == "MUNICIPAL":
            stream, subject = f"MUNICIPAL_{source.upper()}", f"municipal.{source}.{message.type}.{message.id}"
        else:
            stream, subject = message.stream, message.subject
        headers = envelope.encoded(outbox.headers_of(message, source, message_id or new_id(), clock.now()))
        body = message.model_dump_json().encode()
        return await self.pipeline.take_in(Delivery(stream, subject, headers, body, attempt=attempt))

    async def set_aside(self) -> list[Row[Any]]:
        """List what was set aside and waits for a decision."""
        return list(await self._database.read(set_aside.waiting, self._set_aside))

    async def retry(self, set_aside_id: str) -> bool:
        """Take one that was set aside in again; false when there is none, or its body was not kept.

        Raises what a handler raised, after it was counted.
        """
        row = await self._database.read(set_aside.one, self._set_aside, set_aside_id)
        if row is None or row.state != "waiting" or row.body is None:
            return False
        delivery = Delivery(row.stream, row.subject, row.headers, row.body, row.stream_sequence)
        try:
            await self.pipeline.take_in(delivery)
        except Exception as error:
            await self._database.write(
                set_aside.record_failure, self._set_aside, set_aside_id, f"{type(error).__name__}: {error}"
            )
            raise
        return await self._database.write(set_aside.settle, self._set_aside, set_aside_id, "done")

    async def discard(self, set_aside_id: str) -> bool:
        """Decide that one that was set aside is not needed; false when it does not wait."""
        return await self._database.write(set_aside.settle, self._set_aside, set_aside_id, "discarded")


async def _end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel until all have ended, whoever cancels us meanwhile: `wait_for`, in nats-py, may swallow a cancellation.

    See python/cpython#86296; mended in Python 3.12.
    """
    ended_too: asyncio.CancelledError | None = None
    while living := [task for task in tasks if not task.done()]:
        for task in living:
            task.cancel()
        try:
            await asyncio.wait(living, timeout=1)
        except asyncio.CancelledError as error:
            ended_too = error
    if ended_too is not None:
        raise ended_too
