"""`hidden-address`: where confidential organisations and venues are, for those who may know it."""

from typing import Annotated

from fastapi import Path, Response

from services.registry import queries
from services.registry.schemas import Identifier
from services.registry.schemas.hidden import HiddenAddressAnswer
from shared import web

router = web.api_router("registry")
PathId = Annotated[Identifier, Path()]


@router.get("/organisations/{organisation_id}/hidden-address", response_model=HiddenAddressAnswer)
async def get_hidden_address(database: web.Database, person: web.CurrentPerson, organisation_id: PathId) -> Response:
    """Give where a confidential organisation is: to who speaks for some organisation here."""
    return await _shown(database, person, organisation_id)


@router.get("/venues/{venue_id}/hidden-address", response_model=HiddenAddressAnswer)
async def get_hidden_address_of_venue(database: web.Database, person: web.CurrentPerson, venue_id: PathId) -> Response:
    """Give where a confidential venue is: to who speaks for some organisation here."""
    return await _shown(database, person, venue_id)


async def _shown(database: web.Database, person: web.CurrentPerson, row_id: str) -> Response:
    row = await database.read(queries.hidden_address, viewer=person, row_id=row_id)
    return web.answer(HiddenAddressAnswer.model_validate(row), headers={"Cache-Control": "no-store"})
