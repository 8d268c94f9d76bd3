"""`places`: where everything is."""

from typing import Annotated

from fastapi import Query, Request, Response

from services.map import queries
from services.map.domain import areas
from services.map.models import PlaceKind
from services.map.problems import NotAnArea
from services.map.schemas import Place, place_shown
from shared import clock, web

router = web.api_router("map")

Text = Annotated[str, Query(max_length=200, description="Words that must all be found, whatever their accents.")]
Kinds = Annotated[tuple[PlaceKind, ...], Query(description="Only places of these kinds; may be given several times.")]
BoxText = Annotated[str | None, Query(max_length=100, description="west,south,east,north in degrees (RFC 7946 §5).")]
PointText = Annotated[str | None, Query(max_length=60, description="latitude,longitude; the nearest come first.")]
Metres = Annotated[int, Query(ge=1, le=50_000, description="How far from `near`, in metres.")]


@router.get("/places", response_model=None, responses={200: {"model": web.Page[Place]}})
async def list_places(
    request: Request,
    database: web.Database,
    paging: web.Paging,
    q: Text = "",
    kind: Kinds = (),
    bbox: BoxText = None,
    near: PointText = None,
    within_m: Metres = 1000,
) -> Response:
    """List places with what is on there next: by name, or by distance where `near` is given."""
    wanted = queries.Wanted(kinds=kind, text=q, box=box_of(bbox), near=point_of(near), within_m=within_m)
    found = await database.read(queries.places, wanted, paging, now=clock.now())
    order = "name" if wanted.near is None else "distance"
    return web.listing(request, paging, found, show=place_shown, key=queries.place_key, sorted_by=order)


@router.get("/places/{place_id}", responses={200: {"model": Place}}, response_model=None)
async def get_place(database: web.Database, place_id: str) -> Response:
    """Give one place with what is on there next."""
    found = await database.read(queries.place, place_id, now=clock.now())
    return web.answer(place_shown(found))


def box_of(text: str | None) -> areas.Box | None:
    """Read a box, where there is one; raises `NotAnArea`."""
    try:
        return None if text is None else areas.read_box(text)
    except ValueError:
        raise NotAnArea("bbox", "Give west,south,east,north in degrees, for instance 19.90,50.08,19.93,50.10") from None


def point_of(text: str | None) -> areas.Point | None:
    """Read a point, where there is one; raises `NotAnArea`."""
    try:
        return None if text is None else areas.read_point(text)
    except ValueError:
        raise NotAnArea("near", "Give latitude,longitude in degrees, for instance 50.0885,19.9189") from None
