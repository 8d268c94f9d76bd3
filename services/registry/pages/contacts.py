"""How one can be reached: one's own contacts, and an institution's, added, shown to whom one likes, and taken back."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.registry import commands, queries, schemas
from services.registry.commands import Owner
from services.registry.domain.consents import PURPOSE_OF_ORGANISATION, PURPOSE_OF_PERSON, end_of_day, last_day
from services.registry.models import Contact, Organisation
from services.registry.pages import words
from services.registry.schemas import Identifier
from shared import clock, people, web
from shared.i18n import say
from shared.pages import Pages
from shared.people import must
from shared.problems import InvalidInput

router = web.page_router()
templates = Pages("registry")
FIELDS = {"valid_until_at": "until"}
"""What the form calls a field that the command calls otherwise."""
EMPTY = {"kind": "phone", "value": "", "label": "", "visibility": "private", "purpose": "", "until": ""}
"""A form in which nothing was filled: a contact is nobody's but one's own."""


@dataclass(frozen=True)
class Place:
    """Whose contacts a page shows: its address, the owner, and the institution's name where it is one."""

    address: str
    owner: Owner
    name: str = ""


@dataclass(frozen=True)
class ContactShown:
    """A contact for the page: until which day it is agreed to, and whether it is shown at all now."""

    contact: Contact
    until_on: date | None
    is_shown: bool


@router.get("/registry/account/contacts")
async def own_contacts(request: Request, database: web.Database, person: web.CurrentPerson) -> Response:
    """Show somebody how they can be reached, and who sees it."""
    rows = await database.read(queries.contacts_of_person, viewer=person, person_id=person.id)
    return _list(request, own_place(person), rows)


@router.get("/registry/account/contacts/{contact_id}")
async def own_contact(request: Request, database: web.Database, person: web.CurrentPerson, contact_id: str) -> Response:
    """Show the form of one contact of one's own, or with `new` an empty one."""
    place = own_place(person)
    return _form(request, place, await _contact_named(database, person, place, contact_id))


@router.post("/registry/account/contacts/{contact_id}")
async def change_own_contact(
    request: Request, database: web.Database, person: web.CurrentPerson, contact_id: str
) -> Response:
    """Save, withdraw or remove one contact of one's own, or add it."""
    return await _take(request, database, person, own_place(person), contact_id)


@router.get("/registry/organisations/{organisation_id}/contacts")
async def contacts(
    request: Request, database: web.Database, person: web.CurrentPerson, organisation_id: Identifier
) -> Response:
    """Show the contacts of an institution to those who speak for it."""
    place = await place_of(database, person, organisation_id)
    rows = await database.read(queries.own_contacts_of_organisation, viewer=person, organisation_id=organisation_id)
    return _list(request, place, rows)


@router.get("/registry/organisations/{organisation_id}/contacts/{contact_id}")
async def contact(
    request: Request, database: web.Database, person: web.CurrentPerson, organisation_id: Identifier, contact_id: str
) -> Response:
    """Show the form of one contact of an institution, or with `new` an empty one."""
    place = await place_of(database, person, organisation_id)
    return _form(request, place, await _contact_named(database, person, place, contact_id))


@router.post("/registry/organisations/{organisation_id}/contacts/{contact_id}")
async def change_contact(
    request: Request, database: web.Database, person: web.CurrentPerson, organisation_id: Identifier, contact_id: str
) -> Response:
    """Save, withdraw or remove one contact of an institution, or add it."""
    return await _take(request, database, person, await place_of(database, person, organisation_id), contact_id)


def own_place(person: people.Person) -> Place:
    """Say where one's own contacts are shown."""
    return Place("/registry/account/contacts", Owner(person_id=person.id))


async def place_of(database: web.Database, person: people.Person, organisation_id: str) -> Place:
    """Say where an institution's contacts are shown, to who may change them. Raises `NothingHere`, `NotAllowed`."""
    organisation = await database.read(queries.named, Organisation, organisation_id)
    owner = Owner(organisation_id=organisation_id)
    must(commands.may_edit_contacts(person, owner))
    return Place(f"/registry/organisations/{organisation_id}/contacts", owner, organisation.name)


async def _contact_named(
    database: web.Database, person: people.Person, place: Place, contact_id: str
) -> Contact | None:
    if contact_id == "new":
        return None
    return await database.read(
        queries.visible_contact,
        viewer=person,
        contact_id=contact_id,
        organisation_id=place.owner.organisation_id,
        person_id=place.owner.person_id,
    )


