"""`areas`: what is drawn on the map, and for those who may, drawing it."""

from typing import Annotated, Any

from fastapi import Path, Request, Response

from services.map import commands, queries, schemas
from services.map.schemas import AreaAnswer, area_shown
from shared import web

router = web.api_router("map")
AreaId = Annotated[str, Path(max_length=60)]


@router.get("/areas", response_model=web.Page[AreaAnswer])
async def list_areas(request: Request, database: web.Database, paging: web.Paging) -> Response:
    """List what is drawn on the map by name."""
    rows = await database.read(queries.areas, paging)
    return web.listing(
        request, paging, rows, show=area_shown, key=lambda row: (row.sort_text, row.id), sorted_by="name, then id"
    )


@router.get("/areas.geojson", response_class=Response, responses={200: {"content": {"application/geo+json": {}}}})
async def draw_all(database: web.Database) -> Response:
    """Give all that is drawn as one GeoJSON feature collection, named in the language of who asks."""
    answer: Response = web.answer(schemas.drawn(await database.read(queries.every_area)))
    answer.headers["Content-Type"] = "application/geo+json"
    return answer


@router.post("/areas", status_code=201, response_model=AreaAnswer, responses=web.refuses(409))
async def draw_area(
    request: Request, database: web.Database, by: web.CurrentPerson, body: schemas.AreaBody
) -> Response:
    """Draw an area on the map."""
    return await web.create(request, database, commands.draw_area, by=by, plan=body.plan(), show=area_shown)


@router.get("/areas/{area_id}", response_model=AreaAnswer)
async def get_area(database: web.Database, area_id: AreaId) -> Response:
    """Give one area."""
    row = await database.read(queries.area, area_id)
    return web.answer(area_shown(row), version=row.version)


@router.patch("/areas/{area_id}", response_model=AreaAnswer)
async def change_area(
    database: web.Database, by: web.CurrentPerson, version: web.IfMatch, area_id: AreaId, body: schemas.AreaChange
) -> Response:
    """Change what is said of an area, or where it lies; what is absent stays."""
    changes: dict[str, Any] = body.changes()
    row = await database.write(commands.change_area, by=by, area_id=area_id, version=version, changes=changes)
    return web.answer(area_shown(row), version=row.version)


@router.delete("/areas/{area_id}", status_code=204)
async def take_area_away(
    database: web.Database, by: web.CurrentPerson, version: web.IfMatch, area_id: AreaId
) -> Response:
    """Take an area off the map."""
    await database.write(commands.take_area_away, by=by, area_id=area_id, version=version)
    return Response(status_code=204)
