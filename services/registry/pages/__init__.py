"""Door: people ask (HTML), one module for each kind of page."""

from fastapi import APIRouter

from services.registry.pages import (
    about,
    account,
    audit,
    contacts,
    editing,
    institutions,
    invitations,
    keys,
    own_data,
    people,
    signing_in,
)

router = APIRouter(include_in_schema=False)
for door in (institutions, editing, invitations, people, contacts, audit, signing_in, account, keys, own_data, about):
    router.include_router(door.router)