async def _take(
    request: Request, database: web.Database, person: people.Person, place: Place, contact_id: str
) -> Response:
    """Do what the button says; what was refused is shown again with what was typed."""
    typed = {name: str(value).strip() for name, value in (await request.form()).items()}
    found = await _contact_named(database, person, place, contact_id)
    how: dict[str, Any] = {"by": person, "owner": place.owner, "reason": web.door_of(request)}
    try:
        notice = await _done(database, found, typed, request.app.state.settings.zone, how)
    except (ValidationError, InvalidInput) as refusal:
        return _form(request, place, found, typed, _faults_of(refusal))
    return RedirectResponse(f"{place.address}?notice={notice}", status_code=303)


async def _done(
    database: web.Database, found: Contact | None, typed: dict[str, str], zone: str, how: dict[str, Any]
) -> str:
    """Carry out what was typed, and name it."""
    if found is None:
        body = schemas.ContactBody(**_said(typed, zone), kind=typed.get("kind", ""))
        await database.write(commands.add_contact, plan=body.plan(), **how)
        return "added"
    how["contact_id"] = found.id
    if typed.get("do") == "withdraw":
        await database.write(commands.withdraw_contact, **how)
        return "withdrawn"
    if typed.get("do") == "remove":
        await database.write(commands.remove_contact, **how)
        return "removed"
    said = _said(typed, zone)
    if found.withdrawn_at is not None:
        said["given_at"] = clock.now()
    version = web.number_of(typed.get("version", "")) or found.version
    changes = schemas.ContactChange(**said).changes()
    await database.write(commands.change_contact, changes=changes, version=version, **how)
    return "saved"


def _said(typed: dict[str, str], zone: str) -> dict[str, Any]:
    """Read what the form says of a contact. Raises `InvalidInput` for a day that is none."""
    said: dict[str, Any] = {name: typed.get(name, "") for name in ("value", "label", "purpose")}
    return {
        **said,
        "visibility": typed.get("visibility", "private"),
        "valid_until_at": end_of_day(typed.get("until", ""), zone),
    }


def _list(request: Request, place: Place, rows: list[Contact]) -> Response:
    zone = request.app.state.settings.zone
    return templates.page(
        request,
        "contacts.html",
        place=place,
        shown=[ContactShown(row, last_day(row.valid_until_at, zone), words.is_shown(row)) for row in rows],
        notice=request.query_params.get("notice", ""),
        kinds=words.said(words.CONTACT_KINDS),
        seen_by=words.seen_by(is_person=place.owner.person_id is not None),
    )


def _form(
    request: Request,
    place: Place,
    found: Contact | None,
    typed: dict[str, str] | None = None,
    faults: list[dict[str, str]] | None = None,
) -> Response:
    is_person = place.owner.person_id is not None
    return templates.page(
        request,
        "contact.html",
        status=422 if faults else 200,
        place=place,
        contact=found,
        values=EMPTY | (typed if typed is not None else _values(request, found, is_person)),
        faults=faults or [],
        errors={fault["field"]: fault["text"] for fault in faults or []},
        kinds=words.said(words.CONTACT_KINDS),
        seen_by=words.seen_by(is_person=is_person),
    )


def _values(request: Request, found: Contact | None, is_person: bool) -> dict[str, str]:
    """Fill the form with what there is, and with the usual purpose."""
    purpose = say(PURPOSE_OF_PERSON if is_person else PURPOSE_OF_ORGANISATION)
    if found is None:
        return {"purpose": purpose}
    until = last_day(found.valid_until_at, request.app.state.settings.zone)
    return {
        "value": found.value,
        "label": found.label,
        "visibility": found.visibility,
        "purpose": found.purpose or purpose,
        "until": until.isoformat() if until else "",
    }


def _faults_of(refusal: ValidationError | InvalidInput) -> list[dict[str, str]]:
    """Name the field of each fault and say it in the reader's language."""
    if isinstance(refusal, ValidationError):
        names = [str(error["loc"][0]) if error["loc"] else "value" for error in refusal.errors()]
        return [{"field": FIELDS.get(name, name), "text": say("Fill this in, not too long")} for name in names]
    found = [(one["pointer"].strip("/"), one["detail"]) for one in refusal.extra["errors"]]
    return [{"field": FIELDS.get(name, name), "text": say(detail)} for name, detail in found]
