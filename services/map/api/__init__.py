"""Door: programs ask (JSON), one module for each group of addresses."""

from fastapi import APIRouter

from services.map.api import areas, clusters, exports, layers, places

router = APIRouter()
for door in (places, clusters, exports, areas, layers):
    router.include_router(door.router)
