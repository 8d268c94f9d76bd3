"""`people`: for those who work here, never for strangers."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from sqlalchemy.orm import Session

from services.registry import commands, queries, schemas
from services.registry.domain.plans import PersonPlan
from services.registry.models import Person
from services.registry.queries.people import PersonCard
from services.registry.schemas import Identifier, PersonAnswer
from services.registry.schemas.people import NeighbourhoodRolesBody, PersonChange, RoleBody
from shared import people, web
from shared.database import Database

router = web.api_router("registry")
PersonId = Annotated[Identifier, Path()]
OrganisationId = Annotated[Identifier, Path()]


@router.get("/people", response_model=schemas.Page[PersonAnswer])
async def list_people(
    request: Request,
    database: web.Database,
    viewer: web.CurrentPerson,
    paging: web.Paging,
    organisation_id: Annotated[Identifier | None, Query()] = None,
) -> Response:
    """List people by name, with the contacts that whoever asks may see."""
    rows = await commands.disclose(
        database,
        viewer,
        web.door_of(request),
        queries.people,
        viewer=viewer,
        paging=paging,
        organisation_id=organisation_id,
    )
    return web.listing(
        request,
        paging,
        rows,
        show=schemas.person_answer,
        key=lambda card: (card.person.name, card.person.id),
        sorted_by="name, then id",
    )


@router.post("/people", status_code=201, response_model=PersonAnswer)
async def register_person(
    request: Request, database: web.Database, by: web.CurrentPerson, body: schemas.PersonBody
) -> Response:
    """Register a person with roles and contacts."""
    return await web.create(
        request,
        database,
        _register,
        by=by,
        plan=body.plan(),
        show=schemas.person_answer,
        location=lambda card: f"{request.url.path}/{card.person.id}",
    )


@router.get("/people/{person_id}", response_model=PersonAnswer)
async def get_person(
    request: Request, database: web.Database, viewer: web.CurrentPerson, person_id: Annotated[Identifier, Path()]
) -> Response:
    """Give one person."""
    card = await commands.disclose(
        database, viewer, web.door_of(request), queries.person_card, viewer=viewer, person_id=person_id
    )
    return web.answer(schemas.person_answer(card), version=card.version)


@router.patch("/people/{person_id}", response_model=PersonAnswer)
async def edit_person(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    person_id: PersonId,
    body: PersonChange,
) -> Response:
    """Change somebody's name or language; what is absent stays."""
    return await _answered(
        database,
        by,
        commands.edit_person,
        person_id=person_id,
        version=version,
        changes=body.changes(),
        reason=web.door_of(request),
    )


@router.put("/people/{person_id}/memberships/{organisation_id}", response_model=PersonAnswer)
async def give_role(
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    person_id: PersonId,
    organisation_id: OrganisationId,
    body: RoleBody,
) -> Response:
    """Give somebody who is here a role in an organisation, instead of any other in it; `If-Match` is the person's."""
    return await _answered(
        database,
        by,
        commands.give_role,
        person_id=person_id,
        organisation_id=organisation_id,
        role=body.role,
        version=version,
    )


@router.delete("/people/{person_id}/memberships/{organisation_id}", response_model=PersonAnswer)
async def take_role(
    database: web.Database, by: web.CurrentPerson, person_id: PersonId, organisation_id: OrganisationId
) -> Response:
    """Take somebody out of an organisation; everybody may leave one."""
    return await _answered(database, by, commands.take_role, person_id=person_id, organisation_id=organisation_id)


@router.put("/people/{person_id}/neighbourhood-roles", response_model=PersonAnswer, responses=web.refuses(409))
async def give_neighbourhood_roles(
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    person_id: PersonId,
    body: NeighbourhoodRolesBody,
) -> Response:
    """Say which roles somebody has in the whole neighbourhood; the last administrator stays one."""
    return await _answered(
        database, by, commands.give_neighbourhood_roles, person_id=person_id, version=version, **body.model_dump()
    )


async def _answered(database: Database, by: people.Person, command: Callable[..., Person], **values: Any) -> Response:
    """Run a command that changes a person, and show them as the one who did so may see them."""

    def work(session: Session) -> PersonCard:
        return queries.seen_person(session, viewer=by, row=command(session, by=by, **values))

    card = await database.write(work)
    return web.answer(schemas.person_answer(card), version=card.version)


def _register(session: Session, *, by: people.Person, plan: PersonPlan) -> PersonCard:
    """Register a person and look at them as the one who did so may."""
    row = commands.register_person(session, by=by, plan=plan)
    return queries.seen_person(session, viewer=by, row=row)
