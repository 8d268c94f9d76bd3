"""Door: programs ask (JSON), one module for each group of addresses."""

from services.registry.api import (
    audit,
    contacts,
    duplicates,
    erasing,
    exports,
    hidden,
    imports,
    initiatives,
    invitations,
    keys,
    needs,
    offers,
    organisations,
    people,
    problems,
    searching,
    sites,
    themes,
)

OF_THE_NEIGHBOURHOOD = (organisations, sites, offers, needs, hidden, themes, problems, initiatives, searching)
TABLES = (imports, exports, duplicates)
OF_PEOPLE = (contacts, people, erasing, invitations, audit, keys)
routers = [door.router for door in (*OF_THE_NEIGHBOURHOOD, *OF_PEOPLE, *TABLES)]
