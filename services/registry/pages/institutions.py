"""The institutions, and the card of one."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.registry import commands, queries
from services.registry.commands import Owner
from services.registry.domain.permissions import may_look_after_people, may_see_people
from services.registry.pages import words
from services.registry.schemas import Identifier
from shared import web
from shared.pages import Pages
from shared.paging import page_of

router = APIRouter(include_in_schema=False)
templates = Pages("registry")


@router.get("/registry")
async def to_institutions() -> Response:
    """Send to the list of institutions."""
    return RedirectResponse("/registry/", status_code=308)


@router.get("/registry/")
async def institutions(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    paging: web.Paging,
    q: Annotated[str, Query(max_length=200)] = "",
    kind: str = "",
) -> Response:
    """Show the institutions, to be searched by words and kind."""
    wanted = kind if kind in words.ORGANISATION_KINDS else None
    rows = await database.read(queries.organisations, paging=paging, q=q, kind=wanted)
    shown, cursor = page_of(paging, rows, lambda row: (row.name, row.id))
    following = request.url.include_query_params(cursor=cursor).query if cursor else None
    return templates.page(
        request,
        "institutions.html",
        organisations=shown,
        q=q,
        kind=wanted or "",
        kinds=words.said(words.ORGANISATION_KINDS),
        next=f"/registry/?{following}" if following else None,
        may_look_after_people=may_look_after_people(person),
    )


@router.get("/registry/organisations/{organisation_id}")
async def organisation(
    request: Request, database: web.Database, person: web.MaybePerson, organisation_id: Identifier
) -> Response:
    """Show one institution: what it has, what it needs, and the contacts that this reader may see."""
    card = await commands.disclose(
        database,
        person,
        web.door_of(request),
        queries.organisation_card,
        viewer=person,
        organisation_id=organisation_id,
    )
    return templates.page(
        request,
        "organisation.html",
        card=card,
        kinds=words.said(words.ORGANISATION_KINDS),
        resource_kinds=words.said(words.RESOURCE_KINDS),
        roles=words.said(words.ROLES),
        visibilities=words.said(words.VISIBILITIES),
        link_of=words.link_of,
        is_shown=words.is_shown,
        may_see_people=may_see_people(person),
        may_edit=commands.may_edit_contacts(person, Owner(organisation_id=organisation_id)),
    )
