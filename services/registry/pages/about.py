"""What every site must say of itself: privacy, accessibility, and how programs talk with it.

The accessibility statement has the structure and the `a11y-…` ids of the ministry's "Warunki techniczne publikacji i
struktura dokumentu elektronicznego deklaracji dostępności", version 2.0 of 31 July 2024, as copied by
deklaracja-dostepnosci.info and as checklists and reports of its validator list them.
"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from fastapi import Request, Response

from services.registry import queries
from services.registry.domain.statements import Statements
from services.registry.pages import words
from services.registry.pages.kept import cookies, kept_data, purposes
from services.registry.settings import Settings
from shared import clock, web
from shared.i18n import say
from shared.pages import Pages
from shared.people import Person, is_administrator

router = web.page_router()
templates = Pages("registry")

REQUIRED_IDS = (
    "a11y-wstep",
    "a11y-podmiot",
    "a11y-zakres",
    "a11y-url",
    "a11y-data-publikacja",
    "a11y-data-aktualizacja",
    "a11y-status",
    "a11y-data-sporzadzenie",
    "a11y-kontakt",
    "a11y-email",
    "a11y-telefon",
    "a11y-procedura",
    "a11y-architektura",
    "a11y-komunikacja",
)
"""The ids that every complete statement has."""
OCCASIONAL_IDS = ("a11y-data-przeglad", "a11y-ocena", "a11y-aplikacje", "a11y-architektura-url")
"""From the first review on; for a burden called disproportionate; for mobile applications; for a page of its own."""


@router.get("/privacy")
@router.get("/registry/privacy")
async def privacy(request: Request, person: web.MaybePerson) -> Response:
    """Say what is kept of people, why, for how long, who sees it, and what they can do about it."""
    settings: Settings = request.app.state.settings
    said = queries.statements(settings.statements_file)
    return templates.page(
        request,
        "privacy.html",
        statement=said.privacy,
        part="privacy",
        missing=said.privacy.missing,
        warnings=_warnings(settings, person, said, said.privacy.missing),
        purposes=purposes(said.privacy),
        kept=kept_data(settings),
        cookies=cookies(settings),
    )


@router.get("/accessibility")
@router.get("/registry/accessibility")
async def accessibility(request: Request, person: web.MaybePerson) -> Response:
    """Say how far everybody can use these pages, as the law asks."""
    settings: Settings = request.app.state.settings
    said = queries.statements(settings.statements_file)
    missing = said.accessibility.missing
    warnings = _warnings(settings, person, said, missing)
    today = clock.now().astimezone(ZoneInfo(settings.zone)).date()
    if is_administrator(person) and said.accessibility.is_overdue(today):
        warnings.append(
            say("The statement must be reviewed by 31 March of every year. Review it and set reviewed_on to that day.")
        )
    return templates.page(
        request,
        "accessibility.html",
        statement=said.accessibility,
        part="accessibility",
        missing=missing,
        warnings=warnings,
    )


def _warnings(settings: Settings, person: Person | None, said: Statements, missing: Sequence[str]) -> list[str]:
    """Say to administrators what is wrong with the file of the statements, and where it is; to others nothing."""
    if not is_administrator(person):
        return []
    file = str(settings.statements_file)
    if said.fault:
        return [say("The file {file} cannot be used as it is. {fault}", file=file, fault=said.fault)]
    if missing:
        return [say("Write what is missing into the file {file}; the page follows at once.", file=file)]
    return []


@router.get("/developers")
@router.get("/registry/developers")
async def developers(request: Request, _person: web.MaybePerson) -> Response:
    """Say how programs read and write here."""
    return templates.page(request, "developers.html", scopes=words.said(words.SCOPES))
