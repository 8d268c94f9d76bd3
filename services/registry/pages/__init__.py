"""Door: people ask (HTML), one module for each kind of page."""

from fastapi import APIRouter

from services.registry.pages import (
    about,
    account,
    audit,
    contacts,
    editing,
    erasing,
    initiatives,
    institutions,
    invitations,
    keys,
    own_data,
    people,
    problems,
    residents,
    signing_in,
)

router = APIRouter(include_in_schema=False)
SHARED = (institutions, editing, residents, problems, initiatives, invitations, people, contacts, audit, about)
OWN = (signing_in, account, keys, own_data, erasing)
for door in (*SHARED, *OWN):
    router.include_router(door.router)
