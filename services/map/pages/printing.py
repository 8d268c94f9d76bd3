"""Paper: places as a numbered list, a sketch with the same numbers, and a QR code that leads back."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from typing import Any, Literal

from fastapi import Request
from fastapi.responses import HTMLResponse

from services.map import queries
from services.map.models import Area
from services.map.pages import frame
from services.map.pages.filters import Filters, wanted_of
from services.map.schemas import Place, place_shown
from shared import clock, paging, web
from shared.pages import sketch

router = web.page_router()
MOST_ON_PAPER = 200
Size = Literal["a4", "a3"]


NUMBER_M = 100
"""A number on the whole sketch is so many of its metres wide; on a part of it, as much of the part."""
SMALLEST_VIEW_M = 1000
RATIO = sketch.WIDTH / sketch.HEIGHT


@dataclass
class Numbered:
    """A number on the sheet with all places that it stands for, and its spot where they lie on the sketch.

    `somewhere_m` is the radius of the circle in which a confidential place lies, which has a number to itself.
    """

    number: int
    places: list[Place]
    spot: sketch.Spot | None
    somewhere_m: int | None = None


@dataclass(frozen=True)
class View:
    """The part of the sketch that is shown, in its metres."""

    x: int = 0
    y: int = 0
    width: int = sketch.WIDTH
    height: int = sketch.HEIGHT

    @property
    def scale(self) -> float:
        """Give how large a number is drawn, so that it is as large on paper as one on the whole sketch."""
        return round(self.width / sketch.WIDTH, 3)


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
    view = view_of(places)
    return frame.show(
        request,
        "map-print.html",
        numbered=numbered(places, view.scale),
        view=view,
        outlines=outlines(await database.read(queries.every_area)),
        is_cut=len(rows) > MOST_ON_PAPER,
        chosen=chosen,
        size=size,
        width=sketch.WIDTH,
        height=sketch.HEIGHT,
        page_address=f"{request.app.state.settings.address}/map/{chosen.query()}",
    )


def numbered(places: Sequence[Place], scale: float = 1) -> list[Numbered]:
    """Give each place a number; those have one together whose numbers would cover each other on the sketch."""
    found: list[Numbered] = []
    for place in places:
        spot = _spot_of(place)
        if place.confidential:
            found.append(Numbered(len(found) + 1, [place], spot, place.radius_m))
        elif spot and (near := next((one for one in found if _is_covered(spot, one, NUMBER_M * scale)), None)):
            near.places.append(place)
        else:
            found.append(Numbered(len(found) + 1, [place], spot))
    return found


def view_of(places: Sequence[Place]) -> View:
    """Give the part of the sketch in which all these places lie, with what is around them; of none, the whole."""
    spots = [(spot, place.radius_m or 0 if place.confidential else 0) for place in places if (spot := _spot_of(place))]
    if not spots:
        return View()
    west, east = min(spot.x - far for spot, far in spots), max(spot.x + far for spot, far in spots)
    north, south = min(spot.y - far for spot, far in spots), max(spot.y + far for spot, far in spots)
    share = max(SMALLEST_VIEW_M, east - west + 4 * NUMBER_M, (south - north + 4 * NUMBER_M) * RATIO) / sketch.WIDTH
    width, height = round(sketch.WIDTH * min(share, 1)), round(sketch.HEIGHT * min(share, 1))
    x = min(max((west + east - width) // 2, 0), sketch.WIDTH - width)
    y = min(max((north + south - height) // 2, 0), sketch.HEIGHT - height)
    return View(x, y, width, height)


def outlines(areas: Sequence[Area]) -> list[Outline]:
    """Give what is drawn as lines on the sketch; points are left to the list."""
    return [
        Outline(area.look, _path(line), area.geometry["type"].endswith("Polygon"))
        for area in areas
        for line in _lines(area.geometry)
    ]


def _is_covered(spot: sketch.Spot, other: Numbered, wide: float) -> bool:
    there = other.spot
    return there is not None and not other.somewhere_m and hypot(spot.x - there.x, spot.y - there.y) < wide


def _spot_of(place: Place) -> sketch.Spot | None:
    if place.latitude is None or place.longitude is None:
        return None
    return sketch.place(place.latitude, place.longitude)


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
