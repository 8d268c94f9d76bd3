"""Door: people ask (HTML), one module for each kind of page."""

from fastapi import APIRouter

from services.registry.pages import about, institutions, signing_in

router = APIRouter(include_in_schema=False)
for door in (institutions, signing_in, about):
    router.include_router(door.router)
