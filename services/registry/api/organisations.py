"""`organisations`: who works in the neighbourhood."""

from typing import Annotated

from fastapi import Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.registry import commands, queries, schemas
from services.registry.models import Organisation
from services.registry.problems import OrganisationMerged
from services.registry.schemas import Identifier, OrganisationAnswer
from shared import clock, web
from shared.messages.registry import OrganisationKind

router = web.api_router("registry")
OrganisationId = Annotated[Identifier, Path()]
MERGED = {"description": "It was merged into another organisation, to which this leads."}
SearchWords = Annotated[str, Query(max_length=200, description="Words that must all occur.")]


def show(row: Organisation) -> OrganisationAnswer:
    """Show what is publicly known of an organisation."""
    return OrganisationAnswer.model_validate(row)


@router.get("/organisations", response_model=schemas.Page[OrganisationAnswer])
async def list_organisations(
    request: Request,
    database: web.Database,
    paging: web.Paging,
    q: SearchWords = "",
    kind: OrganisationKind | None = None,
) -> Response:
    """List organisations by name."""
    rows = await database.read(queries.organisations, paging=paging, q=q, kind=kind)
    return web.listing(request, paging, rows, show=show, key=lambda row: (row.name, row.id), sorted_by="name, then id")


@router.post("/organisations", status_code=201, response_model=OrganisationAnswer)
async def register_organisation(
    request: Request, database: web.Database, by: web.CurrentPerson, body: schemas.OrganisationBody
) -> Response:
    """Register an organisation."""
    today = clock.today(request.app.state.settings.zone)
    return await web.create(
        request, database, commands.register_organisation, by=by, plan=body.plan(), confirmed_on=today, show=show
    )


@router.get("/organisations/{organisation_id}", response_model=OrganisationAnswer, responses={308: MERGED})
async def get_organisation(database: web.Database, organisation_id: OrganisationId) -> Response:
    """Give one organisation; of one that was merged into another, lead to that."""
    try:
        row = await database.read(queries.named, Organisation, organisation_id)
    except OrganisationMerged as merged:
        return RedirectResponse(f"/registry/api/v1/organisations/{merged.kept_id}", status_code=308)
    return web.answer(show(row), version=row.version)


@router.post("/organisations/{organisation_id}/confirm", response_model=OrganisationAnswer)
async def confirm_organisation(
    request: Request, database: web.Database, by: web.CurrentPerson, organisation_id: OrganisationId
) -> Response:
    """Say that what is known of an organisation is still right; this is asked once a year."""
    return await web.perform(
        request,
        database,
        commands.confirm_organisation,
        by=by,
        organisation_id=organisation_id,
        today=clock.today(request.app.state.settings.zone),
        show=show,
    )


@router.patch("/organisations/{organisation_id}", response_model=OrganisationAnswer)
async def change_organisation(
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    organisation_id: OrganisationId,
    body: schemas.OrganisationChange,
) -> Response:
    """Change what is publicly known of an organisation; what is absent stays."""
    row = await database.write(
        commands.change_organisation, by=by, organisation_id=organisation_id, version=version, changes=body.changes()
    )
    return web.answer(show(row), version=row.version)
