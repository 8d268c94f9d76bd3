"""Further places where an institution works: added, changed and removed from its card."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.registry import commands, queries
from services.registry.domain.permissions import may_edit_organisation
from services.registry.models import Organisation, Site
from services.registry.pages import points
from services.registry.pages.typed import changed_meanwhile
from services.registry.problems import NothingHere
from services.registry.schemas import Identifier
from services.registry.schemas.organisations import SiteBody, SiteChange
from shared import web
from shared.i18n import say
from shared.pages import Pages
from shared.people import must
from shared.problems import ChangedMeanwhile, InvalidInput

router = web.page_router()
templates = Pages("registry")
ADDRESS = "/registry/organisations/{organisation_id}/sites/{site_id}"
EMPTY = {"name": "", "address": "", "point": ""}


@router.get(ADDRESS)
async def ask_for_site(
    request: Request, database: web.Database, person: web.CurrentPerson, organisation_id: Identifier, site_id: str
) -> Response:
    """Show the form of one site, or with `new` an empty one."""
    must(may_edit_organisation(person, organisation_id))
    organisation, site = await _found(database, organisation_id, site_id)
    typed = EMPTY
    if site is not None:
        typed = {"name": site.name, "address": site.address, "point": points.text_of(site.latitude, site.longitude)}
    return _form(request, organisation, site, typed)


@router.post(ADDRESS)
async def save_site(
    request: Request, database: web.Database, person: web.CurrentPerson, organisation_id: Identifier, site_id: str
) -> Response:
    """Add, save or remove a site; what was typed stays where something is wrong."""
    must(may_edit_organisation(person, organisation_id))
    typed = EMPTY | {name: str(value).strip() for name, value in (await request.form()).items()}
    organisation, site = await _found(database, organisation_id, site_id)
    how: dict[str, Any] = {"by": person, "organisation_id": organisation_id}
    try:
        await _done(database, site, typed, how)
    except (ValidationError, InvalidInput, ChangedMeanwhile) as refusal:
        return _form(request, organisation, site, typed, _faults_of(refusal))
    return RedirectResponse(f"/registry/organisations/{organisation_id}#sites", status_code=303)


async def _done(database: web.Database, site: Site | None, typed: Mapping[str, str], how: dict[str, Any]) -> None:
    if site is not None and typed.get("do") == "remove":
        await database.write(commands.remove_site, site_id=site.id, **how)
        return
    latitude, longitude = points.numbers_of(typed["point"])
    fields: dict[str, Any] = {"name": typed["name"], "address": typed["address"]}
    fields |= {"latitude": latitude, "longitude": longitude}
    if site is None:
        await database.write(commands.add_site, plan=SiteBody(**fields).plan(), **how)
        return
    version = web.number_of(typed.get("version", "")) or site.version
    changes = SiteChange(**fields).changes()
    await database.write(commands.change_site, site_id=site.id, version=version, changes=changes, **how)


async def _found(database: web.Database, organisation_id: str, site_id: str) -> tuple[Organisation, Site | None]:
    organisation = await database.read(queries.named, Organisation, organisation_id)
    if site_id == "new":
        return organisation, None
    site = await database.read(queries.named, Site, site_id)
    if site.organisation_id != organisation_id:
        raise NothingHere
    return organisation, site


def _faults_of(refusal: ValidationError | InvalidInput | ChangedMeanwhile) -> dict[str, str]:
    if isinstance(refusal, ChangedMeanwhile):
        return {"name": changed_meanwhile()}
    if isinstance(refusal, InvalidInput):
        return {"point": "; ".join(say(one["detail"]) for one in refusal.extra["errors"])}
    sentences = {"name": say("Write 1 to 200 letters."), "address": say("This text is too long.")}
    fields = [str(error["loc"][0]) if error["loc"] else "point" for error in refusal.errors()]
    return {name: sentences[name] for name in fields if name in sentences} or {"point": points.not_a_point()}


def _form(
    request: Request,
    organisation: Organisation,
    site: Site | None,
    typed: Mapping[str, str],
    faults: Mapping[str, str] | None = None,
) -> Response:
    return templates.form(
        request,
        "site.html",
        faults,
        organisation=organisation,
        site=site,
        typed=typed,
    )
