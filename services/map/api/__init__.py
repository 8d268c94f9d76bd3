"""Door: programs ask (JSON), one module for each group of addresses."""

from fastapi import APIRouter

from services.map.api import areas, exports, places

router = APIRouter()
for door in (areas, exports, places):
    router.include_router(door.router)
