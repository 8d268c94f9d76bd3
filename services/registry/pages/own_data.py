"""One's own data: the link is asked for by letter; then all is seen, corrected, taken back, taken along and erased."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from services.registry import commands
from services.registry.commands import Owner
from services.registry.domain.consents import last_day
from services.registry.domain.mail_addresses import email_hash_of, is_mail_address
from services.registry.domain.own_data import OwnData, document_of, table_of
from services.registry.domain.plans import AuditAction, Language
from services.registry.domain.vcards import vcard_of
from services.registry.pages import words
from services.registry.pages.account import WAYS
from services.registry.pages.audit import ACTIONS, FIELDS
from services.registry.pages.kept import legal_bases
from services.registry.schemas import Identifier
from services.registry.schemas.fields import Name
from shared import clock, web
from shared.auth import OwnDataKeyRefused
from shared.i18n import say
from shared.pages import Pages
from shared.people import Person
from shared.problems import ChangedMeanwhile, InvalidInput
from shared.spreadsheets import csv_of
from shared.web.own_data import private, subject_of

router = web.page_router()
templates = Pages("registry")

HERE = "/registry/own-data"
OTHERS = {"calendar": "Calendar", "map": "Map", "notifications": "Alerts"}
NOTICES = {
    "saved": "It is saved.",
    "withdrawn": "It is taken back. From now on nobody else sees it.",
    "removed": "It is deleted.",
    "changed": "This was changed a moment ago. Look again, and repeat your change if need be.",
    "wrong": "This cannot be right, so nothing was changed. Look at what you typed, and try again.",
}
"""What the page says after something was done; the address names the sentence."""
NOT_DONE = ("changed", "wrong")
LETTERS = {"sign_in": "Letter to sign in", "invitation": "Invitation", "own_data": "Letter with the link to this page"}
LOOKERS = {
    "oneself": "the person themselves",
    "somebody": "somebody who works here",
    "operator": "the operator, at the command line",
    "service": "this site by itself",
}
Key = Annotated[str, Query(max_length=2000)]
TypedKey = Annotated[str, Form(max_length=2000)]
Format = Literal["json", "csv", "vcf"]
NAME: TypeAdapter[str] = TypeAdapter(Name)


@router.get(HERE)
async def own_data(
    request: Request, database: web.Database, person: web.MaybePerson, key: Key = "", notice: str = ""
) -> Response:
    """Show somebody what is held of them, or ask for their address to send them the link."""
    if not key and person is None:
        return _ask(request)
    try:
        subject = await subject_of(request, person, key)
    except OwnDataKeyRefused as refusal:
        return _ask(request, fault=say(refusal.detail), status=refusal.status)
    found = await _show(request, database, subject, "read")
    return private(
        templates.page(
            request,
            "own-data.html",
            found=found,
            key=key,
            notice=say(NOTICES[notice]) if notice in NOTICES else "",
            is_done=notice not in NOT_DONE,
            others=[(service, say(name)) for service, name in OTHERS.items()],
            here=HERE,
            last_day=partial(last_day, zone=request.app.state.settings.zone),
            **_words(),
        )
    )


@router.post(f"{HERE}/ask")
async def ask_for_link(request: Request, database: web.Database, email: TypedKey = "") -> Response:
    """Order a letter with the link; the answer is the same whether the address is known or not."""
    if not is_mail_address(email):
        return _ask(request, fault=say("Type your mail address, such as anna@example.org."), typed=email, status=422)
    await web.limit(request, "sign-in")
    await database.write(commands.ask_for_own_data, email_hash=email_hash_of(email))
    return private(templates.page(request, "own-data-asked.html", email=email.strip()))


@router.get(f"{HERE}/export")
async def export(
    request: Request, database: web.Database, person: web.MaybePerson, kind: Format, key: Key = ""
) -> Response:
    """Give everything along: as JSON for programs, as a table, or as a vCard for address books."""
    subject = await subject_of(request, person, key)
    found = await _show(request, database, subject, "exported")
    return private(web.attachment(_file(found, kind), f"osiedle-{found.name}.{kind}"))


@router.post(f"{HERE}/correct")
async def correct(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    version: Annotated[int, Form()],
    name: Annotated[str, Form(max_length=2000)] = "",
    language: Annotated[Language, Form()] = "pl",
    key: TypedKey = "",
) -> Response:
    """Correct name and language."""
    by = await subject_of(request, person, key)
    try:
        changes = {"name": NAME.validate_python(name), "language": language}
    except ValidationError:
        return _back(key, "wrong")
    how: dict[str, Any] = {"by": by, "person_id": by.id, "version": version, "reason": web.door_of(request)}
    try:
        await database.write(commands.edit_person, changes=changes, **how)
    except ChangedMeanwhile:
        return _back(key, "changed")
    return _back(key, "saved")


@router.post(f"{HERE}/contacts/{{contact_id}}")
async def change_contact(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    contact_id: Identifier,
    do: Annotated[Literal["save", "withdraw", "remove"], Form()],
    version: Annotated[int, Form()] = 0,
    value: Annotated[str, Form(max_length=300)] = "",
    key: TypedKey = "",
) -> Response:
    """Correct the value of a contact, take the consent to it back, or delete it."""
    by = await subject_of(request, person, key)
    how: dict[str, Any] = {
        "by": by,
        "owner": Owner(person_id=by.id),
        "contact_id": contact_id,
        "reason": web.door_of(request),
    }
    try:
        return _back(key, await _contact_done(database, do, version, value, how))
    except ChangedMeanwhile:
        return _back(key, "changed")
    except InvalidInput:
        return _back(key, "wrong")


@router.post("/registry/people/{person_id}/own-data-link")
async def make_link(request: Request, database: web.Database, by: web.CurrentPerson, person_id: Identifier) -> Response:
    """Show a link to somebody's own data, once, to be printed or read out to who has no mail."""
    settings = request.app.state.settings
    key = await database.write(commands.make_own_link, by=by, person_id=person_id, lifetime=settings.own_data_lifetime)
    address = commands.own_data_address(settings.address, key)
    return private(
        templates.page(
            request, "own-data-link.html", own_link=address, person_id=person_id, days=settings.own_data_days
        )
    )


