"""Door: programs ask (JSON), one module for each group of addresses."""

from fastapi import APIRouter

from services.registry.api import (
    audit,
    contacts,
    erasing,
    imports,
    invitations,
    keys,
    neighbourhood,
    offers,
    organisations,
    people,
    sites,
    themes,
)

router = APIRouter()
PUBLIC = (organisations, sites, offers, themes, neighbourhood, imports)
for door in (*PUBLIC, contacts, people, erasing, invitations, audit, keys):
    router.include_router(door.router)
