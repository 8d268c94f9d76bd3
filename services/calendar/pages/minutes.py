"""A section of a meeting's minutes by a plain form, as it is saved without a script; both texts where two wrote it."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from services.calendar import commands
from services.calendar.domain.held import query_of
from services.calendar.pages.frame import pages
from services.calendar.pages.meeting import look, may_write
from services.calendar.problems import SectionChanged
from services.calendar.queries.agenda_items import GENERAL
from services.calendar.schemas.fields import HeldOn
from shared.identifiers import is_id
from shared.problems import NotFound
from shared.web import CurrentPerson, Database, number_of, page_router

router = page_router()
LONGEST = 20_000


@router.post("/calendar/events/{event_id}/minutes/{section_id}")
async def write_section(
    request: Request, database: Database, person: CurrentPerson, event_id: str, section_id: str, held_on: HeldOn = None
) -> Response:
    """Save a section; where somebody else wrote it meanwhile, show both texts, to choose from or put together."""
    if section_id != GENERAL and not is_id(section_id):
        raise NotFound
    form = await request.form()
    text, version = _plain(str(form.get("text", ""))), number_of(str(form.get("version", ""))) or 0
    if len(text) > LONGEST:
        return await _both(request, database, person, event_id, held_on, section_id, text, is_too_long=True)
    try:
        await database.write(
            commands.write_section,
            by=person,
            event_id=event_id,
            section_id=section_id,
            text=text,
            version=version,
            held_on=held_on,
        )
    except SectionChanged:
        return await _both(request, database, person, event_id, held_on, section_id, text)
    return RedirectResponse(
        f"/calendar/events/{event_id}/minutes{query_of(held_on or '')}#section-{section_id}", status_code=303
    )


async def _both(
    request: Request,
    database: Database,
    person: CurrentPerson,
    event_id: str,
    held_on: str | None,
    section_id: str,
    text: str,
    *,
    is_too_long: bool = False,
) -> Response:
    """Show what stands in a section beside what was typed."""
    written = await database.read(look, event_id, held_on)
    may_write(person, written.event)
    section = next((one for one in written.sections if one.id == section_id), None)
    if section is None:
        raise NotFound
    return pages.page(
        request,
        "minutes_both.html",
        status=422 if is_too_long else 412,
        event=written.event,
        held=written.held,
        section=section,
        names={one.id: one.name for one in written.organisations},
        text=text,
        is_too_long=is_too_long,
    )


def _plain(text: str) -> str:
    """Give what was typed with the line ends of a script, so that both doors write the same (HTML sends CR LF)."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
