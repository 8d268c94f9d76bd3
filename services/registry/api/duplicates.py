"""`duplicates` and `merges`: organisations that may be one, and putting them together or apart."""

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from services.registry import commands, queries, schemas
from services.registry.models import DistinctPair
from services.registry.schemas import DistinctAnswer, DuplicateAnswer, Identifier, MergeAnswer, OtherBody
from shared import web

router = web.api_router("registry")
PathId = Annotated[Identifier, Path()]
OfOrganisation = Annotated[Identifier, Query(description="Those that may be this organisation.")]


def show_distinct(pair: DistinctPair) -> DistinctAnswer:
    """Show that two organisations are not the same."""
    return DistinctAnswer(first_id=pair.first_id, second_id=pair.second_id, said_at=pair.said_at)


@router.get("/duplicates", response_model=schemas.Page[DuplicateAnswer])
async def list_duplicates(database: web.Database, by: web.CurrentPerson, organisation_id: OfOrganisation) -> Response:
    """List the organisations that may be the same as this one, the likeliest first, with what speaks for it."""
    pairs = await database.read(queries.pairs_of, viewer=by, organisation_id=organisation_id)
    items = [schemas.duplicate_answer(pair) for pair in pairs]
    return web.answer({"items": items, "next": None, "sorted_by": "score, the highest first"})


@router.post("/organisations/{organisation_id}/distinct", response_model=DistinctAnswer)
async def keep_apart(
    request: Request, database: web.Database, by: web.CurrentPerson, organisation_id: PathId, body: OtherBody
) -> Response:
    """Say that two organisations are not the same, so that nobody is asked again."""
    how: dict[str, Any] = {"by": by, "organisation_id": organisation_id, "other_id": body.other_id}
    return await web.perform(request, database, commands.keep_apart, show=show_distinct, **how)


@router.post("/organisations/{organisation_id}/merge", status_code=201, response_model=MergeAnswer)
async def merge(
    request: Request, database: web.Database, by: web.CurrentPerson, organisation_id: PathId, body: OtherBody
) -> Response:
    """Keep this organisation, and move to it all that the other has; the other leads here from now on."""
    how: dict[str, Any] = {"by": by, "organisation_id": organisation_id, "other_id": body.other_id}
    return await web.create(
        request,
        database,
        commands.merge_organisations,
        reason=body.reason,
        show=schemas.merge_answer,
        location=lambda row: f"/registry/api/v1/merges/{row.id}",
        **how,
    )


@router.get("/merges/{merge_id}", response_model=MergeAnswer)
async def get_merge(database: web.Database, by: web.CurrentPerson, merge_id: PathId) -> Response:
    """Give one merge, with the number of things of each kind that moved."""
    row = await database.read(queries.merge, merge_id, viewer=by)
    return web.answer(schemas.merge_answer(row), version=row.version)


@router.post("/merges/{merge_id}/undo", response_model=MergeAnswer, responses=web.refuses(409))
async def undo(request: Request, database: web.Database, by: web.CurrentPerson, merge_id: PathId) -> Response:
    """Take two organisations apart again: all that moved and is still there goes back."""
    how: dict[str, Any] = {"by": by, "merge_id": merge_id}
    return await web.perform(request, database, commands.undo_merge, show=schemas.merge_answer, **how)
