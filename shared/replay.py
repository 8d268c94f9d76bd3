"""The streams read again from a place on, beside a running service and without its own place in them."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError

from shared.settings import ServiceSettings

AT_ONCE = 1000
"""So many messages are asked for in one request; the server sends them as fast as they are read."""
SECONDS_TO_ANSWER = 15.0
NO_MORE, TIMED_OUT = "404", "408"
"""The statuses that end a request because nothing more is there."""
FORGOTTEN_AFTER = 300.0
"""The server forgets a reader that asks for nothing for so many seconds."""


@dataclass(frozen=True)
class Stored:
    """One message as its stream keeps it."""

    stream: str
    sequence: int
    subject: str
    headers: Mapping[str, str]
    body: bytes


Taker = Callable[[bytes, bytes, bytes, bytes | None], None]
"""Takes one message as it came: its subject, where an acknowledgement would go, body, headers."""


class Reader(Client):
    """A connection that gives what a rebuild asked for straight to it, in a third of the library's time.

    The library's own way is taken again, and nothing breaks, when it calls these methods otherwise one day.
    """

    def __init__(self) -> None:
        super().__init__()
        self.takers: dict[int, Taker] = {}
        """By the number of the subscription."""

    async def _process_msg(self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes) -> None:
        taker = self.takers.get(sid) if reply else None
        if taker is None:
            await super()._process_msg(sid, subject, reply, data, headers)
        else:
            taker(subject, reply, data, headers)

    @staticmethod
    def _parse_header_lines(raw: bytes) -> dict[str, str]:
        headers = {}
        for line in raw.decode("utf-8", "replace").split("\r\n"):
            name, colon, value = line.partition(":")
            if colon and (name := _name(name)):
                headers[name] = value.strip()
        return headers


@lru_cache(maxsize=256)
def _name(written: str) -> str:
    """Give the name of a header; none, where it is not one. The same few come with every message."""
    name = written.strip()
    return name if name.isascii() and len(name.split()) == 1 else ""


@asynccontextmanager
async def connected(settings: ServiceSettings, service: str) -> AsyncIterator[Client]:
    """Connect as a service does. Raises `nats.errors.Error` or `OSError` when the bus is away or refuses us."""
    client = Reader()
    await client.connect(
        settings.bus_address(),
        name=f"{service}-rebuild",
        **settings.bus_login(service),
        inbox_prefix=f"_INBOX_{service}",
        allow_reconnect=False,
        max_reconnect_attempts=1,
        reconnect_time_wait=0,
        connect_timeout=int(SECONDS_TO_ANSWER),
        error_cb=_ignore,
    )
    try:
        yield client
    finally:
        await client.close()


async def _ignore(_: Exception) -> None:
    """Log nothing: what fails is raised, and said in one sentence."""


class Replay:
    """One stream, read on from `place`, which is the highest sequence up to which everything was read."""

    def __init__(self, client: Client, stream: str, subjects: Sequence[str], service: str) -> None:
        self.stream = stream
        self.place = 0
        self.left = 0
        """So many messages are still to come, as far as is known."""
        self._client = client
        self._jetstream = client.jetstream(timeout=SECONDS_TO_ANSWER)
        self._subjects = frozenset(subjects)
        self._name = f"{service}-rebuild"

    async def read(self) -> AsyncGenerator[list[Stored], None]:
        """Give what the stream holds behind `place` now, in order, a few thousand messages at a time.

        Raises `nats.errors.Error` when the bus goes away. A stream that is not there holds nothing.
        """
        end = await self.end()
        if end <= self.place:
            return
        self.left = await self._begin()
        try:
            async for some in self._batches():
                yield some
        finally:
            if not self._client.is_closed:
                await _forget(self._jetstream, self.stream, self._name)
        self.place = max(self.place, end)

    async def end(self) -> int:
        """Ask for the highest sequence of the stream; 0 when there is none."""
        try:
            return int((await self._jetstream.stream_info(self.stream)).state.last_seq)
        except NotFoundError:
            return 0

    async def _begin(self) -> int:
        """Make our reader anew; gives how many messages it will have."""
        await _forget(self._jetstream, self.stream, self._name)
        config = api.ConsumerConfig(
            name=self._name,
            filter_subject=_around(self._subjects),
            ack_policy=api.AckPolicy.NONE,
            deliver_policy=api.DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=self.place + 1,
            inactive_threshold=FORGOTTEN_AFTER,
            mem_storage=True,
        )
        return (await self._jetstream.add_consumer(self.stream, config)).num_pending or 0

    async def _batches(self) -> AsyncIterator[list[Stored]]:
        """Ask until nothing is left; messages that are let go of meanwhile (`PEOPLE`) never come."""
        batch = _Batch(self.stream, self._subjects)
        inbox = self._client.new_inbox()
        subscription = await self._client.subscribe(inbox, cb=batch.take, pending_msgs_limit=0, pending_bytes_limit=0)
        takers = getattr(self._client, "takers", {})
        takers[number := subscription._id] = batch.take_raw
        asked = f"$JS.API.CONSUMER.MSG.NEXT.{self.stream}.{self._name}"
        try:
            while self.left > 0:
                batch.begin(min(self.left, AT_ONCE))
                request = json.dumps({"batch": batch.wanted, "no_wait": True})
                await self._client.publish(asked, request.encode(), reply=inbox)
                await batch.whole()
                if not batch.count:
                    return
                self.place, self.left = _place(batch.last)
                yield batch.messages
        finally:
            takers.pop(number, None)
            with suppress(Exception):
                await subscription.unsubscribe()


class _Batch:
    """The answers to one request: so many messages as were wanted, or fewer and then a status without a message.

    Kept are only those of the subjects that are read; all are counted.
    """

    def __init__(self, stream: str, subjects: frozenset[str]) -> None:
        self._stream = stream
        self._subjects = subjects
        self._is_whole = asyncio.Event()
        self.begin(0)

    def begin(self, wanted: int) -> None:
        self.wanted, self.messages, self.count, self.last, self._status = wanted, list[Stored](), 0, "", NO_MORE
        self._is_whole.clear()

    async def take(self, message: Msg) -> None:
        """Take a message in the library's way, or a status."""
        if message.reply:
            self._add(message.subject, message.reply, message.data, lambda: message.headers or {})
            return
        self._status = (message.headers or {}).get("Status", "")
        self._is_whole.set()

    def take_raw(self, subject: bytes, reply: bytes, data: bytes, headers: bytes | None) -> None:
        """Take a message as it came."""
        self._add(subject.decode(), reply.decode(), data, lambda: _headers(headers))

    def _add(self, subject: str, reply: str, body: bytes, headers: Callable[[], dict[str, str]]) -> None:
        self.count, self.last = self.count + 1, reply
        if _pattern(subject) in self._subjects:
            self.messages.append(Stored(self._stream, _place(reply)[0], subject, headers(), body))
        if self.count == self.wanted:
            self._is_whole.set()

    async def whole(self) -> None:
        """Wait for all of it. Raises `ConnectionError` when the server falls silent, or our reader is not there."""
        while not self._is_whole.is_set():
            before = self.count
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_whole.wait(), SECONDS_TO_ANSWER)
            if not self._is_whole.is_set() and self.count == before:
                raise ConnectionError("the stream is silent")
        if self._status not in (NO_MORE, TIMED_OUT):
            raise ConnectionError(f"reading was ended by the server ({self._status})")


