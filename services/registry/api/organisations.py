"""`organisations` and `organisations/{id}/contacts`."""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from services.registry import commands, queries, schemas
from services.registry.models import Contact, Organisation
from services.registry.queries.contacts import VisibleContact
from services.registry.schemas import ContactAnswer, Identifier, OrganisationAnswer
from shared import web
from shared.messages.registry import OrganisationKind

router = web.api_router("registry")
OrganisationId = Annotated[Identifier, Path()]
ContactId = Annotated[Identifier, Path()]
SearchWords = Annotated[str, Query(max_length=200, description="Words that must all occur.")]


def show(row: Organisation) -> OrganisationAnswer:
    """Show what is publicly known of an organisation."""
    return OrganisationAnswer.model_validate(row)


def show_contact(row: Contact) -> ContactAnswer:
    """Show a contact to somebody who speaks for its organisation."""
    return schemas.contact_answer(VisibleContact(row))


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
    return await web.create(request, database, commands.register_organisation, by=by, plan=body.plan(), show=show)


@router.get("/organisations/{organisation_id}", response_model=OrganisationAnswer)
async def get_organisation(database: web.Database, organisation_id: OrganisationId) -> Response:
    """Give one organisation."""
    row = await database.read(queries.named, Organisation, organisation_id)
    return web.answer(show(row), version=row.version)


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


@router.get("/organisations/{organisation_id}/contacts", response_model=schemas.Page[ContactAnswer])
async def list_contacts(
    request: Request,
    database: web.Database,
    viewer: web.MaybePerson,
    paging: web.Paging,
    organisation_id: OrganisationId,
) -> Response:
    """List the contacts of an organisation and of its people that whoever asks may see."""
    await database.read(queries.named, Organisation, organisation_id)
    rows = await database.read(
        queries.contacts_of_organisation, viewer=viewer, organisation_id=organisation_id, paging=paging
    )
    return web.listing(
        request, paging, rows, show=schemas.contact_answer, key=lambda row: row.contact.id, sorted_by="id"
    )


@router.post("/organisations/{organisation_id}/contacts", status_code=201, response_model=ContactAnswer)
async def add_contact(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    organisation_id: OrganisationId,
    body: schemas.ContactBody,
) -> Response:
    """Add a contact of an organisation; private unless it says otherwise."""
    return await web.create(
        request,
        database,
        commands.add_contact,
        by=by,
        organisation_id=organisation_id,
        plan=body.plan(),
        show=show_contact,
    )


@router.get("/organisations/{organisation_id}/contacts/{contact_id}", response_model=ContactAnswer)
async def get_contact(
    database: web.Database, viewer: web.MaybePerson, organisation_id: OrganisationId, contact_id: ContactId
) -> Response:
    """Give one contact of an organisation to whoever may see it."""
    visible = await database.read(
        queries.contact_of_organisation, viewer=viewer, organisation_id=organisation_id, contact_id=contact_id
    )
    return web.answer(schemas.contact_answer(visible), version=visible.contact.version)


@router.patch("/organisations/{organisation_id}/contacts/{contact_id}", response_model=ContactAnswer)
async def change_contact(
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    organisation_id: OrganisationId,
    contact_id: ContactId,
    body: schemas.ContactChange,
) -> Response:
    """Change a contact of an organisation, most often who may see it; what is absent stays."""
    row = await database.write(
        commands.change_contact,
        by=by,
        organisation_id=organisation_id,
        contact_id=contact_id,
        version=version,
        changes=body.changes(),
    )
    return web.answer(show_contact(row), version=row.version)
