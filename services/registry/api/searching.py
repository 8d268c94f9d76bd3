"""`search`: everything public of the registry, by words."""

from typing import Annotated

from fastapi import Query, Response

from services.registry import queries
from services.registry.domain.searching import SearchedKind
from services.registry.schemas.searching import SearchAnswer, search_answer
from shared import web

router = web.api_router("registry")
Typed = Annotated[
    str,
    Query(
        max_length=200,
        description="Words, in any form and without regard to marks; the last one may be only begun.",
    ),
]
Theme = Annotated[str | None, Query(max_length=60, description="Only what is about this theme or a narrower one.")]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/search", response_model=SearchAnswer)
async def search(
    database: web.Database, q: Typed, kind: SearchedKind | None = None, theme: Theme = None, limit: Limit = 20
) -> Response:
    """Find organisations, venues, resources, needs, problems and initiatives, the best first."""
    return web.answer(search_answer(await database.read(queries.search, q=q, kind=kind, theme=theme, limit=limit)))
