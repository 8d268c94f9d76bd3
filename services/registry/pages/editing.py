"""An institution's people keep its card up to date themselves."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.registry import commands, queries
from services.registry.domain.permissions import may_edit_organisation
from services.registry.models import Organisation
from services.registry.pages import card_form, words
from services.registry.schemas import Identifier
from shared import web
from shared.i18n import say
from shared.pages import Pages
from shared.people import must
from shared.problems import ChangedMeanwhile, InvalidInput
from shared.reasons import AUDIENCE_LABELS

router = web.page_router()
templates = Pages("registry")


@router.get("/registry/organisations/{organisation_id}/edit")
async def ask_to_edit(
    request: Request, database: web.Database, person: web.CurrentPerson, organisation_id: Identifier
) -> Response:
    """Show the form with what is publicly known of an institution."""
    must(may_edit_organisation(person, organisation_id))
    row = await database.read(queries.named, Organisation, organisation_id)
    known = await database.read(queries.taxonomy)
    parent = await database.read(queries.name_of_organisation, row.parent_id)
    hidden = await database.read(queries.hidden_addresses, viewer=person, row_ids=[organisation_id])
    return await _form(request, database, row, card_form.typed_of(row, known, parent, hidden.get(organisation_id)))


@router.post("/registry/organisations/{organisation_id}/edit")
async def edit(
    request: Request, database: web.Database, person: web.CurrentPerson, organisation_id: Identifier
) -> Response:
    """Save the card; what was typed stays where something is wrong or somebody else was faster."""
    must(may_edit_organisation(person, organisation_id))
    form = await request.form()
    typed: dict[str, Any] = {name: str(value) for name, value in form.items()}
    typed["audiences"] = tuple(str(one) for one in form.getlist("audiences"))
    row = await database.read(queries.named, Organisation, organisation_id)
    version = web.number_of(typed.get("version", "")) or 0
    try:
        changes = card_form.changes_of(typed)
        if "parent" in typed:
            changes["parent_id"] = await _parent_id(database, typed["parent"].strip())
        how: dict[str, Any] = {"organisation_id": organisation_id, "version": version, "changes": changes}
        await database.write(commands.change_organisation, by=person, **how)
    except ValidationError as wrong:
        return await _form(request, database, row, typed, card_form.faults_of(wrong), version=version)
    except InvalidInput as refusal:
        return await _form(request, database, row, typed, card_form.faults_of_refusal(refusal), version=version)
    except ChangedMeanwhile:
        told = say("Somebody else changed this card meanwhile. Look at it in another tab, then save again.")
        return await _form(request, database, row, typed, {"name": told}, status=412)
    return RedirectResponse(f"/registry/organisations/{organisation_id}", status_code=303)


async def _parent_id(database: web.Database, name: str) -> str | None:
    """Find the institution that was named as the one it belongs to. Raises `InvalidInput`."""
    if not name:
        return None
    found = await database.read(queries.organisation_named, name)
    if found is None:
        raise InvalidInput(("/parent_id", "There is no institution with this name"))
    return found.id


async def _form(
    request: Request,
    database: web.Database,
    row: Organisation,
    typed: Mapping[str, Any],
    faults: Mapping[str, str] | None = None,
    *,
    version: int | None = None,
    status: int = 422,
) -> Response:
    """Show the form; saved again after somebody else was faster, it wins knowingly."""
    return templates.form(
        request,
        "organisation-edit.html",
        faults,
        status=status,
        organisation=row,
        typed={**card_form.EMPTY, **typed},
        version=row.version if version is None else version,
        kinds=list(words.said(words.ORGANISATION_KINDS).items()),
        statuses=list(words.said(words.STATUSES).items()),
        audiences=list(words.said(AUDIENCE_LABELS).items()),
        names=[name for name in await database.read(queries.names_to_choose_from) if name != row.name],
    )
