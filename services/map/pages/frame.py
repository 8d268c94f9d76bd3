"""What all pages of the map stand on: its words, the ground under its pins, and the policy that lets the ground in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse

from services.map.domain.permissions import may_bring_layers, may_draw_areas
from services.map.pages import words
from services.map.schemas import name_of_area
from services.map.settings import Settings
from shared import web
from shared.i18n import language
from shared.pages import Pages
from shared.pages.qr import qr_svg

SIGNS: Mapping[str, str] = {
    "organisation": "institution",
    "venue": "pin",
    "resource": "resource",
    "need": "need",
    "event": "calendar",
    "problem": "warning",
    "fact": "closure",
}
"""The icon that stands beside a kind."""

pages = Pages("map")
pages.environment.globals.update(
    kind_word=lambda code: words.word(words.KINDS, code),
    kinds_word=lambda code: words.word(words.MANY, code),
    kind_sign=SIGNS.get,
    role_word=lambda code: words.word(words.ROLES, code),
    area_word=lambda code: words.word(words.AREA_KINDS, code),
    name_of_area=name_of_area,
    cost_of=words.cost_of,
    lends_to_word=lambda code: words.word(words.LENDS_TO, code) if code in words.LENDS_TO else "",
    may_draw=may_draw_areas,
    may_bring=may_bring_layers,
    qr=qr_svg,
)


@dataclass(frozen=True)
class Ground:
    """What lies under the pins: a file of ours, tiles of somebody else, or (with neither) our sketch."""

    basemap: str | None = None
    deepest: int | None = None
    tiles: str | None = None
    attribution: str | None = None

    @property
    def attributes(self) -> Mapping[str, str | int | None]:
        """Give what the map's script reads, as attributes of its element."""
        drawn_by = _painter() if self.basemap else None
        return {
            "data_basemap": self.basemap,
            "data_painter": drawn_by,
            "data_deepest": self.deepest,
            "data_tiles": self.tiles,
            "data_attribution": self.attribution,
            "data_tongue": language.get() if self.basemap else None,
        }


def _painter() -> str:
    """Give the address of the script that draws a PMTiles file."""
    asset: Any = pages.environment.globals["asset"]
    return str(asset("vendor/basemap.js"))


BASEMAP = "/map/basemap.pmtiles"
OPENSTREETMAP = "© OpenStreetMap"
"""Whose data a PMTiles file of the Protomaps scheme holds (ODbL)."""


def ground_of(settings: Settings) -> Ground:
    """Choose the ground: the operator's file before the operator's tiles."""
    if settings.basemap is not None:
        attribution = settings.tiles_attribution or OPENSTREETMAP
        return Ground(basemap=BASEMAP, deepest=settings.basemap_zoom, attribution=attribution)
    if settings.tiles:
        return Ground(tiles=settings.tiles, attribution=settings.tiles_attribution or settings.tiles_origin)
    return Ground()


def show(
    request: Request, name: str, *, status: int = 200, ancestors: tuple[str, ...] = (), **values: Any
) -> HTMLResponse:
    """Render a page with a map: its policy lets in pictures of the tiles' origin, and `ancestors` may frame it."""
    settings: Settings = request.app.state.settings
    ground = ground_of(settings)
    images = (settings.tiles_origin,) if ground.tiles else ()
    policy = web.content_security_policy(images=images, ancestors=ancestors)
    headers = {"Content-Security-Policy": policy}
    return pages.page(request, name, status=status, headers=headers, ground=ground.attributes, **values)


def zone_of(request: Request) -> ZoneInfo:
    """Give the zone of the neighbourhood."""
    return ZoneInfo(request.app.state.settings.zone)


def hours_of(day: Any, zone: ZoneInfo, opens: time, hours: int) -> tuple[datetime, datetime]:
    """Give the instants at which people begin and end to use rooms on a day."""
    start = datetime.combine(day, opens, zone)
    return start, start + timedelta(hours=hours)
