"""What is on the bus, read with the operator's login: every message of every stream, and what passes by on NATS."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import StreamState
from nats.js.errors import NotFoundError

from shared.nkeys import sign_in

Heard = list[tuple[str, bytes]]
"""Where each message was, and everything that it carries: subject, headers and body."""


async def connect(data: Path) -> Client:
    """Connect as the operator of the installation in this data folder."""
    address = (data / "nats" / "url").read_text().strip()
    return await nats.connect(address, **sign_in((data / "nats" / "operator.creds").read_text()))


async def stored(data: Path) -> dict[str, Heard]:
    """Read every stream from its first message to its last."""
    connection = await connect(data)
    try:
        jetstream = connection.jetstream()
        streams = await jetstream.streams_info()
        return {str(info.config.name): await _stream(jetstream, str(info.config.name), info.state) for info in streams}
    finally:
        await connection.close()


async def _stream(jetstream: JetStreamContext, name: str, state: StreamState) -> Heard:
    heard: Heard = []
    for sequence in range(max(1, state.first_seq), state.last_seq + 1):
        try:
            message = await jetstream.get_msg(name, sequence)
        except NotFoundError:  # purged meanwhile
            continue
        subject = message.subject or ""
        heard.append((f"{name} {sequence} {subject}", _whole(subject, message.headers, message.data or b"")))
    return heard


async def passing(data: Path, subjects: Iterable[str], seconds: float) -> Heard:
    """Hear what passes by on core NATS for a while."""
    connection = await connect(data)
    heard: Heard = []

    async def keep(message: Msg) -> None:
        heard.append((message.subject, _whole(message.subject, message.headers, message.data)))

    try:
        for subject in subjects:
            await connection.subscribe(subject, cb=keep)
        await asyncio.sleep(seconds)
    finally:
        await connection.close()
    return heard


def _whole(subject: str, headers: dict[str, str] | None, data: bytes) -> bytes:
    lines = [subject, *(f"{name}: {value}" for name, value in (headers or {}).items())]
    return "\n".join(lines).encode() + b"\n\n" + data
