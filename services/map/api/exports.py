"""`exports`: the places of a selection as one file."""

from fastapi import Request, Response

from services.map import queries
from services.map.api.places import WantedPlaces
from services.map.problems import TooManyPlaces
from services.map.schemas import FORMATS, FileFormat, place_shown
from services.map.schemas.places import Place
from shared import clock, web
from shared.database import Database
from shared.paging import Paging

router = web.api_router("map")
MOST_PLACES = 10_000
AT_ONCE = 1_000


CONTENT: dict[str, dict[str, str]] = {one.media_type.partition(";")[0]: {} for one in FORMATS.values()}


@router.get("/exports/places.{form}", response_class=Response, responses={200: {"content": CONTENT}})
async def export_places(
    request: Request, database: web.Database, person: web.MaybePerson, form: FileFormat, wanted: WantedPlaces
) -> Response:
    """Give the places of a selection, at most 10,000, as GeoJSON, CSV, KML, GPX or vCard."""
    settings = request.app.state.settings
    places = await selected(database, wanted)
    written = FORMATS[form].write(places, f"Osiedle {settings.neighbourhood}", settings.address)
    name = f"osiedle-{settings.neighbourhood}.{form}".lower()
    return web.attachment(Response(written, media_type=FORMATS[form].media_type), name)


async def selected(database: Database, wanted: queries.Wanted) -> list[Place]:
    """Read a whole selection, part by part; raises `TooManyPlaces`."""
    places: list[Place] = []
    paging = Paging(limit=AT_ONCE)
    while True:
        rows = await database.read(queries.places, wanted, paging, now=clock.now())
        places += [place_shown(found) for found in rows[: paging.limit]]
        if len(rows) <= paging.limit:
            return places
        if len(places) >= MOST_PLACES:
            raise TooManyPlaces(values={"most": MOST_PLACES})
        paging = Paging(limit=AT_ONCE, after=queries.place_key(rows[paging.limit - 1]))
