"""What comes over a real connection and is too long, or no HTTP at all: refused, and the next one is served."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import uvicorn

from tests.harness import Running, running
from tests.service import sample
from tests.service.sample import settings_for

LONG = b"x" * 200_000


@pytest.fixture
async def port(sqlite_database_url: str) -> AsyncIterator[int]:
    """Serve the sample on a port of this machine."""
    async with running(sample.create_app, settings_for(sqlite_database_url)) as it:
        async for number in served(it):
            yield number


async def served(it: Running) -> AsyncIterator[int]:
    config = uvicorn.Config(it.app, host="127.0.0.1", port=0, lifespan="off", log_config=None, proxy_headers=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 — uvicorn tells nobody
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def said(port: int, request: bytes) -> bytes:
    """Send bytes and give the first line of what comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        await writer.drain()
        return await asyncio.wait_for(reader.readline(), 10)
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize(
    "request_of",
    [
        b"GET /" + LONG + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /sample/hello?x=" + LONG + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nCookie: " + LONG + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 30_000 + b"\r\n",
        LONG,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-A: a\0b\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
async def test_what_is_too_long_or_no_request_is_refused(port: int, request_of: bytes):
    line = await said(port, request_of)
    assert line == b"" or line.startswith(b"HTTP/1.1 4"), line
    assert (await said(port, b"GET /sample/health/live HTTP/1.1\r\nHost: a\r\n\r\n")).startswith(b"HTTP/1.1 200")
