"""Stating a need, changing it, and saying what came of it, each in a form."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.registry import commands, queries, schemas
from services.registry.domain.permissions import may_close_need, may_edit_organisation, may_state_needs
from services.registry.models import Need
from services.registry.pages import words
from services.registry.problems import unknown
from services.registry.schemas import Identifier
from shared import web
from shared.i18n import say
from shared.pages import Pages
from shared.people import Person, must
from shared.problems import ChangedMeanwhile, InvalidInput

router = web.page_router()
templates = Pages("registry")
EMPTY: dict[str, Any] = {
    "title": "", "kind": "equipment", "quantity": 1, "description": "", "themes": "",
    "place": "", "address": "", "point": "",
    "starts_on": "", "ends_on": "", "weekdays": (), "hours": "", "until_on": "", "urgency": "normal",
}  # fmt: skip
"""A form in which nothing was filled."""
SAME = ("title", "quantity", "description", "address", "weekdays", "hours", "urgency")
"""Fields that the form and the JSON door call the same and write the same."""


@router.get("/registry/exchange/new")
async def ask_for_need(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    organisation_id: Annotated[str, Query(max_length=36)] = "",
) -> Response:
    """Show an empty form to those who speak for an institution."""
    must(may_state_needs(person))
    owners = await _owners(database, person)
    places = await _places(database, owners)
    return _form(request, owners, {**EMPTY, "organisation_id": organisation_id}, places=places)


@router.post("/registry/exchange/new")
async def state_need(request: Request, database: web.Database, person: web.CurrentPerson) -> Response:
    """State a need; what was typed stays where something is wrong."""
    typed = await _typed(request)
    must(may_state_needs(person))
    owners = await _owners(database, person)
    places = await _places(database, owners)
    try:
        owned = {name: typed[name] for name in ("organisation_id", "kind")}
        body = schemas.NeedBody.model_validate({**owned, **asked_of(typed, request.app.state.settings.zone, places)})
        need = await database.write(commands.state_need, by=person, plan=body.plan())
    except (ValidationError, InvalidInput) as refusal:
        return _form(request, owners, typed, faults_of(refusal), places=places)
    return RedirectResponse(f"/registry/exchange#need-{need.id}", status_code=303)


@router.get("/registry/needs/{need_id}/edit")
async def ask_to_change(
    request: Request, database: web.Database, person: web.CurrentPerson, need_id: Identifier
) -> Response:
    """Show the form of a need."""
    need = await database.read(queries.named, Need, need_id)
    must(may_edit_organisation(person, need.organisation_id))
    places = await _places(database, [(need.organisation_id, "")], need.venue_id)
    return _form(request, [], typed_of(need, request.app.state.settings.zone), places=places, need=need)


@router.post("/registry/needs/{need_id}/edit")
async def change_need(
    request: Request, database: web.Database, person: web.CurrentPerson, need_id: Identifier
) -> Response:
    """Save a need; saved again after somebody else was faster, it wins knowingly."""
    need = await database.read(queries.named, Need, need_id)
    must(may_edit_organisation(person, need.organisation_id))
    typed, zone = await _typed(request), request.app.state.settings.zone
    before = typed_of(need, zone)
    places = await _places(database, [(need.organisation_id, "")], need.venue_id)
    try:
        asked = asked_of(typed, zone, places)
        if all(typed[name] == before[name] for name in ("starts_on", "ends_on")):
            asked = {name: value for name, value in asked.items() if name not in ("starts_at", "ends_at")}
        changes = schemas.NeedChange.model_validate(asked).changes()
        version = web.number_of(typed["version"]) or 0
        await database.write(commands.change_need, by=person, need_id=need_id, version=version, changes=changes)
    except (ValidationError, InvalidInput) as refusal:
        return _form(request, [], typed, faults_of(refusal), places=places, need=need)
    except ChangedMeanwhile:
        told = say("Somebody else changed this need meanwhile. Look at it in another tab, then save again.")
        return _form(request, [], typed, {"title": told}, places=places, need=need, status=412)
    return RedirectResponse(f"/registry/exchange#need-{need_id}", status_code=303)


@router.get("/registry/needs/{need_id}/close")
async def ask_what_came_of_it(
    request: Request, database: web.Database, person: web.CurrentPerson, need_id: Identifier
) -> Response:
    """Ask what came of a need."""
    need = await database.read(queries.named, Need, need_id)
    must(may_close_need(person, need.organisation_id))
    typed = {"status": "met", "outcome": "", "met_by": "", "met_quantity": need.quantity}
    return await _closing(request, database, need, typed)


@router.post("/registry/needs/{need_id}/close")
async def close_need(
    request: Request, database: web.Database, person: web.CurrentPerson, need_id: Identifier, back: str = ""
) -> Response:
    """Close a need as met by what was chosen, or as not needed any more; `back` is where the button was pressed."""
    need = await database.read(queries.named, Need, need_id)
    must(may_close_need(person, need.organisation_id))
    form = await request.form()
    typed = {name: str(form.get(name, "")).strip() for name in ("status", "outcome", "met_by", "met_quantity")}
    asked: dict[str, Any] = {"status": typed["status"], "outcome": typed["outcome"]}
    if typed["status"] == "met":
        asked["met_by_resource_id"] = typed["met_by"] or None
        asked["met_quantity"] = typed["met_quantity"] or None
    try:
        body = schemas.CloseBody.model_validate(asked)
        await database.write(commands.close_need, by=person, need_id=need_id, plan=body.plan())
    except (ValidationError, InvalidInput) as refusal:
        return await _closing(request, database, need, typed, faults_of(refusal))
    board = f"/registry/exchange?organisation_id={need.organisation_id}"
    return RedirectResponse("/registry/review?notice=answered" if back == "review" else board, status_code=303)


def typed_of(need: Need, zone: str) -> dict[str, Any]:
    """Fill the form with what is known; the window is said in whole days, its last one included."""
    last = need.ends_at and need.ends_at - timedelta(microseconds=1)
    return {
        **{name: getattr(need, name) for name in SAME},
        "organisation_id": need.organisation_id,
        "kind": need.kind,
        "weekdays": tuple(str(day) for day in need.weekdays),
        "themes": ", ".join(need.themes),
        "place": f"venue:{need.venue_id}" if need.venue_id else "",
        "point": "" if need.latitude is None else f"{need.latitude}, {need.longitude}",
        "starts_on": _day(need.starts_at, zone),
        "ends_on": _day(last, zone),
        "until_on": need.until_on.isoformat() if need.until_on else "",
    }


def asked_of(typed: Mapping[str, Any], zone: str, places: Sequence[queries.NeedPlace]) -> dict[str, Any]:
    """Bring what was typed to what the JSON door takes; what is no date or number stays as it is, to be refused.

    A place of an institution that was chosen gives its address and point, whatever is written beside it. Raises
    `InvalidInput` for a place that is not among those to choose from.
    """
    latitude, _, longitude = typed["point"].partition(",")
    point = (latitude.strip(), longitude.strip()) if typed["point"] else (None, None)
    return {
        **{name: typed[name] for name in SAME},
        "themes": [word.strip() for word in typed["themes"].split(",") if word.strip()],
        "latitude": point[0],
        "longitude": point[1],
        "starts_at": _midnight(typed["starts_on"], zone),
        "ends_at": _midnight(typed["ends_on"], zone, days=1),
        "until_on": typed["until_on"] or None,
        **_chosen(typed["place"], places),
    }


def _chosen(key: str, places: Sequence[queries.NeedPlace]) -> dict[str, Any]:
    if not key:
        return {"venue_id": None}
    place = next((one for one in places if one.key == key), None)
    if place is None:
        raise unknown("/venue_id")
    if place.venue_id is not None:
        return {"venue_id": place.venue_id}
    where = {"latitude": place.latitude, "longitude": place.longitude}
    return {"venue_id": None, "address": place.address, **where}


def faults_of(refusal: ValidationError | InvalidInput) -> dict[str, str]:
    """Say of each field of the form what is wrong with it."""
    sentences = {
        "title": say("Write in a few words what you need."),
        "organisation_id": say("Choose the institution that needs it."),
        "kind": say("Choose one of the kinds."),
        "quantity": say("Write a whole number, at least 1."),
        "themes": say("One of these themes is not known. Themes are listed on the exchange board."),
        "place": say("Choose from the list."),
        "point": say("Write two numbers with a comma between them, for example 50.0885, 19.9110."),
        "starts_on": say("Choose a date."),
        "ends_on": say("The last day cannot be before the first one."),
        "until_on": say("Choose a date."),
        "status": say("Choose what came of it."),
        "met_by": say("Choose from the list."),
        "met_quantity": say("Write a whole number, at least 1."),
    }
    called = {
        "starts_at": "starts_on", "ends_at": "ends_on", "latitude": "point", "longitude": "point", "": "point",
        "met_by_resource_id": "met_by", "venue_id": "place",
    }  # fmt: skip
    if isinstance(refusal, ValidationError):
        fields = [str(error["loc"][0]) if error["loc"] else "" for error in refusal.errors()]
    else:
        fields = [error["pointer"].split("/")[1] for error in refusal.extra["errors"]]
    named = [called.get(field, field) for field in fields]
    return {field: sentences.get(field, say("This text is too long.")) for field in named}


async def _typed(request: Request) -> dict[str, Any]:
    form = await request.form()
    typed: dict[str, Any] = {name: str(form.get(name, default)).strip() for name, default in EMPTY.items()}
    typed["weekdays"] = tuple(str(day) for day in form.getlist("weekdays"))
    return {**typed, **{name: str(form.get(name, "")) for name in ("organisation_id", "version")}}


async def _owners(database: web.Database, person: Person) -> list[tuple[str, str]]:
    """Give the institutions for which somebody may state a need, by name."""
    return await database.read(queries.organisations_to_speak_for, person)


async def _places(
    database: web.Database, owners: Sequence[tuple[str, str]], venue_id: str | None = None
) -> list[queries.NeedPlace]:
    ids = [one for one, _ in owners]
    return await database.read(queries.places_for_needs, organisation_ids=ids, venue_id=venue_id)


def _place_in_words(place: queries.NeedPlace) -> str:
    whose = "" if place.name == place.organisation else f" ({place.organisation})"
    return f"{place.name}{whose}, {place.address}" if place.address else f"{place.name}{whose}"


def _midnight(text: str, zone: str, days: int = 0) -> Any:
    """Give the instant at which a local day begins, or so many days later; what is no date stays as it is."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=days)
        return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return text


