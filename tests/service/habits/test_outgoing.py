"""The way out to addresses that users chose, over real sockets on this machine."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from shared.outgoing import OutgoingRefused, outgoing_client

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
WELL = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell"


async def everything_here(host: str, port: int) -> list[str]:
    """Resolve every name to this machine."""
    return ["127.0.0.1"]


@asynccontextmanager
async def serving(answer: bytes | Handler) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Answer on a port of this machine; gives the port and what was asked."""
    asked: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        try:
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], asked
    finally:
        server.close()


async def test_what_the_operator_allows_is_reached_by_its_name():
    async with serving(WELL) as (port, asked), outgoing_client([f"a.city:{port}"], resolve=everything_here) as client:
        assert (await client.get(f"http://a.city:{port}/x")).text == "well"
        assert f"host: a.city:{port}".encode() in asked[0].lower()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "127.1", "[::1]", "[::ffff:127.0.0.1]"]
)
async def test_this_machine_is_not_reached_however_it_is_written(host: str):
    async with serving(WELL) as (_, asked), outgoing_client() as client:
        with pytest.raises(OutgoingRefused):
            await client.get(f"http://{host}/")
        assert asked == []


async def test_a_redirect_to_a_neighbour_inside_is_not_followed():
    async with serving(WELL) as (inside, asked):
        away = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{inside}/\r\nContent-Length: 0\r\n\r\n".encode()
        async with serving(away) as (port, _), outgoing_client([f"a.city:{port}"], resolve=everything_here) as client:
            with pytest.raises(OutgoingRefused):
                await client.get(f"http://a.city:{port}/")
        assert asked == []


async def test_an_answer_without_end_is_cut_off():
    async def pour(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    async with (
        serving(pour) as (port, _),
        outgoing_client([f"a.city:{port}"], resolve=everything_here, most_bytes=1_000_000) as client,
    ):
        with pytest.raises(OutgoingRefused):
            await client.get(f"http://a.city:{port}/")


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"])
async def test_an_answer_that_drips_is_cut_off(head: bytes):
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with (
        serving(drip) as (port, _),
        outgoing_client([f"a.city:{port}"], resolve=everything_here, seconds=0.5) as client,
    ):
        began = time.monotonic()
        with pytest.raises(OutgoingRefused):
            await client.get(f"http://a.city:{port}/")
        assert time.monotonic() - began < 10
