"""Door: programs ask (JSON), one module for each group of addresses."""

from fastapi import APIRouter

from services.registry.api import (
    audit,
    contacts,
    erasing,
    hidden,
    imports,
    invitations,
    keys,
    neighbourhood,
    offers,
    organisations,
    people,
)

router = APIRouter()
doors = (organisations, contacts, people, erasing, invitations, audit, keys, offers, neighbourhood, imports, hidden)
for door in doors:
    router.include_router(door.router)
