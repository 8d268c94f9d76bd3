"""Erasing: what goes and what stays is said, asked once more, done, and then shown how far it is."""

from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse

from services.registry import commands, queries
from services.registry.pages.cookies import sign_out
from services.registry.pages.own_data import HERE, OTHERS, Key, TypedKey, address_of, templates
from services.registry.problems import LastAdministrator
from services.registry.schemas import Identifier
from shared import web
from shared.i18n import say
from shared.people import Person
from shared.web.own_data import private, subject_of

router = web.page_router()
Sure = Annotated[str, Form(max_length=10)]


@router.get(f"{HERE}/erase")
async def ask_to_erase(request: Request, database: web.Database, person: web.MaybePerson, key: Key = "") -> Response:
    """Say what it means to be erased, and ask once more."""
    subject = await subject_of(request, person, key)
    found = await database.read(queries.own_data, viewer=subject)
    return _erase_page(request, found.name, key=key, action=f"{HERE}/erase", back=address_of(key))


@router.post(f"{HERE}/erase")
async def erase(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    sure: Sure = "",
    key: TypedKey = "",
) -> Response:
    """Erase whoever asks, for good, and show how far it is."""
    by = await subject_of(request, person, key)
    if sure != "yes":
        found = await database.read(queries.own_data, viewer=by)
        fault = say("Tick the box first: what is erased cannot be brought back.")
        return _erase_page(request, found.name, key=key, action=f"{HERE}/erase", back=address_of(key), fault=fault)
    response = await _erased(request, database, by, by.id)
    if person is not None and person.id == by.id:
        sign_out(response, request)
    return response


@router.get(f"{HERE}/erasure/{{person_id}}")
async def erasure(request: Request, database: web.Database, person_id: Identifier) -> Response:
    """Show which parts confirmed that they hold nothing of an erased person any more; it names nobody."""
    report = await database.read(queries.erasure, person_id=person_id)
    names = {"registry": say("Institutions"), **{service: say(name) for service, name in OTHERS.items()}}
    return private(templates.page(request, "own-data-erased.html", report=report, names=names))


@router.get("/registry/people/{person_id}/erase")
async def ask_to_erase_somebody(
    request: Request, database: web.Database, by: web.CurrentPerson, person_id: Identifier
) -> Response:
    """Say what it means to erase somebody, and ask once more; for administrators, and for oneself."""
    card = await commands.disclose(
        database, by, web.door_of(request), queries.person_to_erase, viewer=by, person_id=person_id
    )
    action = f"/registry/people/{person_id}/erase"
    return _erase_page(request, card.name, key="", action=action, back=f"/registry/people/{person_id}", of_another=True)


@router.post("/registry/people/{person_id}/erase")
async def erase_somebody(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    person_id: Identifier,
    sure: Sure = "",
) -> Response:
    """Erase somebody for good, as an administrator, and show how far it is."""
    if sure != "yes":
        return RedirectResponse(f"/registry/people/{person_id}/erase", status_code=303)
    return await _erased(request, database, by, person_id)


async def _erased(request: Request, database: web.Database, by: Person, person_id: str) -> Response:
    try:
        await database.write(commands.erase_person, by=by, person_id=person_id, reason=web.door_of(request))
    except LastAdministrator as refusal:
        return _erase_page(request, "", key="", action="", back=HERE, fault=say(refusal.detail), status=refusal.status)
    return RedirectResponse(f"{HERE}/erasure/{person_id}", status_code=303)


def _erase_page(
    request: Request,
    name: str,
    *,
    key: str,
    action: str,
    back: str,
    of_another: bool = False,
    fault: str | None = None,
    status: int | None = None,
) -> Response:
    page = templates.page(
        request,
        "own-data-erase.html",
        status=status or (422 if fault else 200),
        who=name,
        key=key,
        action=action,
        back=back,
        of_another=of_another,
        fault=fault,
        here=HERE,
    )
    return private(page)
