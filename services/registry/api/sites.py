"""`organisations/{id}/sites`: the further places where an organisation works; and the cards to be looked at again."""

from typing import Annotated

from fastapi import Path, Request, Response

from services.registry import commands, queries, schemas
from services.registry.domain.reviews import ReviewReason
from services.registry.models import Site
from services.registry.schemas import Identifier
from services.registry.schemas.organisations import ReviewAnswer, SiteAnswer, SiteBody, SiteChange, review_answer
from shared import clock, web

router = web.api_router("registry")
OrganisationId = Annotated[Identifier, Path()]
SiteId = Annotated[Identifier, Path()]


def show(row: Site) -> SiteAnswer:
    """Show a site."""
    return SiteAnswer.model_validate(row)


@router.get("/organisations/{organisation_id}/sites", response_model=schemas.Page[SiteAnswer])
async def list_sites(
    request: Request, database: web.Database, paging: web.Paging, organisation_id: OrganisationId
) -> Response:
    """List the further places where an organisation works, the oldest first; the first one stands on its card."""
    rows = await database.read(queries.sites, organisation_id=organisation_id, paging=paging)
    return web.listing(request, paging, rows, show=show, key=lambda row: row.id, sorted_by="id")


@router.post("/organisations/{organisation_id}/sites", status_code=201, response_model=SiteAnswer)
async def add_site(
    request: Request, database: web.Database, by: web.CurrentPerson, organisation_id: OrganisationId, body: SiteBody
) -> Response:
    """Add a place where an organisation works."""
    return await web.create(
        request, database, commands.add_site, by=by, organisation_id=organisation_id, plan=body.plan(), show=show
    )


@router.get("/organisations/{organisation_id}/sites/{site_id}", response_model=SiteAnswer)
async def get_site(database: web.Database, organisation_id: OrganisationId, site_id: SiteId) -> Response:
    """Give one place where an organisation works."""
    row = await database.read(queries.site, organisation_id=organisation_id, site_id=site_id)
    return web.answer(show(row), version=row.version)


@router.patch("/organisations/{organisation_id}/sites/{site_id}", response_model=SiteAnswer)
async def change_site(
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    organisation_id: OrganisationId,
    site_id: SiteId,
    body: SiteChange,
) -> Response:
    """Change a place where an organisation works; what is absent stays."""
    row = await database.write(
        commands.change_site,
        by=by,
        organisation_id=organisation_id,
        site_id=site_id,
        version=version,
        changes=body.changes(),
    )
    return web.answer(show(row), version=row.version)


@router.delete("/organisations/{organisation_id}/sites/{site_id}", status_code=204)
async def remove_site(
    database: web.Database, by: web.CurrentPerson, organisation_id: OrganisationId, site_id: SiteId
) -> Response:
    """Say that an organisation works there no more."""
    await database.write(commands.remove_site, by=by, organisation_id=organisation_id, site_id=site_id)
    return Response(status_code=204)


@router.get("/review", response_model=schemas.Page[ReviewAnswer])
async def list_reviews(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    paging: web.Paging,
    reason: ReviewReason | None = None,
) -> Response:
    """List the cards that somebody should look at again, by name, each with its reasons."""
    today = clock.today(request.app.state.settings.zone)
    rows = await database.read(queries.cards_to_review, viewer=by, paging=paging, today=today, reason=reason)
    return web.listing(
        request,
        paging,
        rows,
        show=review_answer,
        key=lambda one: (one.organisation.name, one.organisation.id),
        sorted_by="name, then id",
    )
