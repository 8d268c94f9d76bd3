"""Addresses that users chose: nothing inside is reached, however it is named, redirected to, or resolved anew."""

import ast
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.outgoing import OutgoingRefused, is_outside, outgoing_client

ROOT = Path(__file__).resolve().parents[3]
OUTSIDE, OTHER = "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
WAYS_OUT = {"httpx", "httpcore", "urllib.request", "urllib3", "aiohttp", "requests", "http.client", "socket", "ftplib"}
MAY = {
    "shared/outgoing.py",
    # opens the port that it listens on
    "shared/cli.py",
    # asks the bus' own monitor, at an address that the operator set
    "shared/broker/durability.py",
    # asks the service of the container in which it runs, on the machine's own address
    "shared/ready.py",
    # names the answers of the client that `shared/outgoing.py` makes
    "services/calendar/clients/calendars.py",
    # looks, in a process of its own, at each address to which apprise is about to connect
    "services/notifications/clients/pushing_once.py",
}


class Names:
    """A resolver that gives each name its next answer, and remembers what was asked."""

    def __init__(self, **answers: list[str]) -> None:
        self.answers = {name.replace("_", "."): list(found) for name, found in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        found = self.answers.get(host)
        if found is None:
            return [host]
        return [found.pop(0)] if len(found) > 1 else list(found)


class Wire(httpx.AsyncBaseTransport):
    """What is beneath: it notes what would have been connected to, and answers as told."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response] | None = None) -> None:
        self.sent: list[httpx.Request] = []
        self.answer = answer or (lambda request: httpx.Response(200, text="well"))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return self.answer(request)


@pytest.mark.parametrize(
    "inside",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
        "198.18.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "100::1",
        "nonsense",
        "",
    ],
)
async def test_nothing_inside_is_reached(inside: str):
    assert not is_outside(inside)
    wire, names = Wire(), Names(innocent_example=[inside])
    async with outgoing_client(resolve=names, inner=wire) as client:
        with pytest.raises(OutgoingRefused):
            await client.get("http://innocent.example/")
    assert wire.sent == []


@pytest.mark.parametrize(
    "outside", [OUTSIDE, OTHER, "8.8.8.8", "::ffff:8.8.8.8", "2002:808:808::1", "64:ff9b::808:808"]
)
async def test_the_public_internet_is_reached_at_the_address_that_was_looked_at(outside: str):
    wire, names = Wire(), Names(city_example=[outside])
    async with outgoing_client(resolve=names, inner=wire) as client:
        assert (await client.get("https://city.example/calendar.ics")).text == "well"
    [sent] = wire.sent
    assert ip_address(sent.url.host) == ip_address(outside)
    assert sent.headers["host"] == "city.example"
    assert sent.extensions["sni_hostname"] == "city.example"
    assert names.asked == ["city.example"]


async def test_a_name_that_points_inside_the_second_time_is_not_asked_again():
    wire, names = Wire(), Names(rebinding_example=[OUTSIDE, "127.0.0.1"])
    async with outgoing_client(resolve=names, inner=wire) as client:
        await client.get("http://rebinding.example/")
        assert [request.url.host for request in wire.sent] == [OUTSIDE]
        with pytest.raises(OutgoingRefused):
            await client.get("http://rebinding.example/")
    assert len(wire.sent) == 1


async def test_of_several_addresses_only_those_outside_are_tried():
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == OUTSIDE:
            raise httpx.ConnectError("nobody there")
        return httpx.Response(200)

    async def both(host: str, port: int) -> list[str]:
        return ["127.0.0.1", OUTSIDE, OTHER]

    wire = Wire(answer)
    async with outgoing_client(resolve=both, inner=wire) as client:
        assert (await client.get("http://both.example/")).status_code == 200
    assert [request.url.host for request in wire.sent] == [OUTSIDE, OTHER]


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/",
        "http://inside.example/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://outside.example:8080/",
        "//127.0.0.1/",
    ],
)
async def test_every_redirect_is_looked_at(target: str):
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": target})

    wire, names = Wire(answer), Names(outside_example=[OUTSIDE], inside_example=["10.0.0.1"])
    async with outgoing_client(resolve=names, inner=wire) as client:
        with pytest.raises(OutgoingRefused):
            await client.get("http://outside.example/")
    assert len(wire.sent) == 1


async def test_redirects_end_somewhere():
    wire = Wire(lambda request: httpx.Response(302, headers={"Location": f"{request.url.path}x"}))
    async with outgoing_client(resolve=Names(outside_example=[OUTSIDE]), inner=wire) as client:
        with pytest.raises(httpx.TooManyRedirects):
            await client.get("http://outside.example/")
    assert len(wire.sent) == 4


@pytest.mark.parametrize(
    "address",
    ["http://outside.example:22/", "https://outside.example:8443/", "ftp://outside.example/", "file:///etc/passwd"],
)
async def test_only_http_at_its_own_ports_is_spoken(address: str):
    wire = Wire()
    async with outgoing_client(resolve=Names(outside_example=[OUTSIDE]), inner=wire) as client:
        with pytest.raises(httpx.TransportError):
            await client.get(address)
    assert wire.sent == []


@pytest.mark.parametrize(
    ("address", "allowed", "is_reached"),
    [
        ("http://offices.city:8080/", "offices.city:8080", True),
        ("http://OFFICES.city:8080/", "Offices.City:8080", True),
        ("https://offices.city/", "offices.city", True),
        ("http://offices.city:8080/", "offices.city", False),
        ("http://offices.city:9090/", "offices.city:8080", False),
        ("http://offices.city/", "offices.city:8080", False),
        ("http://x.offices.city/", "offices.city", False),
        ("http://10.0.0.9/", "10.0.0.9", True),
        ("http://10.0.0.8/", "10.0.0.9", False),
    ],
)
async def test_what_the_operator_allows_may_stand_inside(address: str, allowed: str, is_reached: bool):
    wire, names = Wire(), Names(offices_city=["10.0.0.9"], x_offices_city=["10.0.0.9"])
    async with outgoing_client([allowed], resolve=names, inner=wire) as client:
        if is_reached:
            assert (await client.get(address)).status_code == 200
            assert wire.sent[0].url.host == "10.0.0.9"
        else:
            with pytest.raises(OutgoingRefused):
                await client.get(address)
            assert wire.sent == []


async def test_a_compressed_answer_is_not_unpacked():
    wire = Wire(lambda request: httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=b"x"))
    async with outgoing_client(resolve=Names(outside_example=[OUTSIDE]), inner=wire) as client:
        with pytest.raises(OutgoingRefused):
            await client.get("http://outside.example/")
    assert wire.sent[0].headers["accept-encoding"] == "identity"


@given(st.one_of(st.text(max_size=60), st.ip_addresses().map(str)))
def test_any_text_is_judged(text: str):
    assert is_outside(text) in (True, False)


@given(st.ip_addresses(v=4))
def test_an_address_in_another_dress_is_the_same_address(address: IPv4Address):
    number = int(address)
    dresses = [
        f"::ffff:{address}",
        str(IPv6Address((0x64_FF9B << 96) | number)),
        f"2002:{number >> 16:x}:{number & 65535:x}::",
    ]
    assert {is_outside(one) for one in dresses} == {is_outside(str(address))}


def test_nothing_else_in_the_services_opens_a_way_out():
    found = set()
    for folder in ("services", "shared"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.module:
                    names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                if WAYS_OUT & set(names):
                    found.add(file.relative_to(ROOT).as_posix())
    assert found == MAY
