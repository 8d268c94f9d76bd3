"""`people`: for those who work here, never for strangers."""

from typing import Annotated

from fastapi import Path, Query, Request, Response
from sqlalchemy.orm import Session

from services.registry import commands, queries, schemas
from services.registry.domain.plans import PersonPlan
from services.registry.queries.people import PersonCard
from services.registry.schemas import Identifier, PersonAnswer
from shared import people, web

router = web.api_router("registry")


@router.get("/people", response_model=schemas.Page[PersonAnswer])
async def list_people(
    request: Request,
    database: web.Database,
    viewer: web.CurrentPerson,
    paging: web.Paging,
    organisation_id: Annotated[Identifier | None, Query()] = None,
) -> Response:
    """List people by name, with the contacts that whoever asks may see."""
    rows = await database.read(queries.people, viewer=viewer, paging=paging, organisation_id=organisation_id)
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
    database: web.Database, viewer: web.CurrentPerson, person_id: Annotated[Identifier, Path()]
) -> Response:
    """Give one person."""
    card = await database.read(queries.person_card, viewer=viewer, person_id=person_id)
    return web.answer(schemas.person_answer(card), version=card.version)


def _register(session: Session, *, by: people.Person, plan: PersonPlan) -> PersonCard:
    """Register a person and look at them as the one who did so may."""
    row = commands.register_person(session, by=by, plan=plan)
    return queries.seen_person(session, viewer=by, row=row)
