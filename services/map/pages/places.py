"""People ask: the map beside a list that says the same."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.map import queries
from services.map.models import KINDS
from services.map.schemas import pins, place_shown
from shared import clock, paging, web
from shared.pages import Pages

router = APIRouter()
pages = Pages("map")

PLACES_ON_A_PAGE = 100


@router.get("/map")
async def go_to_the_map() -> RedirectResponse:
    """Send who left the slash out to the map."""
    return RedirectResponse("/map/", status_code=308)


@router.get("/map/")
async def show_map(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    q: Annotated[str, Query(max_length=200)] = "",
    kind: Annotated[tuple[str, ...], Query()] = (),
    view: Literal["list", "map"] = "list",
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> HTMLResponse:
    """Show the places that somebody looks for, by name; on a phone the list first and the map behind a tab."""
    wanted = queries.Wanted(kinds=tuple(one for one in KINDS if one in kind), text=q)
    page = paging.Paging(limit=PLACES_ON_A_PAGE, after=paging.key_of(cursor) if cursor else None)
    rows = await database.read(queries.places, wanted, page, now=clock.now())
    shown, following = paging.page_of(page, rows, queries.place_key)
    places = [place_shown(found) for found in shown]
    return pages.page(
        request,
        "map.html",
        places=places,
        pins=pins(places),
        following=following,
        q=q,
        kinds=KINDS,
        chosen=wanted.kinds,
        view=view,
    )
