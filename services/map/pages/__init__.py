"""Door: people ask (HTML), one module for each kind of page."""

from fastapi import APIRouter

from services.map import queries
from services.map.pages import places
from shared.web.own_data import own_data_router

router = APIRouter(include_in_schema=False)
for door in (places,):
    router.include_router(door.router)
router.include_router(own_data_router("map", queries.own_data))
