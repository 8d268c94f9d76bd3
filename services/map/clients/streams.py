"""The streams read again from their beginning, beside the running service and without its place in them."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress

import nats
from nats.aio.client import Client
from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError

from services.map.settings import Settings
from shared import envelope
from shared.messages import TYPES, Message

READER = "map-rebuild"
BATCH = 500
SECONDS_TO_ANSWER = 10
FORGOTTEN_AFTER = 30.0
"""The server forgets a reader that asks for nothing for so many seconds."""


async def messages_since_the_beginning(settings: Settings, types: Iterable[str]) -> AsyncIterator[Sequence[Message]]:
    """Give all messages of these types that the streams hold now, in the order of each stream, some hundred at a time.

    Raises `nats.errors.Error` when the bus is away or refuses us. What cannot be opened is left out.
    """
    subjects: dict[str, list[str]] = {}
    for name in types:
        subjects.setdefault(TYPES[name].stream, []).append(f"osiedle.{name}.*")
    async with _connected(settings) as client:
        for stream, heard in sorted(subjects.items()):
            async for messages in _read(client, stream, heard):
                yield messages


@asynccontextmanager
async def _connected(settings: Settings) -> AsyncIterator[Client]:
    client = await nats.connect(
        settings.bus_address(),
        name=READER,
        **settings.bus_login("map"),
        inbox_prefix="_INBOX_map",
        allow_reconnect=False,
        connect_timeout=SECONDS_TO_ANSWER,
    )
    try:
        yield client
    finally:
        await client.close()


async def _read(client: Client, stream: str, subjects: Sequence[str]) -> AsyncIterator[list[Message]]:
    """Read what one stream holds at this moment."""
    jetstream = client.jetstream()
    config = api.ConsumerConfig(
        name=READER,
        filter_subjects=sorted(subjects),
        ack_policy=api.AckPolicy.NONE,
        deliver_policy=api.DeliverPolicy.ALL,
        inactive_threshold=FORGOTTEN_AFTER,
        mem_storage=True,
    )
    await _forget_reader(jetstream, stream)
    left = (await jetstream.add_consumer(stream, config)).num_pending or 0
    subscription = await jetstream.pull_subscribe_bind(consumer=READER, stream=stream)
    while left > 0:
        fetched = await subscription.fetch(min(BATCH, left), timeout=SECONDS_TO_ANSWER)
        left -= len(fetched)
        yield [message for one in fetched if (message := _opened(one.headers or {}, one.data)) is not None]
    await subscription.unsubscribe()
    await _forget_reader(jetstream, stream)


async def _forget_reader(jetstream: JetStreamContext, stream: str) -> None:
    """Take our reader away, so that the next one begins at the beginning."""
    with suppress(NotFoundError):
        await jetstream.delete_consumer(stream, READER)


def _opened(headers: dict[str, str], body: bytes) -> Message | None:
    try:
        return envelope.opened(headers, body)[1]
    except envelope.Malformed:
        return None
