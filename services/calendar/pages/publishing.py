"""The minutes of a meeting to read and print: as they were published, and for its members as they would be."""

from typing import Annotated

from fastapi import Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from services.calendar import commands
from services.calendar.domain.held import query_of
from services.calendar.domain.minutes import LONGEST_MINUTES, Audience
from services.calendar.models import MinutesVersion
from services.calendar.pages import words
from services.calendar.pages.forms import Fault
from services.calendar.pages.frame import pages, zone_of
from services.calendar.problems import NothingToPublish
from services.calendar.queries.publishing import MinutesCard, minutes_card
from services.calendar.schemas.fields import HeldOn
from shared import i18n
from shared.i18n import say
from shared.pages.markdown import markdown
from shared.people import Person
from shared.problems import InvalidInput
from shared.web import CurrentPerson, Database, MaybePerson, page_router

router = page_router()
Number = Annotated[int | None, Query(ge=1, le=1_000_000)]


@router.get("/calendar/meetings/{event_id}/minutes")
async def minutes(
    request: Request,
    database: Database,
    person: MaybePerson,
    event_id: str,
    version: Number = None,
    held_on: HeldOn = None,
) -> HTMLResponse:
    """Show the newest publication, or the one that is asked for; members see what is not published yet."""
    return await _page(request, database, person, event_id, held_on, version)


@router.post("/calendar/meetings/{event_id}/minutes")
async def publish(
    request: Request,
    database: Database,
    person: CurrentPerson,
    event_id: str,
    audience: Annotated[Audience, Form()],
    reason: Annotated[str, Form(max_length=1000)] = "",
    held_on: HeldOn = None,
) -> Response:
    """Publish what is written now; what is wrong with it is said beside the field."""
    try:
        row = await database.write(
            commands.publish_minutes,
            by=person,
            event_id=event_id,
            audience=audience,
            reason=reason,
            language=i18n.language.get(),
            held_on=held_on,
        )
    except InvalidInput as problem:
        error = problem.extra["errors"][0]
        fault = Fault(error["pointer"].removeprefix("/"), say(error["detail"]))
        return await _page(request, database, person, event_id, held_on, None, audience, fault)
    return RedirectResponse(f"/calendar/meetings/{event_id}/minutes{query_of(row.held_on)}", status_code=303)


async def _page(
    request: Request,
    database: Database,
    person: Person | None,
    event_id: str,
    held_on: str | None,
    number: int | None,
    audience: Audience = "partners",
    fault: Fault | None = None,
) -> HTMLResponse:
    card, shown, draft = await database.read(look, event_id, person, held_on, number, i18n.language.get())
    status = 422 if fault else 200
    if fault is None and draft is not None and len(draft) > LONGEST_MINUTES:
        fault = Fault("", say(commands.TOO_LONG))
    return pages.page(
        request,
        "published_minutes.html",
        status=status,
        headers={} if person is None else {"Cache-Control": "no-store"},
        card=card,
        event=card.event,
        shown=shown,
        text=markdown(shown.text if shown else draft or "", first_heading=2),
        is_changed=shown is not None and shown is card.newest and draft is not None and draft != shown.text,
        draft=draft,
        audience=audience,
        audiences=words.options(words.MINUTES_AUDIENCES),
        audience_name=words.word(words.MINUTES_AUDIENCES, shown.audience) if shown else "",
        faults=[fault] if fault else [],
        wrong={fault.field: fault.text} if fault else {},
        zone=zone_of(request).key,
    )


def look(
    session: Session, event_id: str, person: Person | None, held_on: str | None, number: int | None, language: str
) -> tuple[MinutesCard, MinutesVersion | None, str | None]:
    """Read the publications, the one to show, and for members what would be published now; none where that is nothing.

    Raises `NotFound`, `NotAMeeting`.
    """
    card = minutes_card(session, event_id, person, held_on)
    shown = card.version(number) if number is not None or card.versions else None
    try:
        draft = commands.composed(session, card.held, language) if card.is_member else None
    except NothingToPublish:
        draft = None
    return card, shown, draft
