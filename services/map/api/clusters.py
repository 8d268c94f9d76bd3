"""`clusters`: how many places are where, for a map at any zoom."""

from typing import Annotated

from fastapi import Query, Response

from services.map import queries
from services.map.api.places import WantedPlaces
from services.map.problems import NotAnArea
from services.map.schemas import ClustersAnswer, clusters_shown
from shared import clock, web

router = web.api_router("map")
Zoom = Annotated[int, Query(ge=0, le=24, description="As web maps count it: the world is 2^zoom tiles wide.")]


@router.get("/clusters", response_model=None, responses={200: {"model": ClustersAnswer}})
async def list_clusters(database: web.Database, wanted: WantedPlaces, zoom: Zoom) -> Response:
    """Count the places of a box by cells of 64 pixels, single ones as themselves; `bbox` must be given, not `near`."""
    if wanted.box is None:
        raise NotAnArea("bbox", "Give west,south,east,north in degrees, for instance 19.90,50.08,19.93,50.10")
    if wanted.near is not None:
        raise NotAnArea("near", "Clusters are of a box: leave this out")
    found = await database.read(queries.clusters, wanted, wanted.box, zoom, now=clock.now())
    return web.tagged(web.answer(clusters_shown(found)))
