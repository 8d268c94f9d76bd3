"""`people/{id}`: somebody is erased, and every service says when it holds nothing of them any more."""

from typing import Annotated

from fastapi import Path, Request, Response

from services.registry import commands, queries
from services.registry.schemas import Identifier
from services.registry.schemas.own_data import ErasureAnswer, erasure_answer
from shared import web

router = web.api_router("registry")
PersonId = Annotated[Identifier, Path()]


@router.delete("/people/{person_id}", response_model=ErasureAnswer, responses=web.refuses(409))
async def erase_person(
    request: Request, database: web.Database, by: web.CurrentPerson, version: web.IfMatch, person_id: PersonId
) -> Response:
    """Erase somebody for good, everywhere; answers how far it is, which `people/{person_id}/erasure` tells later on."""
    await database.write(
        commands.erase_person, by=by, person_id=person_id, version=version, reason=web.door_of(request)
    )
    return web.answer(erasure_answer(await database.read(queries.erasure, person_id=person_id)))


@router.get("/people/{person_id}/erasure", response_model=ErasureAnswer)
async def get_erasure(database: web.Database, person_id: PersonId) -> Response:
    """Say which services confirmed that they hold nothing of an erased person any more; it names nobody."""
    return web.answer(erasure_answer(await database.read(queries.erasure, person_id=person_id)))
