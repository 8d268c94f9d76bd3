"""Door: people ask (HTML), one module for each kind of page."""

from fastapi import APIRouter

from services.registry.pages import (
    about,
    account,
    audit,
    contacts,
    editing,
    erasing,
    institutions,
    invitations,
    keys,
    offers,
    own_data,
    people,
    reviews,
    signing_in,
    sites,
    themes,
)

router = APIRouter(include_in_schema=False)
SHARED = (institutions, editing, sites, offers, reviews, invitations, people, contacts, themes, audit, about)
OWN = (signing_in, account, keys, own_data, erasing)
for door in (*SHARED, *OWN):
    router.include_router(door.router)
