"""The bus of one service: connects in the background, hears, relays, tells how it is; starts and works without NATS."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

from nats.aio.client import Client
from sqlalchemy import MetaData
from sqlalchemy.orm import Session

from shared import clock, envelope, outbox, streams
from shared.broker import numbers
from shared.broker.answering import Answering
from shared.broker.deciding import Decisions
from shared.broker.durability import Durability
from shared.broker.heartbeat import Heartbeat
from shared.broker.listener import Listener
from shared.broker.parts import Parts, end_all, to_the_end
from shared.broker.pipeline import Delivery, Pipeline
from shared.copies import Copies, Kind, Plain
from shared.database import Database
from shared.identifiers import new_id
from shared.messages import Message
from shared.numbers import Number
from shared.pace import Pace
from shared.rebuild import rebuild_when_new
from shared.reconcile_people import Lifter
from shared.relay import Relay, StateReader
from shared.tidy import tidy_forever
from shared.version import VERSION

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

    def monitor_address(self) -> str | None:
        """Say where the NATS server tells how it is."""

    def bus_login(self, service: str) -> Mapping[str, Any]:
        """Give what connecting needs to sign in."""


class Bus:
    """What one service hears and tells. Made and wired before it starts; `start` never waits for NATS."""

    def __init__(
        self,
        service: str,
        settings: BusSettings,
        database: Database,
        *,
        metadata: MetaData,
        state: Mapping[type[Message], StateReader] | None = None,
        lift: Mapping[type[Message], Lifter] | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Take the tables `outbox`, `inbox` and `set_aside` from `metadata`; `state` reads what is told as state.

        `lift` gives that a later version, where a stream has one that our database lost.
        """
        self.service = service
        self.pace = pace or Pace()
        self._settings = settings
        self._database = database
        self._set_aside = metadata.tables.get("set_aside")
        self._outbox = metadata.tables["outbox"]
        self.pipeline = Pipeline(service, database, metadata, self.pace)
        self.relay = Relay(database, self._outbox, state or {}, self.pace, lift)
        self.heartbeat = Heartbeat(service, self.pace, self.about, self.waiting)
        self.answering = Answering(service)
        self.decisions = Decisions(self.pipeline, self._set_aside, self._connect)
        self.durability = Durability(settings.monitor_address)
        self.copies = Copies()
        self.consumers: dict[str, dict[str, int]] = {}
        """By stream, what the server last said of our consumer on it; empty while the bus is away."""
        self._subjects: dict[str, set[str]] = {}
        self._hears_partners = False
        self._listeners: dict[str, Listener] = {}
        self._hearing: dict[str, asyncio.Task[None]] = {}
        self._changing = asyncio.Lock()
        self._parts: Parts | None = None
        self._client: Client | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._problem: str | None = None
        self._since = self._made_at = clock.now()

    # Wiring

    def hears(self, message: type[Told], handler: Callable[[Session, Told], object]) -> None:
        """Have `handler(session, message)` run, in one transaction with the inbox row, for each message of a type."""
        self._hear(message, lambda session, _partner, told: handler(session, told))
        self._subjects.setdefault(message.stream, set()).add(f"osiedle.{message.type}.*")

    def keeps(
        self,
        message: type[Told],
        keeper: Kind[Told] | Plain[Told],
        live: Callable[[Session, Told], object] | None = None,
    ) -> None:
        """Have each message of a type kept in a copy by `keeper`, now and when the copy is rebuilt.

        `live(session, message)` is done instead where hearing it now means more than that.
        """
        self.hears(message, live or keeper.keep)
        self.copies.add(message, keeper)

    def hears_partner(self, message: type[Told], handler: Callable[[Session, str, Told], None]) -> None:
        """Have `handler(session, partner, message)` run for each message of a type at any partner's door."""
        self._hear(message, handler)
        self._hears_partners = True

    def _hear(self, message: type[Told], hear: Callable[[Session, str, Told], object]) -> None:
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
        for partner in self._settings.partners:
            await self.listen_to_partner(partner)
        self.pipeline.turn.start()
        for stream in sorted(self._subjects):
            self._add_listener(stream)
        self._database.on_commit = self.relay.take
        self._tasks = [
            asyncio.create_task(self._stay_connected(), name=f"{self.service}-bus"),
            asyncio.create_task(tidy_forever(self._database, self._outbox.metadata), name=f"{self.service}-tidy"),
        ]

    async def listen_to_partner(self, partner: str) -> None:
        """Hear what this partner sends, from now on if we are on the bus, else once we are; nothing when we do.

        Raises what the server refuses with; then nothing is different.
        """
        if self._hears_partners:
            await self.listen(streams.municipal_name(partner), [streams.municipal_subjects(partner)])

    async def stop_listening_to_partner(self, partner: str) -> None:
        """Hear this partner no more: finish what is in hand. The place in the stream is kept for another time."""
        await self.stop_listening(streams.municipal_name(partner))

    async def listen(self, stream: str, subjects: Iterable[str]) -> None:
        """Hear these subjects of a stream as well, before or after `start`; see `listen_to_partner`."""
        async with self._changing:
            before = self._subjects.get(stream, set())
            if before >= set(subjects):
                return
            await self._forget(stream)
            self._subjects[stream] = before | set(subjects)
            if self._tasks:
                self._add_listener(stream)
            try:
                if self._client is not None:
                    await self._hear_on(self._client, stream)
            except BaseException:
                await self._forget(stream)
                raise

    async def stop_listening(self, stream: str) -> None:
        """Hear nothing of this stream any more; nothing happens when we do not hear it."""
        async with self._changing:
            await self._forget(stream)

    def _add_listener(self, stream: str) -> None:
        durable = streams.durable(self.service, self._subjects[stream], self.pace)
        self._listeners[stream] = Listener(stream, durable, self.pipeline, self.pace)
        self._listeners[stream].start()

    async def _forget(self, stream: str) -> None:
        self._subjects.pop(stream, None)
        if listener := self._listeners.pop(stream, None):
            await listener.stop()
        if hearing := self._hearing.pop(stream, None):
            await end_all([hearing])

    async def stop(self) -> None:
        """Stop pulling, finish what is in hand, give back what is not started, carry what is committed, close."""
        await asyncio.gather(*(listener.stop() for listener in self._listeners.values()))
        if self._client is not None:
            await self.relay.finish(min(self.pace.finish, 5.0))
            try:
                await self._client.flush(timeout=2)
            except Exception as error:
                log.info("%s: acknowledgements may come again: %s", self.service, error)
        await end_all(self._tasks)
        if self._tasks:
            await self.pipeline.turn.stop()
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
        """Live until the connection or one of the parts that need it ends. Raises what ended it."""
        closed = asyncio.Event()
        client, self._parts = Client(), Parts()
        try:
            await self._connect(client, closed)
            await rebuild_when_new(self._database, self.copies, client)
            async with self._changing:
                await self._bring_about(client)
                self._client, self._problem, self._since = client, None, clock.now()
            log.info("%s is on the bus", self.service)
            living = (self.relay.run(client), self.heartbeat.run(client), self.answering.run(client))
            for part in (_lost(closed), self._ask_consumers(client), self.durability.run(), *living):
                self._parts.add(part)
            await self._parts.one_fails()
        finally:
            await to_the_end(self._leave(client))

    async def _leave(self, client: Client) -> None:
        """End what lives on a connection, and close it."""
        if self._client is not None:
            self._client, self._since = None, clock.now()
        if self._parts is not None:
            await self._parts.end()
        self._parts = None
        self.consumers = {}
        self._hearing.clear()
        if not client.is_closed:
            await client.close()

    async def _connect(self, client: Client, closed: asyncio.Event | None = None) -> None:
        async def on_closed() -> None:
            if closed is not None:
                closed.set()

        async def on_error(error: Exception) -> None:
            log.info("%s, bus: %s", self.service, error)

        await client.connect(
            self._settings.bus_address(),
            name=f"osiedle-{self.service}",
            **self._settings.bus_login(self.service),
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
        """Make the streams that we tell on or hear, and our consumers on them, and begin to hear."""
        jetstream = client.jetstream()
        for name, config in streams.all_streams(()).items():
            if self._tells_on(name) and name not in self._listeners:
                await streams.bring_about(jetstream, name, config)
        for stream in self._listeners:
            await self._hear_on(client, stream)

    async def _hear_on(self, client: Client, stream: str) -> None:
        """Make a stream and our consumer on it, and hear it for as long as this connection lives."""
        listener, jetstream = self._listeners[stream], client.jetstream()
        is_ours = self._tells_on(stream) or streams.partner_of(stream)
        bring_about = streams.bring_about if is_ours else streams.found_or_made
        await bring_about(jetstream, stream, streams.defined(stream))
        await streams.bring_about_durable(jetstream, stream, listener.durable)
        if self._parts is not None:
            self._hearing[stream] = self._parts.add(listener.run(client))

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
            "problem": self._first_problem(),
            "sync": self.durability.sync,
            "streams": self.relay.fill,
            "hears": self.pipeline.turn.is_on,
            "heard": self.pipeline.taken,
            "repeated": self.pipeline.repeated,
            "put_aside": self.pipeline.put_aside,
            "told": self.relay.published,
            "consumers": self.consumers,
            "services": self.heartbeat.services,
            "server": numbers.server_version(self._client) if self._client is not None else None,
        }

    def about(self) -> dict[str, Any]:
        """Say what the heartbeat says beside what waits: for operators, and of nobody."""
        return {
            "version": VERSION,
            "started_at": self._made_at.isoformat(),
            "database": self._database.product,
            "problem": self._first_problem(),
            "sync": self.durability.sync,
            "streams": self.relay.fill,
            "consumers": self.consumers,
        }

    def _first_problem(self) -> str | None:
        return self._problem or self.durability.problem or self.relay.problem or self.pipeline.turn.problem

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

    async def say(self, subject: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Say something that nobody keeps, to whoever listens now; raises `ConnectionError` while the bus is away."""
        if self._client is None:
            raise ConnectionError(f"{self.service} is not on the bus")
        await self._client.publish(subject, body, headers=dict(headers))

    # For tests

    async def deliver(self, message: Message, source: str | None = None, message_id: str | None = None) -> bool:
        """Take a message in through the same pipeline, without NATS; false when it is a repeat.

        `source` is the service or partner it comes from. Raises what a handler raised.
        """
        source = source or message.owner
        if message.stream == "MUNICIPAL":
            stream, subject = streams.municipal_name(source), f"municipal.{source}.{message.type}.{message.id}"
        else:
            stream, subject = message.stream, message.subject
        headers = envelope.encoded(outbox.headers_of(message, source, message_id or new_id(), clock.now()))
        body = message.model_dump_json().encode()
        return await self.pipeline.take_in(Delivery(stream, subject, headers, body))


async def _lost(closed: asyncio.Event) -> None:
    await closed.wait()
    raise ConnectionError("the connection to NATS is lost")
