"""`venues`, `resources`, `needs` and `matches`: what organisations have, what they lack, and what answers it."""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from services.registry import commands, queries, schemas
from services.registry.models import Need, Resource, Venue
from services.registry.schemas import Identifier, NeedAnswer, ResourceAnswer, VenueAnswer
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


def show_need(row: Need) -> NeedAnswer:
    """Show a need."""
    return NeedAnswer.model_validate(row)


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


@router.get("/needs", response_model=schemas.Page[NeedAnswer])
async def list_needs(
    request: Request,
    database: web.Database,
    paging: web.Paging,
    organisation_id: OfOrganisation = None,
    kind: ResourceKind | None = None,
) -> Response:
    """List needs, the oldest first."""
    rows = await database.read(queries.needs, paging=paging, organisation_id=organisation_id, kind=kind)
    return web.listing(request, paging, rows, show=show_need, key=lambda row: row.id, sorted_by="id")


@router.post("/needs", status_code=201, response_model=NeedAnswer)
async def state_need(
    request: Request, database: web.Database, by: web.CurrentPerson, body: schemas.NeedBody
) -> Response:
    """State a need."""
    return await web.create(request, database, commands.state_need, by=by, plan=body.plan(), show=show_need)


@router.get("/needs/{need_id}", response_model=NeedAnswer)
async def get_need(database: web.Database, need_id: PathId) -> Response:
    """Give one need."""
    row = await database.read(queries.named, Need, need_id)
    return web.answer(show_need(row), version=row.version)


@router.patch("/needs/{need_id}", response_model=NeedAnswer)
async def change_need(
    database: web.Database, by: web.CurrentPerson, version: web.IfMatch, need_id: PathId, body: schemas.NeedChange
) -> Response:
    """Change a need; what is absent stays."""
    row = await database.write(commands.change_need, by=by, need_id=need_id, version=version, changes=body.changes())
    return web.answer(show_need(row), version=row.version)


@router.get("/matches", response_model=schemas.Page[schemas.AnsweredNeedAnswer])
async def list_matches(
    request: Request, database: web.Database, paging: web.Paging, organisation_id: OfOrganisation = None
) -> Response:
    """List needs, the oldest first, each with what others could lend for it and why."""
    rows = await database.read(queries.needs_with_matches, paging=paging, organisation_id=organisation_id)
    return web.listing(
        request, paging, rows, show=schemas.answered_need, key=lambda row: row.need.id, sorted_by="need id"
    )
