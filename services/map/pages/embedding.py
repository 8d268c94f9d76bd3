"""The map within a page of somebody else: a frame without our menus, for the sites that the operator names."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from services.map import queries
from services.map.pages import frame
from services.map.pages.filters import Filters, wanted_of
from services.map.schemas import pins, place_shown
from shared import clock, paging, web

router = web.page_router()
"""Part of the map only where the operator names a site."""
MOST_EMBEDDED = 100


@router.get("/map/embed")
async def show_embedded(request: Request, database: web.Database, chosen: Filters) -> HTMLResponse:
    """Show a selection of places within a page of a site that may."""
    settings = request.app.state.settings
    rows = await database.read(
        queries.places, wanted_of(request, chosen), paging.Paging(limit=MOST_EMBEDDED), now=clock.now()
    )
    places = [place_shown(found) for found in rows[:MOST_EMBEDDED]]
    return frame.show(
        request,
        "map-embed.html",
        ancestors=settings.embed_hosts,
        places=places,
        pins=pins(places),
        is_cut=len(rows) > MOST_EMBEDDED,
        page_address=f"{settings.address}/map/{chosen.query()}",
    )
