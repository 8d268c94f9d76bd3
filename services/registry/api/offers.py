"""`venues` and `resources`: what organisations have."""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from services.registry import commands, queries, schemas
from services.registry.models import Resource, Venue
from services.registry.schemas import Identifier, ResourceAnswer, VenueAnswer
from shared import web
from shared.messages.registry import ResourceKind

router = web.api_router("registry")
OfOrganisation = Annotated[Identifier | None, Query(description="Only those of this organisation.")]
PathId = Annotated[Identifier, Path()]


def show_venue(row: Venue) -> VenueAnswer:
    """Show a venue."""
    return VenueAnswer.model_validate(row)


def show_resource(row: Resource) -> ResourceAnswer:
    """Show a resource."""
    return ResourceAnswer.model_validate(row)


@router.get("/venues", response_model=schemas.Page[VenueAnswer])
async def list_venues(
    request: Request, database: web.Database, paging: web.Paging, organisation_id: OfOrganisation = None
) -> Response:
    """List venues by name."""
    rows = await database.read(queries.venues, paging=paging, organisation_id=organisation_id)
    return web.listing(
        request, paging, rows, show=show_venue, key=lambda row: (row.name, row.id), sorted_by="name, then id"
    )


@router.post("/venues", status_code=201, response_model=VenueAnswer)
async def register_venue(
    request: Request, database: web.Database, by: web.CurrentPerson, body: schemas.VenueBody
) -> Response:
    """Register a venue."""
    return await web.create(request, database, commands.register_venue, by=by, plan=body.plan(), show=show_venue)


@router.get("/venues/{venue_id}", response_model=VenueAnswer)
async def get_venue(database: web.Database, venue_id: PathId) -> Response:
    """Give one venue."""
    row = await database.read(queries.named, Venue, venue_id)
    return web.answer(show_venue(row), version=row.version)


@router.patch("/venues/{venue_id}", response_model=VenueAnswer)
async def change_venue(
    database: web.Database, by: web.CurrentPerson, version: web.IfMatch, venue_id: PathId, body: schemas.VenueChange
) -> Response:
    """Change a venue; what is absent stays."""
    row = await database.write(commands.change_venue, by=by, venue_id=venue_id, version=version, changes=body.changes())
    return web.answer(show_venue(row), version=row.version)


@router.get("/resources", response_model=schemas.Page[ResourceAnswer])
async def list_resources(
    request: Request,
    database: web.Database,
    paging: web.Paging,
    organisation_id: OfOrganisation = None,
    kind: ResourceKind | None = None,
) -> Response:
    """List what can be lent, by name; spaces are listed as venues."""
    rows = await database.read(queries.resources, paging=paging, organisation_id=organisation_id, kind=kind)
    return web.listing(
        request, paging, rows, show=show_resource, key=lambda row: (row.name, row.id), sorted_by="name, then id"
    )


@router.post("/resources", status_code=201, response_model=ResourceAnswer)
async def register_resource(
    request: Request, database: web.Database, by: web.CurrentPerson, body: schemas.ResourceBody
) -> Response:
    """Register something that can be lent."""
    return await web.create(request, database, commands.register_resource, by=by, plan=body.plan(), show=show_resource)


@router.get("/resources/{resource_id}", response_model=ResourceAnswer)
async def get_resource(database: web.Database, resource_id: PathId) -> Response:
    """Give one resource."""
    row = await database.read(queries.named, Resource, resource_id)
    return web.answer(show_resource(row), version=row.version)


@router.patch("/resources/{resource_id}", response_model=ResourceAnswer)
async def change_resource(
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    resource_id: PathId,
    body: schemas.ResourceChange,
) -> Response:
    """Change a resource; what is absent stays."""
    row = await database.write(
        commands.change_resource, by=by, resource_id=resource_id, version=version, changes=body.changes()
    )
    return web.answer(show_resource(row), version=row.version)