async def _forget(jetstream: JetStreamContext, stream: str, name: str) -> None:
    """Take a reader away, so that the next one begins where it is told to."""
    with suppress(NotFoundError):
        await jetstream.delete_consumer(stream, name)


def _around(subjects: Iterable[str]) -> str:
    """Give one subject that holds all of these: a server that looks for several takes ten times as long."""
    parts = zip(*(subject.split(".")[:-1] for subject in subjects), strict=False)
    shared = takewhile(lambda tokens: len(set(tokens)) == 1, parts)
    return ".".join([*(tokens[0] for tokens in shared), ">"])


def _pattern(subject: str) -> str:
    """Give the subject of all messages of a type, `osiedle.{type}.*`, for that of one."""
    return f"{subject.rpartition('.')[0]}.*"


def _headers(raw: bytes | None) -> dict[str, str]:
    """Read the headers behind their first line, `NATS/1.0`."""
    return Reader._parse_header_lines(raw[raw.find(b"\r\n") + 2 :]) if raw else {}


def _place(reply: str) -> tuple[int, int]:
    """Read out of where an acknowledgement would go (NATS ADR-15) the place in the stream, and how many come after."""
    parts = reply.split(".")
    sequence, pending = (5, 8) if len(parts) == 9 else (7, 10)
    return int(parts[sequence]), int(parts[pending])
