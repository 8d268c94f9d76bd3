"""An institution's people keep its card up to date themselves."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.registry import commands, queries, schemas
from services.registry.domain.permissions import may_edit_organisation
from services.registry.models import HiddenAddress, Organisation
from services.registry.pages import words
from services.registry.schemas import Identifier
from shared import web
from shared.i18n import say
from shared.pages import Pages
from shared.people import must
from shared.problems import ChangedMeanwhile
from shared.reasons import AUDIENCE_LABELS

router = APIRouter(include_in_schema=False)
templates = Pages("registry")
Text = Annotated[str, Form(max_length=10_000)]


@router.get("/registry/organisations/{organisation_id}/edit")
async def ask_to_edit(
    request: Request, database: web.Database, person: web.CurrentPerson, organisation_id: Identifier
) -> Response:
    """Show the form with what is publicly known of an institution."""
    must(may_edit_organisation(person, organisation_id))
    row = await database.read(queries.named, Organisation, organisation_id)
    hidden = await database.read(queries.hidden_addresses, viewer=person, row_ids=[organisation_id])
    return _form(request, row, typed_of(row, hidden.get(organisation_id)))


@router.post("/registry/organisations/{organisation_id}/edit")
async def edit(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    organisation_id: Identifier,
    version: Annotated[int, Form()],
    name: Text = "",
    kind: Text = "",
    description: Text = "",
    address: Text = "",
    point: Text = "",
    confidential: Text = "",
    audiences: Annotated[tuple[str, ...], Form()] = (),
    themes: Text = "",
) -> Response:
    """Save the card; what was typed stays where something is wrong or somebody else was faster."""
    must(may_edit_organisation(person, organisation_id))
    typed = {
        "name": name,
        "kind": kind,
        "description": description,
        "address": address,
        "point": point,
        "confidential": confidential,
        "audiences": audiences,
        "themes": themes,
    }
    row = await database.read(queries.named, Organisation, organisation_id)
    try:
        changes = changes_of(typed)
    except ValidationError as wrong:
        return _form(request, row, typed, faults_of(wrong), version=version)
    try:
        await database.write(
            commands.change_organisation, by=person, organisation_id=organisation_id, version=version, changes=changes
        )
    except ChangedMeanwhile:
        told = say("Somebody else changed this card meanwhile. Look at it in another tab, then save again.")
        return _form(request, row, typed, {"name": told}, status=412)
    return RedirectResponse(f"/registry/organisations/{organisation_id}", status_code=303)


def typed_of(row: Organisation, hidden: HiddenAddress | None = None) -> dict[str, Any]:
    """Fill the form with what is known; of a confidential address with the exact one."""
    where = hidden or row
    point = "" if where.latitude is None else f"{where.latitude}, {where.longitude}"
    return {
        "name": row.name,
        "kind": row.kind,
        "description": row.description,
        "address": where.address,
        "point": point,
        "confidential": row.confidential,
        "audiences": row.audiences,
        "themes": ", ".join(row.themes),
    }


def changes_of(typed: dict[str, Any]) -> dict[str, Any]:
    """Read the form as the JSON door reads a change; raises pydantic's `ValidationError`."""
    latitude, longitude = _numbers(typed["point"])
    themes = tuple(word.strip() for word in typed["themes"].split(",") if word.strip())
    rest = {name: typed[name] for name in ("name", "kind", "description", "address", "audiences")}
    is_hidden = bool(typed["confidential"])
    body = schemas.OrganisationChange(
        **rest, latitude=latitude, longitude=longitude, themes=themes, confidential=is_hidden
    )
    return dict(body.changes())


def faults_of(wrong: ValidationError) -> dict[str, str]:
    """Say of each field of the form what is wrong with it."""
    sentences = {
        "name": say("Write the name of the institution."),
        "kind": say("Choose one of the kinds."),
        "description": say("This text is too long."),
        "address": say("This text is too long."),
        "themes": say("At most 20 themes, each of at most 60 letters, with commas between them."),
        "audiences": say("Choose from the list."),
    }
    fields = [str(error["loc"][0]) if error["loc"] else "point" for error in wrong.errors()]
    return {field: sentences[field] for field in fields if field in sentences} or {
        "point": say("Write two numbers with a comma between them, for example 50.0885, 19.9110.")
    }


def _numbers(point: str) -> tuple[Any, Any]:
    """Part "50.0885, 19.9110"; what is no pair of numbers stays as it is, to be refused."""
    if not point.strip():
        return None, None
    latitude, _, longitude = point.partition(",")
    return latitude.strip(), longitude.strip()


def _form(
    request: Request,
    row: Organisation,
    typed: dict[str, Any],
    faults: dict[str, str] | None = None,
    *,
    version: int | None = None,
    status: int = 422,
) -> Response:
    """Show the form; saved again after somebody else was faster, it wins knowingly."""
    return templates.page(
        request,
        "organisation-edit.html",
        status=status if faults else 200,
        organisation=row,
        typed=typed,
        version=row.version if version is None else version,
        kinds=list(words.said(words.ORGANISATION_KINDS).items()),
        audiences=list(words.said(AUDIENCE_LABELS).items()),
        faults=faults or {},
    )
