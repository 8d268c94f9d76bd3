"""Subscribed calendars on a page: what an organisation follows, how it goes, and to add, pause or remove one."""

from typing import Annotated, Literal

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from services.calendar import commands, queries
from services.calendar.api.sources import address_of
from services.calendar.models import Source
from services.calendar.pages.forms import Fault
from services.calendar.pages.frame import pages
from services.calendar.pages.importing import own_organisations
from services.calendar.pages.origins import ago
from services.calendar.schemas import problem_in_words
from shared.i18n import say
from shared.paging import MOST, Paging
from shared.people import Person
from shared.problems import InvalidInput
from shared.web import CurrentPerson, Database, page_router

router = page_router()
Words = Annotated[str, Form(max_length=2000)]


@router.get("/calendar/sources")
async def sources(request: Request, database: Database, person: CurrentPerson, notice: str = "") -> HTMLResponse:
    """Show the calendars that one's organisations subscribed to."""
    return await _page(request, database, person, notice=notice)


@router.post("/calendar/sources", response_model=None)
async def add(
    request: Request,
    database: Database,
    person: CurrentPerson,
    organisation_id: Annotated[str, Form()],
    name: Words = "",
    url: Words = "",
) -> HTMLResponse | RedirectResponse:
    """Subscribe to a calendar."""
    typed = {"organisation_id": organisation_id, "name": name, "url": url}
    try:
        sent = _checked(request, name, url)
        await database.write(commands.add_source, by=person, organisation_id=organisation_id, **sent)
    except InvalidInput as wrong:
        return await _page(request, database, person, typed=typed, faults=_faults(wrong))
    return RedirectResponse("/calendar/sources?notice=added", status_code=303)


@router.post("/calendar/sources/{source_id}", response_model=None)
async def change(
    request: Request,
    database: Database,
    person: CurrentPerson,
    source_id: str,
    do: Annotated[Literal["pause", "resume", "fetch", "remove", "save"], Form()],
    name: Words = "",
    url: Words = "",
) -> HTMLResponse | RedirectResponse:
    """Rename a calendar, give it another address, pause it, go on, have it fetched now, or unsubscribe."""
    if do == "save":
        try:
            changes = _checked(request, name, url)
            await database.write(commands.change_source, by=person, source_id=source_id, changes=changes)
        except InvalidInput as wrong:
            return await _page(request, database, person, faults=_faults(wrong))
    elif do == "remove":
        await database.write(commands.remove_source, by=person, source_id=source_id)
    elif do == "fetch":
        await database.write(commands.ask_for_fetch, by=person, source_id=source_id)
    else:
        paused = {"paused": do == "pause"}
        await database.write(commands.change_source, by=person, source_id=source_id, changes=paused)
    return RedirectResponse(f"/calendar/sources?notice={do}", status_code=303)


async def _page(
    request: Request,
    database: Database,
    person: Person,
    *,
    notice: str = "",
    typed: dict[str, str] | None = None,
    faults: list[Fault] | None = None,
) -> HTMLResponse:
    rows, mine, names = await database.read(look, person)
    return pages.page(
        request,
        "sources.html",
        status=422 if faults else 200,
        sources=rows,
        organisations=mine,
        names=names,
        typed=typed or {"organisation_id": "", "name": "", "url": ""},
        faults=faults or [],
        notice=notice,
        ago=ago,
        problem_in_words=problem_in_words,
    )


def look(session: Session, person: Person) -> tuple[list[Source], list[object], dict[str, str]]:
    """Read the calendars that somebody may see, the organisations that they speak for, and their names."""
    rows = list(queries.sources(session, person, Paging(limit=MOST)))
    names = queries.organisation_names(session, {row.organisation_id for row in rows})
    return rows, list(own_organisations(session, person)), names


def _checked(request: Request, name: str, url: str) -> dict[str, str]:
    """Give name and address as they are kept; raises `InvalidInput`."""
    name = " ".join(name.split())[:200]
    if not name:
        raise InvalidInput(("/name", "Give the calendar a name"))
    return {"name": name, "url": address_of(request.app.state.settings, url)}


def _faults(wrong: InvalidInput) -> list[Fault]:
    return [Fault(one["pointer"].strip("/"), say(one["detail"])) for one in wrong.extra["errors"]]
