"""What every site must say of itself: privacy, accessibility, and how programs talk with it."""

from fastapi import APIRouter, Request, Response

from shared import web
from shared.pages import Pages

router = APIRouter(include_in_schema=False)
templates = Pages("registry")


@router.get("/privacy")
@router.get("/registry/privacy")
async def privacy(request: Request, _person: web.MaybePerson) -> Response:
    """Say what is kept of people, and who sees it."""
    return templates.page(request, "privacy.html")


@router.get("/accessibility")
@router.get("/registry/accessibility")
async def accessibility(request: Request, _person: web.MaybePerson) -> Response:
    """Say how far everybody can use these pages."""
    return templates.page(request, "accessibility.html")


@router.get("/developers")
@router.get("/registry/developers")
async def developers(request: Request, _person: web.MaybePerson) -> Response:
    """Say how programs read and write here."""
    return templates.page(request, "developers.html")
