"""People draw: a list of areas, and a form in which corners are set by taps or typed, or GeoJSON is pasted or sent."""

import json
from collections.abc import Mapping
from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from services.map import commands, queries, schemas
from services.map.domain.permissions import may_draw_areas
from services.map.domain.typed_geometry import geometry_typed
from services.map.models import Area
from services.map.pages import frame, words
from services.map.problems import NotAGeometry, TooManyAreas
from shared import web
from shared.i18n import say
from shared.people import must
from shared.problems import ChangedMeanwhile

router = web.page_router()
ADDRESS = "/map/areas/drawn"
"""Where the form sends a drawing, which may come as a file."""
FIELDS = ("area_id", "version", "name", "name_in_english", "kind", "look", "source", "licence", "geometry")
MOST_PARTS = 12
MOST_BYTES = 900_000
Typed = Mapping[str, str]


@router.get("/map/areas")
async def list_areas(request: Request, database: web.Database, person: web.MaybePerson) -> HTMLResponse:
    """List what is drawn on the map."""
    return frame.show(request, "areas.html", areas=await database.read(queries.every_area))


@router.get("/map/areas/new")
async def ask_to_draw(request: Request, person: web.CurrentPerson) -> HTMLResponse:
    """Show the form of a new area."""
    must(may_draw_areas(person))
    return _form(request, {"kind": "garden", "look": "green"}, {})


@router.get("/map/areas/{area_id}/edit")
async def ask_to_change(
    request: Request, database: web.Database, person: web.CurrentPerson, area_id: str
) -> HTMLResponse:
    """Show the form with what is said of an area."""
    must(may_draw_areas(person))
    return _form(request, typed_of(await database.read(queries.area, area_id)), {})


@router.post(ADDRESS)
async def draw(request: Request, database: web.Database, person: web.CurrentPerson) -> Response:
    """Draw an area, or change one; what was typed stays where something is wrong or somebody else was faster."""
    must(may_draw_areas(person))
    typed = await _typed(request)
    faults = faults_of(typed)
    if faults:
        return _form(request, typed, faults, status=422)
    try:
        await _save(database, person, typed)
    except ChangedMeanwhile:
        told = say("Somebody else changed this area meanwhile. Look at it in another tab, then save again.")
        newest = await database.read(queries.area, typed["area_id"])
        return _form(request, {**typed, "version": str(newest.version)}, {"name": told}, status=412)
    except TooManyAreas as problem:
        return _form(request, typed, {"name": say(problem.detail, **problem.values)}, status=409)
    return RedirectResponse("/map/areas", status_code=303)


@router.post("/map/areas/{area_id}/remove")
async def remove(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    area_id: str,
    version: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Take an area off the map."""
    await database.write(commands.take_area_away, by=person, area_id=area_id, version=web.number_of(version) or 0)
    return RedirectResponse("/map/areas", status_code=303)


async def _typed(request: Request) -> dict[str, str]:
    async with request.form(max_files=1, max_fields=MOST_PARTS, max_part_size=MOST_BYTES) as form:
        typed = {name: str(form.get(name) or "") for name in FIELDS}
        file = form.get("file")
        data = await file.read() if isinstance(file, UploadFile) else b""
    return typed | ({"geometry": data.decode("utf-8-sig", "replace")} if data.strip() else {})


async def _save(database: web.Database, person: web.CurrentPerson, typed: Typed) -> None:
    body = body_of(typed)
    if not typed["area_id"]:
        await database.write(commands.draw_area, by=person, plan=body.plan())
        return
    version = web.number_of(typed["version"]) or 0
    await database.write(
        commands.change_area, by=person, area_id=typed["area_id"], version=version, changes=body.changes()
    )


def body_of(typed: Typed) -> schemas.AreaBody:
    """Read the form as the JSON door reads an area. Raises `ValidationError` and what `geometry_typed` raises."""
    rest = {name: typed[name] for name in FIELDS if name not in ("area_id", "version", "geometry")}
    return schemas.AreaBody(**rest, geometry=geometry_typed(typed["geometry"], is_line=typed["kind"] == "route"))


def faults_of(typed: Typed) -> dict[str, str]:
    """Say of each field of the form what is wrong with it."""
    sentences = {
        "name": say("Write what it is called, in at most 200 letters."),
        "name_in_english": say("This text is too long."),
        "source": say("This text is too long."),
        "licence": say("This text is too long."),
        "kind": say("Choose one of the kinds."),
        "look": say("Choose one of the colours."),
    }
    try:
        body_of(typed).plan()
    except ValidationError as wrong:
        return {str(error["loc"][0]): sentences.get(str(error["loc"][0]), "") for error in wrong.errors()}
    except NotAGeometry as problem:
        return {"geometry": " ".join((say(problem.why, **problem.values), problem.where))}
    return {}


def typed_of(area: Area) -> dict[str, str]:
    """Fill the form with what is known."""
    rest = {name: str(getattr(area, name)) for name in FIELDS if name not in ("area_id", "geometry")}
    return {**rest, "area_id": area.id, "geometry": json.dumps(area.geometry)}


def _form(request: Request, typed: Typed, faults: Mapping[str, str], *, status: int = 200) -> HTMLResponse:
    return frame.show(
        request,
        "area-edit.html",
        status=status,
        typed={**dict.fromkeys(FIELDS, ""), **typed},
        faults=faults,
        kinds=words.options(words.AREA_KINDS),
        looks=words.options(words.LOOKS),
    )
