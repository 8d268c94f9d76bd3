"""Paper: places as a numbered list, a sketch with the same numbers, and a QR code that leads back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.map import queries
from services.map.models import Area
from services.map.pages import frame
from services.map.pages.filters import Filters, wanted_of
from services.map.schemas import Place, place_shown
from shared import clock, paging, web
from shared.pages import sketch

router = APIRouter()
MOST_ON_PAPER = 200
Size = Literal["a4", "a3"]


@dataclass(frozen=True)
class Numbered:
    """A place with its number on the sheet, and its spot on the sketch where it lies there."""

    number: int
    place: Place
    spot: sketch.Spot | None


@dataclass(frozen=True)
class Outline:
    """Something drawn, as paths of an SVG in the metres of the sketch."""

    look: str
    path: str
    is_closed: bool


@router.get("/map/print")
async def show_sheet(
    request: Request, database: web.Database, person: web.MaybePerson, chosen: Filters, size: Size = "a4"
) -> HTMLResponse:
    """Show a sheet for a notice board: the sketch with numbers, and the list."""
    rows = await database.read(
        queries.places, wanted_of(request, chosen), paging.Paging(limit=MOST_ON_PAPER), now=clock.now()
    )
    places = [place_shown(found) for found in rows[:MOST_ON_PAPER]]
    return frame.show(
        request,
        "map-print.html",
        numbered=numbered(places),
        outlines=outlines(await database.read(queries.every_area)),
        is_cut=len(rows) > MOST_ON_PAPER,
        chosen=chosen,
        size=size,
        width=sketch.WIDTH,
        height=sketch.HEIGHT,
        page_address=f"{request.app.state.settings.address}/map/{chosen.query()}",
    )


def numbered(places: Sequence[Place]) -> list[Numbered]:
    """Give each place its number, and its spot."""
    return [Numbered(number, place, _spot(place.latitude, place.longitude)) for number, place in enumerate(places, 1)]


def outlines(areas: Sequence[Area]) -> list[Outline]:
    """Give what is drawn as lines on the sketch; points are left to the list."""
    return [
        Outline(area.look, _path(line), area.geometry["type"].endswith("Polygon"))
        for area in areas
        for line in _lines(area.geometry)
    ]


def _spot(latitude: float | None, longitude: float | None) -> sketch.Spot | None:
    return None if latitude is None or longitude is None else sketch.place(latitude, longitude)


def _lines(geometry: dict[str, Any]) -> list[list[list[float]]]:
    coordinates: Any = geometry["coordinates"]
    kind = geometry["type"]
    if kind == "LineString":
        return [coordinates]
    if kind in ("MultiLineString", "Polygon"):
        return list(coordinates)
    return [ring for polygon in coordinates for ring in polygon] if kind == "MultiPolygon" else []


def _path(line: list[list[float]]) -> str:
    corners = (
        f"{(east - sketch.WEST) * sketch.METRES_EAST:.0f} {(sketch.NORTH - north) * sketch.METRES_NORTH:.0f}"
        for east, north, *_ in line
    )
    return "M" + "L".join(corners)