def _day(instant: datetime | None, zone: str) -> str:
    return instant.astimezone(ZoneInfo(zone)).date().isoformat() if instant else ""


def _form(
    request: Request,
    owners: list[tuple[str, str]],
    typed: dict[str, Any],
    faults: dict[str, str] | None = None,
    *,
    places: Sequence[queries.NeedPlace],
    need: Need | None = None,
    status: int = 422,
) -> Response:
    return templates.form(
        request,
        "need-edit.html",
        faults,
        status=status,
        need=need,
        version=need.version if need else None,
        owners=owners,
        places=[("", say("none of these")), *((one.key, _place_in_words(one)) for one in places)],
        typed=typed,
        kinds=list(words.said(words.RESOURCE_KINDS).items()),
        urgencies=list(words.said(words.URGENCIES).items()),
        weekdays=[(str(day), text) for day, text in words.said(words.WEEKDAYS).items()],
    )


async def _closing(
    request: Request, database: web.Database, need: Need, typed: dict[str, Any], faults: dict[str, str] | None = None
) -> Response:
    cards = await database.read(queries.matches_of_need, need.id)
    met_by = [(card.match.resource_id, card.resource_name) for card in cards]
    return templates.form(
        request,
        "need-close.html",
        faults,
        need=need,
        typed=typed,
        met_by=[("", say("somebody or something else")), *met_by],
        outcomes=list(words.said(words.OUTCOMES).items()),
    )
