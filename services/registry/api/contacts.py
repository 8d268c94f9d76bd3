"""`organisations/{id}/contacts` and `people/{id}/contacts`: how to reach whom, who may see it, and until when."""

from typing import Annotated

from fastapi import Path, Request, Response

from services.registry import commands, queries, schemas
from services.registry.commands import Owner
from services.registry.models import Organisation
from services.registry.schemas import ContactAnswer, Identifier, person_contact_answer
from shared import web

router = web.api_router("registry")
OrganisationId = Annotated[Identifier, Path()]
PersonId = Annotated[Identifier, Path()]
ContactId = Annotated[Identifier, Path()]


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
    rows = await commands.disclose(
        database,
        viewer,
        web.door_of(request),
        queries.contacts_of_organisation,
        viewer=viewer,
        organisation_id=organisation_id,
        paging=paging,
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
        owner=Owner(organisation_id=organisation_id),
        plan=body.plan(),
        show=person_contact_answer,
    )


@router.get("/organisations/{organisation_id}/contacts/{contact_id}", response_model=ContactAnswer)
async def get_contact(
    database: web.Database, viewer: web.MaybePerson, organisation_id: OrganisationId, contact_id: ContactId
) -> Response:
    """Give one contact of an organisation to whoever may see it."""
    row = await database.read(
        queries.visible_contact, viewer=viewer, organisation_id=organisation_id, contact_id=contact_id
    )
    return web.answer(person_contact_answer(row), version=row.version)


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
        owner=Owner(organisation_id=organisation_id),
        contact_id=contact_id,
        version=version,
        changes=body.changes(),
    )
    return web.answer(person_contact_answer(row), version=row.version)


@router.delete("/organisations/{organisation_id}/contacts/{contact_id}", status_code=204)
async def remove_contact(
    database: web.Database, by: web.CurrentPerson, organisation_id: OrganisationId, contact_id: ContactId
) -> Response:
    """Delete a contact of an organisation, with its value."""
    owner = Owner(organisation_id=organisation_id)
    await database.write(commands.remove_contact, by=by, owner=owner, contact_id=contact_id)
    return Response(status_code=204)


@router.post("/organisations/{organisation_id}/contacts/{contact_id}/withdraw", response_model=ContactAnswer)
async def withdraw_contact(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    organisation_id: OrganisationId,
    contact_id: ContactId,
) -> Response:
    """Take back the consent to a contact of an organisation: at once only those who speak for it see it."""
    return await web.perform(
        request,
        database,
        commands.withdraw_contact,
        by=by,
        owner=Owner(organisation_id=organisation_id),
        contact_id=contact_id,
        show=person_contact_answer,
    )


@router.get("/people/{person_id}/contacts", response_model=schemas.Page[ContactAnswer])
async def list_contacts_of_person(
    request: Request, database: web.Database, viewer: web.CurrentPerson, paging: web.Paging, person_id: PersonId
) -> Response:
    """List the contacts of somebody that whoever asks may see; one's own are all there."""
    rows = await commands.disclose(
        database,
        viewer,
        web.door_of(request),
        queries.contacts_of_person,
        viewer=viewer,
        person_id=person_id,
        paging=paging,
    )
    return web.listing(request, paging, rows, show=person_contact_answer, key=lambda row: row.id, sorted_by="id")


@router.post("/people/{person_id}/contacts", status_code=201, response_model=ContactAnswer)
async def add_contact_of_person(
    request: Request, database: web.Database, by: web.CurrentPerson, person_id: PersonId, body: schemas.ContactBody
) -> Response:
    """Say one more way to reach oneself; private unless it says otherwise."""
    return await web.create(
        request,
        database,
        commands.add_contact,
        by=by,
        owner=Owner(person_id=person_id),
        plan=body.plan(),
        reason=web.door_of(request),
        show=person_contact_answer,
    )


@router.get("/people/{person_id}/contacts/{contact_id}", response_model=ContactAnswer)
async def get_contact_of_person(
    request: Request, database: web.Database, viewer: web.CurrentPerson, person_id: PersonId, contact_id: ContactId
) -> Response:
    """Give one contact of somebody to whoever may see it."""
    row = await commands.disclose(
        database,
        viewer,
        web.door_of(request),
        queries.visible_contact,
        viewer=viewer,
        person_id=person_id,
        contact_id=contact_id,
    )
    return web.answer(person_contact_answer(row), version=row.version)


@router.patch("/people/{person_id}/contacts/{contact_id}", response_model=ContactAnswer)
async def change_contact_of_person(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    person_id: PersonId,
    contact_id: ContactId,
    body: schemas.ContactChange,
) -> Response:
    """Change one's contact: its value, who may see it, what for, until when; what is absent stays."""
    row = await database.write(
        commands.change_contact,
        by=by,
        owner=Owner(person_id=person_id),
        contact_id=contact_id,
        version=version,
        changes=body.changes(),
        reason=web.door_of(request),
    )
    return web.answer(person_contact_answer(row), version=row.version)


@router.delete("/people/{person_id}/contacts/{contact_id}", status_code=204)
async def remove_contact_of_person(
    request: Request, database: web.Database, by: web.CurrentPerson, person_id: PersonId, contact_id: ContactId
) -> Response:
    """Delete one's contact, with its value."""
    await database.write(
        commands.remove_contact,
        by=by,
        owner=Owner(person_id=person_id),
        contact_id=contact_id,
        reason=web.door_of(request),
    )
    return Response(status_code=204)


@router.post("/people/{person_id}/contacts/{contact_id}/withdraw", response_model=ContactAnswer)
async def withdraw_contact_of_person(
    request: Request, database: web.Database, by: web.CurrentPerson, person_id: PersonId, contact_id: ContactId
) -> Response:
    """Take back the consent to one's contact: at once nobody else sees it, and no mail is sent there."""
    return await web.perform(
        request,
        database,
        commands.withdraw_contact,
        by=by,
        owner=Owner(person_id=person_id),
        contact_id=contact_id,
        reason=web.door_of(request),
        show=person_contact_answer,
    )
