"""`layers` and `imports`: files of others on the map, with whose they are and under which licence."""

import asyncio
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from sqlalchemy.orm import Session

from services.map import commands, queries
from services.map.domain.layer_files import read_layer
from services.map.domain.permissions import may_bring_layers
from services.map.domain.plans import FileKind, Look
from services.map.models import Layer, LayerFeature
from services.map.schemas import LayerAnswer, LayerBody, Name, Said, drawn_layer, layer_shown
from shared import people, web

router = web.api_router("map")
LayerId = Annotated[str, Path(max_length=60)]
TEXT = {"schema": {"type": "string"}}
FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/geo+json": TEXT, "application/vnd.google-earth.kml+xml": TEXT, "text/csv": TEXT},
    }
}


@router.post("/imports", status_code=201, response_model=LayerAnswer, openapi_extra=FILE, responses=web.refuses(409))
async def bring_layer(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    name: Annotated[Name, Query(description="What the layer is called.")],
    source: Annotated[Said, Query(description="From whom the file is.")],
    licence: Annotated[Said, Query(description="What they allow, for instance CC BY 4.0.")],
    look: Annotated[Look, Query(description="The colour in which it is drawn.")] = "violet",
    kind: Annotated[FileKind | None, Query(description="What the file is, where it does not show.")] = None,
) -> Response:
    """Bring a file onto the map as a layer: GeoJSON, KML, or a table with columns for latitude and longitude."""
    people.must(may_bring_layers(by))
    read = await asyncio.to_thread(read_layer, await request.body(), kind)
    plan = LayerBody(name=name, source=source, licence=licence, look=look).plan()
    return await web.create(
        request,
        database,
        commands.bring_layer,
        by=by,
        plan=plan,
        read=read,
        show=layer_shown,
        location=lambda layer: f"/map/api/v1/layers/{layer.id}",
    )


@router.get("/layers", response_model=web.Page[LayerAnswer])
async def list_layers(request: Request, database: web.Database, paging: web.Paging) -> Response:
    """List the layers by name."""
    rows = await database.read(queries.layers, paging)
    return web.listing(
        request, paging, rows, show=layer_shown, key=lambda row: (row.sort_text, row.id), sorted_by="name, then id"
    )


@router.get("/layers/{layer_id}", response_model=LayerAnswer)
async def get_layer(database: web.Database, layer_id: LayerId) -> Response:
    """Give one layer, and what became of each thing of its file."""
    row = await database.read(queries.layer, layer_id)
    return web.answer(layer_shown(row), version=row.version)


@router.get(
    "/layers/{layer_id}/features",
    response_class=Response,
    responses={200: {"content": {"application/geo+json": {}}}},
)
async def draw_layer(database: web.Database, layer_id: LayerId) -> Response:
    """Give what is in a layer as a GeoJSON feature collection."""
    layer, features = await database.read(with_features, layer_id)
    answer: Response = web.answer(drawn_layer(layer, features))
    answer.headers["Content-Type"] = "application/geo+json"
    return answer


@router.delete("/layers/{layer_id}", status_code=204)
async def take_layer_away(
    database: web.Database, by: web.CurrentPerson, version: web.IfMatch, layer_id: LayerId
) -> Response:
    """Take a layer off the map with all that is in it."""
    await database.write(commands.take_layer_away, by=by, layer_id=layer_id, version=version)
    return Response(status_code=204)


def with_features(session: Session, layer_id: str) -> tuple[Layer, list[LayerFeature]]:
    """Give a layer and all that is in it; raises `NoSuchLayer`."""
    return queries.layer(session, layer_id), list(queries.features_of(session, layer_id))
