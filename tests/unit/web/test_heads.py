"""Requests are read from a real connection: whole ones are answered, heads without an end or a host are refused."""

import asyncio
import socket
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn

from shared.web.heads import MOST_HEAD_BYTES, BoundedHeads

pytestmark = pytest.mark.enable_socket
HEAD = b"POST /a HTTP/1.1\r\nHost: here\r\n"


async def echo(scope, receive, send):
    """Answer with the length of the body."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    answer = str(len(body)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(answer))]})
    await send({"type": "http.response.body", "body": answer})


@asynccontextmanager
async def connection():
    config = uvicorn.Config(echo, http=BoundedHeads, lifespan="off", log_config=None)
    config.load()
    server = uvicorn.Server(config)
    loop = asyncio.get_running_loop()
    state = server.server_state
    door = await loop.create_server(lambda: BoundedHeads(config, state, {}), "127.0.0.1", 0, family=socket.AF_INET)
    reader, writer = await asyncio.open_connection(*door.sockets[0].getsockname())
    try:
        yield reader, writer
    finally:
        writer.close()
        door.close()


async def answered(*parts):
    """Send parts one after the other until the connection is closed; give what is read until the answer's end."""
    async with connection() as (reader, writer):
        for part in parts:
            if reader.at_eof() or writer.is_closing():
                break
            writer.write(part)
            await asyncio.sleep(0)
        return (await asyncio.wait_for(reader.read(2000), 5)).decode()


async def test_a_request_is_answered_and_the_next_on_the_connection_too():
    async with connection() as (reader, writer):
        for length in (0, 5, 200_000):
            writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % length + b"x" * length)
            answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            assert answer.startswith(b"HTTP/1.1 200")
            assert await reader.readexactly(len(str(length))) == b"%d" % length


@pytest.mark.parametrize(
    ("begin", "again"),
    [(HEAD, b"X-Many: 0123456789\r\n" * 50), (HEAD + b"X-Long: ", b"x" * 1000), (b"GET /", b"x" * 1000)],
    ids=["many headers", "one long header", "a long address"],
)
async def test_a_head_without_an_end_is_refused_in_words(begin, again):
    """Fails where a head is kept for as long as somebody sends it: one connection fills the memory."""
    answer = await answered(begin, *[again] * (MOST_HEAD_BYTES // len(again) + 1))
    assert answer.startswith("HTTP/1.1 400")
    assert f"may have {MOST_HEAD_BYTES} bytes" in answer


async def test_what_follows_a_body_is_bounded_too():
    """The answer may have begun, so there is none: the connection ends."""
    after = b"X-After: " + b"x" * 989 + b"\r\n"
    async with connection() as (reader, writer):
        writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n")
        with suppress(ConnectionError):
            for _ in range(2000):
                writer.write(after)
                await writer.drain()
                await asyncio.sleep(0)
            pytest.fail("two megabytes were taken")
        with suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 5) == b""


@pytest.mark.parametrize("hosts", [b"", b"Host: one\r\nHost: other\r\n"], ids=["none", "two"])
async def test_a_request_says_whom_it_asks_once(hosts):
    assert (await answered(b"GET / HTTP/1.1\r\n" + hosts + b"\r\n")).startswith("HTTP/1.1 400")


async def test_a_length_and_chunks_together_are_refused():
    """RFC 9112 §6.1: a proxy might read one of them and we the other."""
    both = HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    assert (await answered(both)).startswith("HTTP/1.1 400")