async def _show(request: Request, database: web.Database, subject: Person, action: AuditAction) -> OwnData:
    return await database.write(commands.show_own_data, by=subject, action=action, reason=web.door_of(request))


async def _contact_done(database: web.Database, do: str, version: int, value: str, how: Mapping[str, Any]) -> str:
    if do == "withdraw":
        await database.write(commands.withdraw_contact, **how)
        return "withdrawn"
    if do == "remove":
        await database.write(commands.remove_contact, **how)
        return "removed"
    if not value.strip():
        return "wrong"
    await database.write(commands.change_contact, version=version, changes={"value": value.strip()}, **how)
    return "saved"


def _ask(request: Request, *, fault: str | None = None, typed: str = "", status: int = 200) -> Response:
    page = templates.page(request, "own-data-ask.html", status=status, fault=fault, typed=typed, here=HERE)
    return private(page)


def _back(key: str, notice: str) -> Response:
    return private(RedirectResponse(address_of(key, notice), status_code=303))


def address_of(key: str, notice: str = "") -> str:
    """Give the address of the page; the key of the link goes on from page to page, and to nowhere else."""
    query = "&".join(f"{name}={value}" for name, value in (("key", key), ("notice", notice)) if value)
    return f"{HERE}?{query}" if query else HERE


def _file(found: OwnData, kind: Format) -> Response:
    if kind == "csv":
        return Response(csv_of(*table_of(found)), media_type="text/csv; charset=utf-8")
    if kind == "vcf":
        return Response(vcard_of(found, clock.now()), media_type="text/vcard; charset=utf-8")
    return Response(to_json(document_of(found), indent=2), media_type="application/json")


def _words() -> dict[str, Any]:
    return {
        "kinds": words.said(words.CONTACT_KINDS),
        "seen_by": words.seen_by(is_person=True),
        "bases": legal_bases(),
        "roles": words.said(words.ROLES),
        "ways": words.said(WAYS),
        "actions": words.said(ACTIONS),
        "fields": words.said(FIELDS),
        "letters": words.said(LETTERS),
        "lookers": words.said(LOOKERS),
    }
