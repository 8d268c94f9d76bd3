"""The one way out to an address that users chose: it reaches nothing inside (server-side request forgery, CWE-918).

No door fetches or posts to such an address today; subscribed calendars and webhooks will, with this client. The mail
server and NATS are the operator's, not the users'.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpx

SECONDS = 10.0
MOST_BYTES = 5_000_000
MOST_REDIRECTS = 3
MOST_ADDRESSES = 4
PORTS = {"http": 80, "https": 443}
GLOBAL_UNICAST = ip_network("2000::/3")
NAT64 = ip_network("64:ff9b::/96")
INSIDE = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")))
"""Not reachable from everywhere, whatever `is_global` says: protocol assignments, 6to4 relays, a cloud's own host."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses of a name, as `resolved` does."""


class OutgoingRefused(httpx.TransportError):
    """The address is not one that users may have us reach, or its answer is too large or takes too long."""


def outgoing_client(
    allowed: Collection[str] = (),
    *,
    seconds: float = SECONDS,
    most_bytes: int = MOST_BYTES,
    resolve: Resolve | None = None,
    inner: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """Make a client for addresses that users chose; what it may not reach raises `OutgoingRefused`.

    `allowed` are hosts of the operator's own (`name` or `name:port`) that may stand anywhere. At most three redirects
    are followed, each looked at like the first address. Proxies in the environment are not used: they would resolve
    names again. An answer has at most `most_bytes`, uncompressed, and arrives within `seconds`.
    """
    transport = Outgoing(
        inner or httpx.AsyncHTTPTransport(trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)),
        allowed=frozenset(name.lower() for name in allowed),
        seconds=seconds,
        most_bytes=most_bytes,
        resolve=resolve or resolved,
    )
    return httpx.AsyncClient(
        transport=transport,
        follow_redirects=True,
        max_redirects=MOST_REDIRECTS,
        timeout=seconds,
        trust_env=False,
        headers={"Accept-Encoding": "identity", "User-Agent": "Osiedle"},
    )


class Outgoing(httpx.AsyncBaseTransport):
    """Resolves a name once, looks at the addresses, and connects to exactly one it looked at: no second resolution.

    Connections are never kept: one that was verified for one name must not serve another at the same address.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        *,
        allowed: frozenset[str],
        seconds: float,
        most_bytes: int,
        resolve: Resolve,
    ) -> None:
        self._inner = inner
        self._allowed = allowed
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._resolve = resolve

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, one hop of a redirect too."""
        deadline = asyncio.get_running_loop().time() + self._seconds
        try:
            async with asyncio.timeout_at(deadline):
                addresses = await self._addresses(request)
                response = await self._send(request, addresses)
        except TimeoutError:
            raise OutgoingRefused("it took too long to answer", request=request) from None
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise OutgoingRefused("the answer is compressed, though we asked for none", request=request)
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 — the transport is an asynchronous one
        stream = _Bounded(response.stream, request, self._most_bytes, deadline)
        return httpx.Response(
            response.status_code, headers=response.headers, stream=stream, extensions=response.extensions
        )

    async def aclose(self) -> None:
        """Close what is beneath."""
        await self._inner.aclose()

    async def _addresses(self, request: httpx.Request) -> Sequence[str]:
        """Give the addresses that may be connected to."""
        url = request.url
        host = url.raw_host.decode("ascii").strip("[]").lower()
        port = url.port or PORTS.get(url.scheme, 0)
        if url.scheme not in PORTS:
            raise OutgoingRefused("only http and https are spoken", request=request)
        is_usual = port in PORTS.values()
        is_allowed = f"{host}:{port}" in self._allowed or (is_usual and host in self._allowed)
        if not is_usual and not is_allowed:
            raise OutgoingRefused("only the ports 80 and 443 are reached", request=request)
        try:
            found = await self._resolve(host, port)
        except OSError as error:
            raise httpx.ConnectError(f"the name cannot be resolved: {error}", request=request) from error
        usable = [one for one in found if is_allowed or is_outside(one)]
        if not usable:
            raise OutgoingRefused("this address is not on the public internet", request=request)
        return usable[:MOST_ADDRESSES]

    async def _send(self, request: httpx.Request, addresses: Sequence[str]) -> httpx.Response:
        """Send to the first address that can be connected to; certificates are those of the name."""
        extensions: dict[str, Any] = {**request.extensions, "sni_hostname": request.url.raw_host.decode("ascii")}
        for address in addresses[:-1]:
            try:
                return await self._inner.handle_async_request(_aimed(request, address, extensions))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._inner.handle_async_request(_aimed(request, addresses[-1], extensions))


def _aimed(request: httpx.Request, address: str, extensions: dict[str, Any]) -> httpx.Request:
    """Aim a request at an address; its Host header still has the name."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions=extensions,
    )


class _Bounded(httpx.AsyncByteStream):
    """The body of an answer, until it is too large or too late."""

    def __init__(self, inner: httpx.AsyncByteStream, request: httpx.Request, most_bytes: int, deadline: float) -> None:
        self._inner = inner
        self._request = request
        self._left = most_bytes
        self._deadline = deadline

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = aiter(self._inner)
        while (piece := await self._next(pieces)) is not None:
            self._left -= len(piece)
            if self._left < 0:
                raise OutgoingRefused("the answer is too large", request=self._request)
            yield piece

    async def _next(self, pieces: AsyncIterator[bytes]) -> bytes | None:
        try:
            async with asyncio.timeout_at(self._deadline):
                return await anext(pieces, None)
        except TimeoutError:
            raise OutgoingRefused("it took too long to answer", request=self._request) from None

    async def aclose(self) -> None:
        await self._inner.aclose()


async def resolved(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a name; odd ways to write an address (0x7f.1) come out as addresses too."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_outside(text: str) -> bool:
    """Say whether an address is on the public internet, and so is the IPv4 address that it may carry.

    IPv4-mapped (RFC 4291 §2.5.5.2), 6to4 (RFC 3056) and NAT64 (RFC 6052) addresses are judged by what they carry.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        carried = _carried(address)
        if carried is None:
            return address in GLOBAL_UNICAST and address.is_global and address.scope_id is None
        address = carried
    return address.is_global and not address.is_multicast and not any(address in network for network in INSIDE)


def _carried(address: IPv6Address) -> IPv4Address | None:
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
