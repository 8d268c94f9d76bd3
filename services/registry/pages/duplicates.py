"""Institutions that may be the same: why, and what a person decides about it; merges can be undone."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse

from services.registry import commands, queries, schemas
from services.registry.domain.filling import Filled
from services.registry.pages import words
from services.registry.problems import MergedSince, NothingHere
from services.registry.schemas import Identifier
from shared import i18n, web
from shared.i18n import say
from shared.pages import Pages
from shared.people import Person
from shared.problems import InvalidInput
from shared.reasons import AUDIENCE_LABELS

router = web.page_router()
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
    themes = await database.read(queries.theme_names)
    wholes = {found["parent_id"][1] for pair in pairs for found in pair.fills.values() if found.get("parent_id")}
    names = await database.read(queries.organisation_names, wholes - {None})
    return templates.page(
        request,
        "duplicates.html",
        status=status,
        pairs=[(pair, schemas.reasons_in_words(pair.likeness.reasons)) for pair in pairs[:MOST_SHOWN]],
        fills=lambda pair, kept: fills_in_words(pair.fills[kept.id], themes, names),
        hidden=max(0, len(pairs) - MOST_SHOWN),
        next=f"/registry/duplicates?after={following}" if following else None,
        merges=merged,
        kinds=words.said(words.ORGANISATION_KINDS),
        faults=[{"field": None, "text": fault}] if fault else [],
    )


def fills_in_words(filled: Filled, themes: Mapping[str, Mapping[str, str]], names: Mapping[str, str]) -> list[str]:
    """Say which empty fields of the kept card would be filled, and with what; `names` are of organisations, by id."""
    language = i18n.language.get()
    kinds, labels = words.said(words.ORGANISATION_KINDS), words.said(words.CARD_FIELDS)
    written: dict[str, Callable[[Any], str]] = {
        "kind": lambda value: kinds[value],
        "audiences": lambda value: ", ".join(say(AUDIENCE_LABELS.get(one, one)) for one in value),
        "themes": lambda value: ", ".join(themes.get(one, {}).get(language, one) for one in value),
        "links": lambda value: ", ".join(one["url"] for one in value),
        "step_free": lambda value: say("yes") if value else say("no"),
        "latitude": lambda value: f"{value}, {filled['longitude'][1]}",
        "parent_id": lambda value: names.get(value or "", "–"),
    }
    return [f"{labels[name]}: {written.get(name, str)(after)}" for name, (_, after) in filled.items() if name in labels]
