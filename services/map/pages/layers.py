"""Layers: files of others on the map, as lists and for those who may, a form to bring one."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from services.map import commands, queries
from services.map.api.layers import with_features
from services.map.domain.layer_files import read_layer
from services.map.domain.permissions import may_bring_layers
from services.map.pages import frame, words
from services.map.problems import FileRefused, TooManyLayers
from services.map.schemas import LayerBody, layer_shown
from shared import web
from shared.i18n import say
from shared.people import Person, must

router = web.page_router()
ADDRESS = "/map/imports"
"""Where the form sends its file."""
FIELDS = ("name", "source", "licence", "look")
FEATURES_SHOWN = 300


@router.get("/map/layers")
async def list_layers(request: Request, database: web.Database, person: web.MaybePerson) -> HTMLResponse:
    """List the layers."""
    return frame.show(request, "layers.html", layers=await database.read(queries.every_layer))


@router.get("/map/layers/new")
async def ask_for_file(request: Request, person: web.CurrentPerson) -> HTMLResponse:
    """Ask for a file, whose it is, and what they allow."""
    must(may_bring_layers(person))
    return _form(request, {"look": "violet"}, {})


@router.post(ADDRESS)
async def bring(request: Request, database: web.Database, person: web.CurrentPerson) -> Response:
    """Bring a file onto the map, and show what became of each thing in it."""
    must(may_bring_layers(person))
    async with request.form(max_files=1, max_fields=8) as form:
        typed = {name: str(form.get(name) or "") for name in FIELDS}
        upload = form.get("file")
        data = await upload.read() if isinstance(upload, UploadFile) else str(upload or "").encode()
    faults = faults_of(typed) | ({} if data.strip() else {"file": say("Choose a file first.")})
    if faults:
        return _form(request, typed, faults, status=422)
    try:
        layer_id = await _bring(database, person, typed, data)
    except (FileRefused, TooManyLayers) as problem:
        told = say(problem.why if isinstance(problem, FileRefused) else problem.detail, **problem.values)
        return _form(request, typed, {"file": told}, status=422)
    return RedirectResponse(f"/map/layers/{layer_id}", status_code=303)


@router.get("/map/layers/{layer_id}")
async def show_layer(request: Request, database: web.Database, person: web.MaybePerson, layer_id: str) -> HTMLResponse:
    """Show what is in a layer, whose it is, and to who may bring layers, what was refused."""
    layer, features = await database.read(with_features, layer_id)
    return frame.show(
        request, "layer.html", layer=layer_shown(layer), features=features[:FEATURES_SHOWN], total=len(features)
    )


@router.post("/map/layers/{layer_id}/remove")
async def remove(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    layer_id: str,
    version: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Take a layer off the map."""
    number = web.number_of(version) or 0
    await database.write(commands.take_layer_away, by=person, layer_id=layer_id, version=number)
    return RedirectResponse("/map/layers", status_code=303)


async def _bring(database: web.Database, by: Person, typed: Mapping[str, Any], data: bytes) -> str:
    read = await asyncio.to_thread(read_layer, data)
    plan = LayerBody(**typed).plan()
    layer = await database.write(commands.bring_layer, by=by, plan=plan, read=read)
    return layer.id


def faults_of(typed: Mapping[str, Any]) -> dict[str, str]:
    """Say of each field of the form what is wrong with it."""
    sentences = {
        "name": say("Write what it is called, in at most 200 letters."),
        "source": say("Say from whom the file is."),
        "licence": say("Say what they allow: without a licence it may not be shown."),
        "look": say("Choose one of the colours."),
    }
    try:
        LayerBody(**typed)
    except ValidationError as wrong:
        return {str(error["loc"][0]): sentences[str(error["loc"][0])] for error in wrong.errors()}
    return {}


def _form(request: Request, typed: Mapping[str, str], faults: Mapping[str, str], *, status: int = 200) -> HTMLResponse:
    return frame.show(
        request,
        "layer-new.html",
        status=status,
        typed={**dict.fromkeys(FIELDS, ""), **typed},
        faults=faults,
        looks=words.options(words.LOOKS),
    )
