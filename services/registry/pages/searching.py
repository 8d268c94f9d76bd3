"""The search: everything public of the registry, by words, in groups of one kind."""

from typing import Annotated

from fastapi import Query, Request, Response

from services.registry import queries
from services.registry.pages import words
from shared import web
from shared.pages import Pages

router = web.page_router()
templates = Pages("registry")
OF_ONE_KIND = 50
Typed = Annotated[str, Query(max_length=200)]


@router.get("/registry/search")
async def search(
    request: Request, database: web.Database, _person: web.MaybePerson, q: Typed = "", kind: str = ""
) -> Response:
    """Show what has these words: the best few of every kind, or the best of one."""
    one = next((known for known in words.SEARCHED if known == kind), None)
    if one is None:
        findings = await database.read(queries.search_by_kind, q=q)
    else:
        findings = await database.read(queries.search, q=q, kind=one, limit=OF_ONE_KIND)
    groups: dict[str, list[queries.Found]] = {}
    for found in findings.items:
        groups.setdefault(found.kind, []).append(found)
    return templates.page(
        request,
        "search.html",
        q=q,
        kind=one or "",
        kinds=words.said(words.SEARCHED),
        groups=groups,
        counts=findings.counts or {},
        meant=findings.meant,
        has_every_word=findings.has_every_word,
    )
