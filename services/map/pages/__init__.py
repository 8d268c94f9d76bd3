"""Door: people ask (HTML), one module for each kind of page."""

from fastapi import APIRouter

from services.map import queries
from services.map.pages import areas, basemap, embedding, layers, places, printing, rooms
from services.map.settings import Settings
from shared.web.own_data import own_data_router

routers = [
    *(door.router for door in (places, rooms, printing, areas, layers)),
    own_data_router("map", queries.own_data),
]
UPLOADS = (areas.ADDRESS, layers.ADDRESS)
"""Where a page sends a file."""


def optional_routers(settings: Settings) -> list[APIRouter]:
    """Give the pages that are there only where the operator wants them."""
    wanted = ((basemap.router, settings.basemap), (embedding.router, settings.embed_hosts))
    return [router for router, is_wanted in wanted if is_wanted]
