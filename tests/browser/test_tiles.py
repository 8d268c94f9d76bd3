"""Tiles of somebody else: drawn, with whose they are, and theirs is the only other site that the page may ask."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import watch
from tests.browser.town import PHONE, Noted
from tests.system.stack import Embedded

SIDE = 256
DRAWN = "() => [...document.querySelectorAll('.leaflet-tile-loaded')].some((tile) => tile.naturalWidth)"


@dataclass
class Tiles:
    """A server of tiles, and which of them were asked for."""

    server: ThreadingHTTPServer
    asked: list[str] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server.server_port}"


def a_tile() -> bytes:
    """Make a picture of one colour (PNG: RGB of eight bits)."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = (b"\0" + bytes((200, 230, 200)) * SIDE) * SIDE
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture
def tiles() -> Iterator[Tiles]:
    picture = a_tile()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(picture)))
            self.end_headers()
            self.wfile.write(picture)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    served = Tiles(ThreadingHTTPServer(("127.0.0.1", 0), Answering))
    Thread(target=served.server.serve_forever, daemon=True).start()
    yield served
    served.server.shutdown()
    served.server.server_close()


@pytest.fixture
def stack(tmp_path: Path, tiles: Tiles) -> Iterator[Embedded]:
    address = f"{tiles.origin}/{{z}}/{{x}}/{{y}}.png"
    settings: dict[str, Any] = {"OSIEDLE_TILES": address, "OSIEDLE_TILES_ATTRIBUTION": "© Kafelki <Testowe>"}
    embedded = Embedded(tmp_path / "data", demo=False, **settings)
    embedded.start()
    yield embedded
    embedded.stop()


def test_the_operators_tiles_are_drawn_and_theirs_is_the_only_other_site(
    chromium: Browser, stack: Embedded, tiles: Tiles
) -> None:
    context = chromium.new_context(viewport={"width": PHONE, "height": 844}, base_url=stack.address)
    noted = Noted()
    watch(context, noted, refused=False)
    page = context.new_page()
    answer = page.goto("/map/?view=map")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.leaflet-tile-loaded')].some((tile) => tile.naturalWidth)"
    )

    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert f"img-src 'self' data: blob: {tiles.origin};" in policy
    assert policy.count("http") == 1
    expect(page.locator(".leaflet-control-attribution")).to_have_text("© Kafelki <Testowe>")
    assert tiles.asked
    assert all(one.count("/") == 3 and one.endswith(".png") for one in tiles.asked)
    assert page.evaluate("(address) => fetch(address).then(() => 'let in', () => 'refused')", tiles.origin) == "refused"
    assert noted.requests == []
    context.close()
