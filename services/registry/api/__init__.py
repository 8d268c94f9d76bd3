"""Door: programs ask (JSON), one module for each group of addresses."""

from fastapi import APIRouter

from services.registry.api import (
    audit,
    contacts,
    duplicates,
    erasing,
    exports,
    hidden,
    imports,
    invitations,
    keys,
    needs,
    neighbourhood,
    offers,
    organisations,
    people,
    searching,
    sites,
    themes,
)

router = APIRouter()
PUBLIC = (organisations, sites, offers, needs, hidden, themes, neighbourhood, searching)
TABLES = (imports, exports, duplicates)
for door in (*PUBLIC, contacts, people, erasing, invitations, audit, keys, *TABLES):
    router.include_router(door.router)
