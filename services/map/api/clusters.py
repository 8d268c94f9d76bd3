"""`clusters`: how many places are where, for a map at any zoom."""

from typing import Annotated

from fastapi import Query, Response

from services.map import queries
from services.map.api.places import WantedPlaces
from services.map.domain.areas import WORLD
from services.map.problems import NotAnArea
from services.map.schemas import ClustersAnswer, clusters_shown
from shared import clock, web

router = web.api_router("map")
Zoom = Annotated[int, Query(ge=0, le=24, description="As web maps count it: the world is 2^zoom tiles wide.")]


@router.get("/clusters", response_model=None, responses={200: {"model": ClustersAnswer}})
async def list_clusters(database: web.Database, wanted: WantedPlaces, zoom: Zoom) -> Response:
    """Count the places of a box, or of the world, by cells of 64 pixels, single ones as themselves."""
    if wanted.near is not None:
        raise NotAnArea("near", "Clusters are of a box: leave this out")
    found = await database.read(queries.clusters, wanted, wanted.box or WORLD, zoom, now=clock.now())
    return web.tagged(web.answer(clusters_shown(found)))
