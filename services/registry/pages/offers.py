"""What an institution can lend: its people add venues and resources from the card, change and withdraw them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.registry import commands, queries, schemas
from services.registry.domain.permissions import may_edit_organisation
from services.registry.models import Organisation, Resource, Venue
from services.registry.pages import offer_form, words
from services.registry.schemas import Identifier
from shared import people, web
from shared.pages import Pages
from shared.paging import WHOLE
from shared.people import must
from shared.problems import ChangedMeanwhile, InvalidInput

router = web.page_router()
templates = Pages("registry")
Row = Venue | Resource
Refusals = (ValidationError, InvalidInput, ChangedMeanwhile)


@dataclass(frozen=True)
class Offer:
    """What a form is of: whose it is, a venue or something else, and the row, None for a new one."""

    organisation_id: str
    is_venue: bool
    row: Row | None = None


async def new_venue(organisation_id: Identifier) -> Offer:
    """Name a venue that is to be added."""
    return Offer(organisation_id, is_venue=True)


async def new_resource(organisation_id: Identifier) -> Offer:
    """Name something else that is to be added."""
    return Offer(organisation_id, is_venue=False)


async def one_venue(database: web.Database, venue_id: Identifier) -> Offer:
    """Find a venue."""
    row = await database.read(queries.named, Venue, venue_id)
    return Offer(row.organisation_id, is_venue=True, row=row)


async def one_resource(database: web.Database, resource_id: Identifier) -> Offer:
    """Find something else that can be lent."""
    row = await database.read(queries.named, Resource, resource_id)
    return Offer(row.organisation_id, is_venue=False, row=row)


def _doors(address: str, named: Callable[..., Awaitable[Offer]]) -> None:
    """Open two doors at an address: the form of what it names, and where the form is sent."""

    @router.get(address)
    async def ask(
        request: Request, database: web.Database, person: web.CurrentPerson, offer: Annotated[Offer, Depends(named)]
    ) -> Response:
        """Show the form."""
        return await _form(request, database, person, offer)

    @router.post(address)
    async def save(
        request: Request, database: web.Database, person: web.CurrentPerson, offer: Annotated[Offer, Depends(named)]
    ) -> Response:
        """Save what was typed, or show it again with what is wrong."""
        return await _save(request, database, person, offer)


_doors("/registry/organisations/{organisation_id}/venues/new", new_venue)
_doors("/registry/organisations/{organisation_id}/resources/new", new_resource)
_doors("/registry/venues/{venue_id}/edit", one_venue)
_doors("/registry/resources/{resource_id}/edit", one_resource)


async def _save(request: Request, database: web.Database, person: people.Person, offer: Offer) -> Response:
    organisation_id, is_venue, row = offer.organisation_id, offer.is_venue, offer.row
    must(may_edit_organisation(person, organisation_id))
    typed = {**offer_form.EMPTY, **{name: str(value) for name, value in (await request.form()).items()}}
    said = offer_form.said_of(typed, is_venue=is_venue)
    try:
        if row is None:
            made = await _added(database, person, organisation_id, {**said, "kind": typed["kind"]}, is_venue=is_venue)
        else:
            made = await _changed(database, person, row, said, web.number_of(typed.get("version", "")))
    except Refusals as refusal:
        return await _form(request, database, person, offer, typed, offer_form.faults_of(refusal))
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
    offer: Offer,
    typed: Mapping[str, Any] | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response:
    organisation_id, row = offer.organisation_id, offer.row
    organisation = await database.read(queries.named, Organisation, organisation_id)
    must(may_edit_organisation(person, organisation_id))
    known = await database.read(queries.taxonomy)
    hidden = await database.read(queries.hidden_addresses, viewer=person, row_ids=[row.id] if row else [])
    outer = await database.read(queries.venues, paging=WHOLE, organisation_id=organisation_id)
    return templates.form(
        request,
        "offer.html",
        faults,
        organisation=organisation,
        offer=row,
        is_venue=offer.is_venue,
        typed=typed
        or {**offer_form.EMPTY, **(offer_form.typed_of(row, known, hidden.get(row.id)) if row is not None else {})},
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
