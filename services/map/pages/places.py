"""People ask: the map beside a list that says the same, and the card of one place."""

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.map import queries
from services.map.models import KINDS
from services.map.pages import filters, frame
from services.map.pages.filters import Filters, wanted_of
from services.map.schemas import Place, pins, place_shown
from shared import clock, paging, web
from shared.i18n import say
from shared.opening_words import hours_in_words
from shared.reasons import AUDIENCE_LABELS

router = web.page_router()

PLACES_ON_A_PAGE = 500


@router.get("/map")
async def go_to_the_map() -> RedirectResponse:
    """Send who left the slash out to the map."""
    return RedirectResponse("/map/", status_code=308)


@router.get("/map/")
async def show_map(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    chosen: Filters,
    view: Literal["list", "map"] = "list",
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> HTMLResponse:
    """Show the places that somebody looks for, by name; on a phone the list first and the map behind a tab."""
    page = paging.Paging(limit=PLACES_ON_A_PAGE, after=paging.key_of(cursor) if cursor else None)
    rows = await database.read(queries.places, wanted_of(request, chosen), page, now=clock.now())
    shown, following = paging.page_of(page, rows, queries.place_key)
    places = [place_shown(found) for found in shown]
    known = await database.read(queries.offered_themes)
    return frame.show(
        request,
        "map.html",
        places=places,
        pins=pins(places),
        following=following,
        chosen=chosen,
        kinds=KINDS,
        programs=chosen.query_of_programs(frame.zone_of(request)),
        theme=filters.theme_chosen(chosen, known),
        themes=filters.theme_options(chosen, known),
        audiences=[("", say("All")), *((code, say(name)) for code, name in AUDIENCE_LABELS.items())],
        view=view,
        layers=await database.read(queries.every_layer),
    )


@router.get("/map/places/{place_id}")
async def show_place(request: Request, database: web.Database, person: web.MaybePerson, place_id: str) -> HTMLResponse:
    """Show the card of one place, at an address that stays."""
    card = await database.read(queries.card, place_id, now=clock.now())
    place = place_shown(card.found)
    return frame.show(
        request,
        "place.html",
        place=place,
        route=route_to(place),
        lent=[place_shown(found) for found in card.lent],
        owner=None if card.owner is None else place_shown(card.owner),
        terms=card.terms,
        hours=hours_in_words(place.opening_hours, clock.now().date()),
        page_address=f"{request.app.state.settings.address}/map/places/{place.id}",
    )


def route_to(place: Place) -> dict[str, str] | None:
    """Give links to where a place is: for the phone's own map (RFC 5870), and for a planner of routes on the web."""
    if not place.has_point:
        return None
    point = f"{place.latitude},{place.longitude}"
    return {
        "phone": f"geo:{point}?q={point}({quote(place.name, safe='')})",
        "web": f"https://www.openstreetmap.org/directions?to={point}",
    }
