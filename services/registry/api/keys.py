"""`keys`: with which programs speak for somebody, and the address of their private feed; humans manage them."""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from services.registry import commands, queries, schemas
from services.registry.schemas import Identifier
from services.registry.schemas.keys import KeyAnswer, KeyBody, MadeFeedAnswer, MadeKeyAnswer
from shared import web

router = web.api_router("registry")
KeyId = Annotated[Identifier, Path()]
Everybody = Annotated[bool, Query(description="Everybody's keys rather than one's own; for administrators.")]


@router.get("/keys", response_model=schemas.Page[KeyAnswer])
async def list_keys(
    request: Request,
    database: web.Database,
    viewer: web.CurrentPerson,
    paging: web.Paging,
    everybody: Everybody = False,
) -> Response:
    """List one's own keys, without their secrets."""
    rows = await database.read(queries.api_keys, viewer=viewer, paging=paging, everybody=everybody)
    return web.listing(
        request, paging, rows, show=schemas.key_answer, key=lambda card: card.id, sorted_by="id, the newest first"
    )


@router.post("/keys", status_code=201, response_model=MadeKeyAnswer, responses=web.refuses(409))
async def make_key(request: Request, database: web.Database, by: web.CurrentPerson, body: KeyBody) -> Response:
    """Make a key; the answer holds it, and nothing else ever does."""
    return await web.create(
        request,
        database,
        commands.make_key,
        by=by,
        plan=body.plan(),
        show=schemas.made_key_answer,
        show_once=lambda made: schemas.made_key_answer(made, made.text),
    )


@router.post("/keys/feed", status_code=201, response_model=MadeFeedAnswer)
async def make_feed(request: Request, database: web.Database, by: web.CurrentPerson) -> Response:
    """Make the address of one's private feed, or a new one that ends the old one; the answer holds it this once."""
    address = request.app.state.settings.address
    return await web.create(
        request,
        database,
        commands.make_feed,
        by=by,
        show=schemas.made_feed_answer,
        show_once=lambda made: schemas.made_feed_answer(made, schemas.feed_address(address, made)),
        location=lambda made: f"/registry/api/v1/keys/{made.id}",
    )


@router.get("/keys/{key_id}", response_model=KeyAnswer)
async def get_key(database: web.Database, viewer: web.CurrentPerson, key_id: KeyId) -> Response:
    """Give one key, without its secret, to its owner and to administrators."""
    return web.answer(schemas.key_answer(await database.read(queries.api_key, viewer=viewer, key_id=key_id)))


@router.post("/keys/{key_id}/revoke", response_model=KeyAnswer)
async def revoke_key(request: Request, database: web.Database, by: web.CurrentPerson, key_id: KeyId) -> Response:
    """End a key; every service refuses it as soon as it hears of that, within a minute at most."""
    return await web.perform(request, database, commands.revoke_key, by=by, key_id=key_id, show=schemas.key_answer)
