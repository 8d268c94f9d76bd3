"""What lies under the pins, and what the policy of a page lets in for it: by default nothing of anybody else."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.map.app import create_app
from services.map.settings import Settings
from tests.harness import quiet, running
from tests.service.map.builders import a_base_map

TILES = "https://tiles.example.org/osm/{z}/{x}/{y}.png"
STRICT = "img-src 'self' data: blob:;"


async def visited(folder: Path, address: str = "/map/", **settings):
    async with running(create_app, Settings(**quiet(data=folder, **settings))) as the_map, the_map.browser() as browser:
        return await browser.get(address)


async def test_by_default_the_page_asks_nobody_else(tmp_path):
    page = await visited(tmp_path)

    assert STRICT in page.headers["content-security-policy"]
    assert "data-tiles" not in page.text
    assert "data-basemap" not in page.text


async def test_only_the_origin_of_the_operators_tiles_is_let_in_and_only_on_pages_of_the_map(tmp_path):
    page = await visited(tmp_path / "a", tiles=TILES, tiles_attribution="© Kraków")
    elsewhere = await visited(tmp_path / "b", "/map/docs", tiles=TILES)

    assert "img-src 'self' data: blob: https://tiles.example.org;" in page.headers["content-security-policy"]
    assert page.headers["content-security-policy"].count("https:") == 1
    assert f'data-tiles="{TILES}"' in page.text
    assert 'data-attribution="© Kraków"' in page.text
    assert STRICT in elsewhere.headers["content-security-policy"]


@pytest.mark.parametrize(
    "tiles",
    ["tiles/{z}/{x}/{y}", "https://tiles.example.org/osm.png", "https://a.example;script-src */{z}/{x}/{y}", "x"],
)
def test_an_address_that_is_no_tile_is_refused_at_the_start(tmp_path, tiles):
    with pytest.raises(ValidationError):
        Settings(**quiet(data=tmp_path, tiles=tiles))


async def test_the_operators_file_is_served_in_parts_and_goes_before_tiles(tmp_path):
    file = tmp_path / "azory.pmtiles"
    file.write_bytes(a_base_map())
    settings = Settings(**quiet(data=tmp_path, basemap=file, tiles=TILES))
    async with running(create_app, settings) as the_map:
        part = await the_map.client.get("/map/basemap.pmtiles", headers={"Range": "bytes=0-6"})
        async with the_map.browser() as browser:
            page = await browser.get("/map/")

    assert (part.status_code, part.content) == (206, b"PMTiles")
    assert part.headers["content-range"] == f"bytes 0-6/{len(a_base_map())}"
    assert part.headers["etag"]
    assert 'data-basemap="/map/basemap.pmtiles"' in page.text
    assert "vendor/basemap.js" in page.text
    assert 'data-deepest="14"' in page.text
    assert STRICT in page.headers["content-security-policy"]


@pytest.mark.parametrize("content", [None, b"", b"PMTiles\x02" + bytes(200), b"SQLite format 3\0" + bytes(200)])
def test_a_file_that_is_no_base_map_is_refused_at_the_start(tmp_path, content):
    file = tmp_path / "azory.pmtiles"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ValidationError):
        Settings(**quiet(data=tmp_path, basemap=file))


async def test_without_a_file_there_is_none(tmp_path):
    assert (await visited(tmp_path, "/map/basemap.pmtiles")).status_code == 404
