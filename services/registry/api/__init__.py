"""Door: programs ask (JSON), one module for each group of addresses."""

from fastapi import APIRouter

from services.registry.api import (
    audit,
    contacts,
    duplicates,
    erasing,
    exports,
    imports,
    invitations,
    keys,
    neighbourhood,
    offers,
    organisations,
    people,
)

router = APIRouter()
TABLES = (imports, exports, duplicates)
for door in (organisations, contacts, people, erasing, invitations, audit, keys, offers, neighbourhood, *TABLES):
    router.include_router(door.router)
