"""Door: programs ask (JSON), one module for each group of addresses."""

from fastapi import APIRouter

from services.registry.api import imports, neighbourhood, offers, organisations, people

router = APIRouter()
for door in (organisations, people, offers, neighbourhood, imports):
    router.include_router(door.router)
