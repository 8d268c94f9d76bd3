"""Who belongs to an institution and in which role, everybody in the neighbourhood, and one of them."""

from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse

from services.registry import commands, queries
from services.registry.domain.permissions import (
    may_change_roles,
    may_edit_person,
    may_erase_person,
    may_give_neighbourhood_roles,
    may_give_role,
    may_take_role,
)
from services.registry.domain.plans import Language
from services.registry.pages import words
from services.registry.schemas import Identifier
from services.registry.schemas.fields import Name
from shared import web
from shared.i18n import say
from shared.messages.registry import Role
from shared.pages import Pages
from shared.paging import page_of
from shared.problems import ChangedMeanwhile

router = web.page_router()
templates = Pages("registry")
Version = Annotated[int, Form()]
NOTICES = {
    "role": "The role is changed. It counts from now on.",
    "left": "This person does not belong to the institution any more.",
    "saved": "It is saved.",
    "sent": "The invitation is on its way by mail. It can be accepted for 14 days.",
    "withdrawn": "The invitation is withdrawn. Its link does not work any more.",
    "changed": "Somebody else changed this a moment ago. Look again, and repeat your change if need be.",
}
"""What a page says after something was done; the address names the sentence."""


@router.get("/registry/organisations/{organisation_id}/people")
async def people_of_organisation(
    request: Request, database: web.Database, person: web.CurrentPerson, organisation_id: Identifier, notice: str = ""
) -> Response:
    """Show who belongs to an institution; who leads it changes roles here, who speaks for it invites."""
    found = await commands.disclose(
        database,
        person,
        web.door_of(request),
        queries.people_of_organisation,
        viewer=person,
        organisation_id=organisation_id,
    )
    return templates.page(
        request,
        "people-of-organisation.html",
        found=found,
        roles=words.said(words.ROLES),
        may_change=may_change_roles(person, organisation_id),
        may_invite=may_give_role(person, organisation_id, "member"),
        may_take=lambda person_id: may_take_role(person, person_id, organisation_id),
        notice=notice_of(notice),
    )


@router.post("/registry/organisations/{organisation_id}/people/{person_id}/role")
async def change_role(
    database: web.Database,
    person: web.CurrentPerson,
    organisation_id: Identifier,
    person_id: Identifier,
    role: Annotated[Role, Form()],
    version: Version,
) -> Response:
    """Change the role of somebody in an institution."""
    notice = "role"
    try:
        await database.write(
            commands.give_role,
            by=person,
            person_id=person_id,
            organisation_id=organisation_id,
            role=role,
            version=version,
        )
    except ChangedMeanwhile:
        notice = "changed"
    return RedirectResponse(f"/registry/organisations/{organisation_id}/people?notice={notice}", 303)


@router.post("/registry/organisations/{organisation_id}/people/{person_id}/leave")
async def leave(
    database: web.Database, person: web.CurrentPerson, organisation_id: Identifier, person_id: Identifier
) -> Response:
    """Take somebody out of an institution, or leave it oneself."""
    await database.write(commands.take_role, by=person, person_id=person_id, organisation_id=organisation_id)
    back = "/registry/account" if person.id == person_id else f"/registry/organisations/{organisation_id}/people"
    return RedirectResponse(f"{back}?notice=left", 303)


@router.get("/registry/people")
async def everybody(
    request: Request, database: web.Database, person: web.CurrentPerson, paging: web.Paging, notice: str = ""
) -> Response:
    """Show everybody in the neighbourhood to those who look after it."""
    found = await commands.disclose(
        database, person, web.door_of(request), queries.everybody, viewer=person, paging=paging
    )
    shown, cursor = page_of(paging, found.people, lambda card: (card.person.name, card.person.id))
    following = request.url.include_query_params(cursor=cursor).query if cursor else None
    return templates.page(
        request,
        "people.html",
        people=shown,
        found=found,
        roles=words.said(words.ROLES),
        next=f"/registry/people?{following}" if following else None,
        notice=notice_of(notice),
    )


@router.get("/registry/people/{person_id}")
async def one_person(
    request: Request, database: web.Database, person: web.CurrentPerson, person_id: Identifier, notice: str = ""
) -> Response:
    """Show one person and their roles; administrators change them here."""
    card, names = await commands.disclose(
        database, person, web.door_of(request), queries.one_of_us, viewer=person, person_id=person_id
    )
    return templates.page(
        request,
        "person.html",
        card=card,
        names=names,
        roles=words.said(words.ROLES),
        may_edit=may_edit_person(person, person_id),
        may_give=may_give_neighbourhood_roles(person),
        may_hand_over=await database.read(queries.may_hand_over_own_link, viewer=person, person_id=person_id),
        may_erase=may_erase_person(person, person_id),
        notice=notice_of(notice),
    )


@router.post("/registry/people/{person_id}")
async def edit_person(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    person_id: Identifier,
    name: Annotated[Name, Form()],
    language: Annotated[Language, Form()],
    version: Version,
) -> Response:
    """Change somebody's name and language."""
    notice = "saved"
    try:
        await database.write(
            commands.edit_person,
            by=person,
            person_id=person_id,
            version=version,
            changes={"name": name, "language": language},
            reason=web.door_of(request),
        )
    except ChangedMeanwhile:
        notice = "changed"
    return RedirectResponse(f"/registry/people/{person_id}?notice={notice}", 303)


@router.post("/registry/people/{person_id}/neighbourhood-roles")
async def give_neighbourhood_roles(
    database: web.Database,
    person: web.CurrentPerson,
    person_id: Identifier,
    version: Version,
    given: Annotated[tuple[str, ...], Form()] = (),
) -> Response:
    """Say which roles somebody has in the whole neighbourhood."""
    notice = "role"
    try:
        await database.write(
            commands.give_neighbourhood_roles,
            by=person,
            person_id=person_id,
            version=version,
            administrator="administrator" in given,
            neighbourhood_coordinator="neighbourhood_coordinator" in given,
        )
    except ChangedMeanwhile:
        notice = "changed"
    return RedirectResponse(f"/registry/people/{person_id}?notice={notice}", 303)


def notice_of(code: str) -> str:
    """Say what was done, in the language of the running request; nothing for a code that is none."""
    return say(NOTICES[code]) if code in NOTICES else ""
