"""What an institution can lend: its people add venues and resources from the card, change and withdraw them."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.registry import commands, queries, schemas
from services.registry.domain.permissions import may_edit_organisation
from services.registry.models import Organisation, Resource, Venue
from services.registry.pages import offer_form, words
from services.registry.schemas import Identifier
from shared import people, web
from shared.pages import Pages
from shared.paging import Paging
from shared.people import must
from shared.problems import ChangedMeanwhile, InvalidInput

router = APIRouter(include_in_schema=False)
templates = Pages("registry")
Row = Venue | Resource
Refusals = (ValidationError, InvalidInput, ChangedMeanwhile)


@router.get("/registry/organisations/{organisation_id}/venues/new")
async def ask_for_venue(
    request: Request, database: web.Database, person: web.CurrentPerson, organisation_id: Identifier
) -> Response:
    """Show the empty form of a venue."""
    return await _form(request, database, person, organisation_id, None, is_venue=True)


@router.post("/registry/organisations/{organisation_id}/venues/new")
async def add_venue(
    request: Request, database: web.Database, person: web.CurrentPerson, organisation_id: Identifier
) -> Response:
    """Add a venue."""
    return await _save(request, database, person, organisation_id, None, is_venue=True)


@router.get("/registry/organisations/{organisation_id}/resources/new")
async def ask_for_resource(
    request: Request, database: web.Database, person: web.CurrentPerson, organisation_id: Identifier
) -> Response:
    """Show the empty form of something else that can be lent."""
    return await _form(request, database, person, organisation_id, None, is_venue=False)


@router.post("/registry/organisations/{organisation_id}/resources/new")
async def add_resource(
    request: Request, database: web.Database, person: web.CurrentPerson, organisation_id: Identifier
) -> Response:
    """Add something else that can be lent."""
    return await _save(request, database, person, organisation_id, None, is_venue=False)


@router.get("/registry/venues/{venue_id}/edit")
async def ask_to_edit_venue(
    request: Request, database: web.Database, person: web.CurrentPerson, venue_id: Identifier
) -> Response:
    """Show the form of a venue."""
    row = await database.read(queries.named, Venue, venue_id)
    return await _form(request, database, person, row.organisation_id, row, is_venue=True)


@router.post("/registry/venues/{venue_id}/edit")
async def edit_venue(
    request: Request, database: web.Database, person: web.CurrentPerson, venue_id: Identifier
) -> Response:
    """Save a venue."""
    row = await database.read(queries.named, Venue, venue_id)
    return await _save(request, database, person, row.organisation_id, row, is_venue=True)


@router.get("/registry/resources/{resource_id}/edit")
async def ask_to_edit_resource(
    request: Request, database: web.Database, person: web.CurrentPerson, resource_id: Identifier
) -> Response:
    """Show the form of a resource."""
    row = await database.read(queries.named, Resource, resource_id)
    return await _form(request, database, person, row.organisation_id, row, is_venue=False)


@router.post("/registry/resources/{resource_id}/edit")
async def edit_resource(
    request: Request, database: web.Database, person: web.CurrentPerson, resource_id: Identifier
) -> Response:
    """Save a resource."""
    row = await database.read(queries.named, Resource, resource_id)
    return await _save(request, database, person, row.organisation_id, row, is_venue=False)


async def _save(
    request: Request,
    database: web.Database,
    person: people.Person,
    organisation_id: str,
    row: Row | None,
    *,
    is_venue: bool,
) -> Response:
    """Save what was typed, or show it again with what is wrong."""
    must(may_edit_organisation(person, organisation_id))
    typed = {**offer_form.EMPTY, **{name: str(value) for name, value in (await request.form()).items()}}
    said = offer_form.said_of(typed, is_venue=is_venue)
    try:
        if row is None:
            made = await _added(database, person, organisation_id, {**said, "kind": typed["kind"]}, is_venue=is_venue)
        else:
            made = await _changed(database, person, row, said, web.number_of(typed.get("version", "")))
    except Refusals as refusal:
        faults = offer_form.faults_of(refusal)
        return await _form(
            request, database, person, organisation_id, row, is_venue=is_venue, typed=typed, faults=faults
        )
    mark = "venue" if is_venue else "resource"
    return RedirectResponse(f"/registry/organisations/{organisation_id}#{mark}-{made.id}", status_code=303)


async def _added(
    database: web.Database, person: people.Person, organisation_id: str, said: dict[str, Any], *, is_venue: bool
) -> Row:
    kind = said.pop("kind")
    if is_venue:
        venue = schemas.VenueBody(**said, organisation_id=organisation_id)
        return await database.write(commands.register_venue, by=person, plan=venue.plan())
    resource = schemas.ResourceBody(**said, kind=kind, organisation_id=organisation_id)
    return await database.write(commands.register_resource, by=person, plan=resource.plan())


async def _changed(
    database: web.Database, person: people.Person, row: Row, said: dict[str, Any], version: int | None
) -> Row:
    known = version or row.version
    if isinstance(row, Venue):
        changes = schemas.VenueChange(**said).changes()
        return await database.write(commands.change_venue, by=person, venue_id=row.id, version=known, changes=changes)
    changes = schemas.ResourceChange(**said).changes()
    return await database.write(commands.change_resource, by=person, resource_id=row.id, version=known, changes=changes)


async def _form(
    request: Request,
    database: web.Database,
    person: people.Person,
    organisation_id: str,
    row: Row | None,
    *,
    is_venue: bool,
    typed: Mapping[str, Any] | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response:
    organisation = await database.read(queries.named, Organisation, organisation_id)
    must(may_edit_organisation(person, organisation_id))
    known = await database.read(queries.taxonomy)
    hidden = await database.read(queries.hidden_addresses, viewer=person, row_ids=[row.id] if row else [])
    outer = await database.read(queries.venues, paging=Paging(limit=200), organisation_id=organisation_id)
    return templates.page(
        request,
        "offer.html",
        status=422 if faults else 200,
        organisation=organisation,
        offer=row,
        is_venue=is_venue,
        typed=typed
        or {**offer_form.EMPTY, **(offer_form.typed_of(row, known, hidden.get(row.id)) if row is not None else {})},
        faults=faults or {},
        outer=_outer_of(row, outer),
        kinds=[(code, word) for code, word in words.said(words.RESOURCE_KINDS).items() if code != "space"],
        lends_to=list(words.said(words.LENDS_TO).items()),
        costs_per=list(words.said(words.COSTS_PER).items()),
    )


def _outer_of(row: Row | None, venues: Any) -> list[tuple[str, str]]:
    """Give the venues to choose the outer one from: those of the same institution, and the one that is chosen."""
    found = [(one.id, one.name) for one in venues if row is None or one.id != row.id]
    chosen = row.inside_venue_id if isinstance(row, Venue) else None
    return found if chosen is None or chosen in dict(found) else [*found, (chosen, "…")]
