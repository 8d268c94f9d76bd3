"""Institutions that may be the same: why, and what a person decides about it; merges can be undone."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from services.registry import commands, queries, schemas
from services.registry.pages import words
from services.registry.problems import MergedSince, NothingHere
from services.registry.schemas import Identifier
from shared import web
from shared.i18n import say
from shared.pages import Pages
from shared.people import Person
from shared.problems import InvalidInput

router = APIRouter(include_in_schema=False)
templates = Pages("registry")
MOST_SHOWN = 50
Id = Annotated[Identifier, Form()]


@router.get("/registry/duplicates")
async def duplicates(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    after: Identifier | None = None,
) -> Response:
    """Show pairs that may be one, the likeliest first, and what was merged."""
    return await _page(request, database, person, after=after)


@router.post("/registry/duplicates")
async def decide(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    organisation_id: Id,
    other_id: Id,
    do: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Merge the other into the first, the first into the other, or remember that they are two."""
    first, other = (other_id, organisation_id) if do == "other" else (organisation_id, other_id)
    command = commands.keep_apart if do == "distinct" else commands.merge_organisations
    try:
        await database.write(command, by=person, organisation_id=first, other_id=other)
    except (NothingHere, InvalidInput):
        told = say("Somebody else decided about these two meanwhile. Look again at what stands here now.")
        return await _page(request, database, person, fault=told, status=409)
    return RedirectResponse("/registry/duplicates", status_code=303)


@router.post("/registry/merges/{merge_id}/undo")
async def undo(request: Request, database: web.Database, person: web.CurrentPerson, merge_id: Identifier) -> Response:
    """Take two institutions apart again."""
    try:
        await database.write(commands.undo_merge, by=person, merge_id=merge_id)
    except MergedSince as refusal:
        fault = f"{say(refusal.title)}. {say(refusal.detail)}"
        return await _page(request, database, person, fault=fault, status=refusal.status)
    return RedirectResponse("/registry/duplicates", status_code=303)


async def _page(
    request: Request,
    database: web.Database,
    person: Person,
    *,
    after: str | None = None,
    fault: str | None = None,
    status: int = 200,
) -> Response:
    pairs, following = await database.read(queries.pairs, viewer=person, after=after)
    merged = await database.read(queries.merges, viewer=person)
    return templates.page(
        request,
        "duplicates.html",
        status=status,
        pairs=[(pair, schemas.reasons_in_words(pair.likeness.reasons)) for pair in pairs[:MOST_SHOWN]],
        hidden=max(0, len(pairs) - MOST_SHOWN),
        next=f"/registry/duplicates?after={following}" if following else None,
        merges=merged,
        kinds=words.said(words.ORGANISATION_KINDS),
        faults=[{"field": None, "text": fault}] if fault else [],
    )
