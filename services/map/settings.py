"""What an operator can say about the map: what lies under it, and who may show it in a page of theirs."""

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import field_validator
from pydantic_settings import NoDecode

from shared.settings import ServiceSettings

ORIGIN = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")
"""Scheme, host and port, and nothing that could end a directive of a content security policy."""
PMTILES, HEADER_BYTES = b"PMTiles\x03", 127
TILE_TYPE, DEEPEST_ZOOM, VECTOR = 99, 101, 1
IN_A_TILE = ("{z}", "{x}", "{y}")


class Settings(ServiceSettings):
    """The settings every service has, and the map's own."""

    port: int = 8003
    basemap: Path | None = None
    """A PMTiles file (version 3, vector tiles of the Protomaps scheme) that is drawn under the pins."""
    tiles: str = ""
    """Map tiles of somebody else, `https://tiles.example/{z}/{x}/{y}.png`; without it nobody else is asked."""
    tiles_attribution: str = ""
    """Whose tiles they are, as their licence wants it said."""
    embed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """Sites that may show the map in a page of theirs, `https://example.org`; comma-separated in the environment."""

    @field_validator("basemap")
    @classmethod
    def _is_pmtiles(cls, file: Path | None) -> Path | None:
        if file is not None:
            deepest_zoom_of(file)
        return file

    @field_validator("tiles")
    @classmethod
    def _names_a_tile(cls, address: str) -> str:
        if address and not (origin_of(address) and all(one in address for one in IN_A_TILE)):
            raise ValueError("Give the address of a tile, as https://tiles.example/{z}/{x}/{y}.png")
        return address

    @field_validator("embed_hosts", mode="before")
    @classmethod
    def _name_sites(cls, given: object) -> object:
        sites = given.split(",") if isinstance(given, str) else given
        if not isinstance(sites, list | tuple):
            raise ValueError("Name sites, as https://example.org, with commas between them.")
        sites = tuple(str(one).strip().lower().rstrip("/") for one in sites if str(one).strip())
        if not all(ORIGIN.fullmatch(one) for one in sites):
            raise ValueError("Name each site as https://example.org, without a path.")
        return sites

    @property
    def basemap_zoom(self) -> int | None:
        """Say down to which zoom the base map has tiles; beyond it the last ones are drawn larger."""
        return None if self.basemap is None else deepest_zoom_of(self.basemap)

    @property
    def tiles_origin(self) -> str:
        """Name the site that tiles come from; empty without one."""
        return origin_of(self.tiles)


def origin_of(address: str) -> str:
    """Give scheme, host and port of an address; empty when it has none that can be named."""
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc.lower()}"
    return origin if ORIGIN.fullmatch(origin) else ""


def deepest_zoom_of(file: Path) -> int:
    """Read the deepest zoom in the header of a PMTiles file (version 3, §3); raises `ValueError` for other files."""
    if not file.is_file():
        raise ValueError("There is no such file.")
    with file.open("rb") as opened:
        header = opened.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES or not header.startswith(PMTILES) or header[TILE_TYPE] != VECTOR:
        raise ValueError("This is no PMTiles file of version 3 with vector tiles.")
    return header[DEEPEST_ZOOM]
