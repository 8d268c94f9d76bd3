"""`places`: where everything is, found by whatever is known of it."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Request, Response
from pydantic import AwareDatetime

from services.map import queries
from services.map.domain import areas
from services.map.models import PlaceKind
from services.map.problems import NotAnArea, NotATime
from services.map.schemas import Place, place_item
from shared import clock, web
from shared.messages.calendar import Audience

router = web.api_router("map")

Text = Annotated[str, Query(max_length=200, description="Words that must all be found, whatever their accents.")]
Kinds = Annotated[tuple[PlaceKind, ...], Query(description="Only places of these kinds; may be given several times.")]
BoxText = Annotated[str | None, Query(max_length=100, description="west,south,east,north in degrees (RFC 7946 §5).")]
PointText = Annotated[str | None, Query(max_length=60, description="latitude,longitude; the nearest come first.")]
Metres = Annotated[int, Query(ge=1, le=50_000, description="How far from `near`, in metres.")]
Minutes = Annotated[int | None, Query(ge=1, le=600, description="How far from `near`, in minutes on foot at 4 km/h.")]
Word = Annotated[str, Query(max_length=60)]
THEMES = "About one of these themes or a narrower one: a code, a name or a synonym in either language; or any word."
Themes = Annotated[tuple[Word, ...], Query(max_length=20, description=THEMES)]
Audiences = Annotated[tuple[Audience, ...], Query(description="For one of these audiences.")]
Open = Annotated[bool, Query(description="Only what says that it is open at this moment.")]
StepFree = Annotated[bool, Query(description="Only what can be reached without a step.")]
Lends = Annotated[
    str, Query(max_length=200, description="What is lent: a kind of resource, words of its name or equipment, or both.")
]
FREE = "Only venues that are free from here on …; with `lends` or kind=resource, resources with something left as well."
From = Annotated[AwareDatetime | None, Query(description=FREE)]
Until = Annotated[AwareDatetime | None, Query(description="… to here; at most 31 days later.")]
ThisWeek = Annotated[bool, Query(description="Only where something begins within seven days.")]
LONGEST_DAYS = 31


async def wanted_places(
    request: Request,
    q: Text = "",
    kind: Kinds = (),
    bbox: BoxText = None,
    near: PointText = None,
    within_m: Metres = 1000,
    within_minutes: Minutes = None,
    theme: Themes = (),
    audience: Audiences = (),
    open_now: Open = False,
    step_free: StepFree = False,
    lends: Lends = "",
    free_from: From = None,
    free_until: Until = None,
    this_week: ThisWeek = False,
) -> queries.Wanted:
    """Read which places are asked for; all filters hold together. Raises `NotAnArea` and `NotATime`."""
    _check_time(free_from, free_until)
    return queries.Wanted(
        kinds=kind,
        text=q,
        box=box_of(bbox),
        near=point_of(near),
        within_m=within_m if within_minutes is None else areas.metres_walked(within_minutes),
        themes=theme,
        audiences=audience,
        open_now=open_now,
        step_free=step_free,
        lends=lends,
        free_from=free_from,
        free_until=free_until,
        this_week=this_week,
        zone=request.app.state.settings.zone,
    )


WantedPlaces = Annotated[queries.Wanted, Depends(wanted_places)]


@router.get("/places", response_model=None, responses={200: {"model": web.Page[Place]}})
async def list_places(
    request: Request, database: web.Database, person: web.MaybePerson, paging: web.Paging, wanted: WantedPlaces
) -> Response:
    """List places with what is on there next: by name, or by distance where `near` is given."""
    found = await database.read(queries.places, wanted, paging, now=clock.now())
    order = "name" if wanted.near is None else "distance"
    answer = web.listing(request, paging, found, show=place_item, key=queries.place_key, sorted_by=order)
    return web.tagged(answer)


@router.get("/places/{place_id}", responses={200: {"model": Place}}, response_model=None)
async def get_place(database: web.Database, person: web.MaybePerson, place_id: str) -> Response:
    """Give one place with what is on there next."""
    found = await database.read(queries.place, place_id, now=clock.now())
    return web.tagged(web.answer(place_item(found)))


def _check_time(free_from: datetime | None, free_until: datetime | None) -> None:
    if (free_from is None) != (free_until is None):
        raise NotATime("free_from" if free_from is None else "free_until", "Give both free_from and free_until")
    if free_from is not None and free_until is not None:
        if free_until <= free_from:
            raise NotATime("free_until", "Give an instant after free_from")
        if (free_until - free_from).days >= LONGEST_DAYS:
            raise NotATime("free_until", "Give an instant at most 31 days after free_from")


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
