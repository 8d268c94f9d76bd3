"""Door: people ask (HTML), one module for each kind of page."""

from services.registry.pages import (
    about,
    account,
    audit,
    contacts,
    duplicates,
    editing,
    erasing,
    exchange,
    forming_initiatives,
    importing,
    initiatives,
    institutions,
    invitations,
    joining_initiatives,
    keys,
    naming_problems,
    needs,
    offers,
    own_data,
    people,
    problems,
    residents,
    reviews,
    searching,
    signing_in,
    sites,
    solving_problems,
    themes,
)

OPEN = (institutions, searching, exchange, residents, reviews, themes, about)
SOLVING = (naming_problems, problems, solving_problems, forming_initiatives, initiatives, joining_initiatives)
SHARED = (editing, sites, offers, needs, invitations, people, contacts, audit)
TABLES = (importing, duplicates)
OWN = (signing_in, account, keys, own_data, erasing)
routers = [door.router for door in (*OPEN, *SOLVING, *SHARED, *TABLES, *OWN)]
UPLOADS = (importing.ADDRESS,)
"""Where a page sends a file."""

__all__ = ["UPLOADS", "routers"]
