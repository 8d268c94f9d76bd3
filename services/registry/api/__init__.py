"""Door: programs ask (JSON), one module for each group of addresses."""

from fastapi import APIRouter

from services.registry.api import (
    audit,
    contacts,
    erasing,
    imports,
    invitations,
    keys,
    needs,
    neighbourhood,
    offers,
    organisations,
    people,
)

router = APIRouter()
for door in (organisations, contacts, people, erasing, invitations, audit, keys, offers, needs, neighbourhood, imports):
    router.include_router(door.router)
