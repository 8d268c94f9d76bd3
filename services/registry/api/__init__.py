"""Door: programs ask (JSON), one module for each group of addresses."""

from fastapi import APIRouter

from services.registry.api import (
    audit,
    contacts,
    erasing,
    imports,
    initiatives,
    invitations,
    keys,
    offers,
    organisations,
    people,
    problems,
)

router = APIRouter()
OF_PEOPLE = (people, erasing, invitations, audit, keys)
OF_THE_NEIGHBOURHOOD = (organisations, contacts, offers, problems, initiatives, imports)
for door in (*OF_THE_NEIGHBOURHOOD, *OF_PEOPLE):
    router.include_router(door.router)
