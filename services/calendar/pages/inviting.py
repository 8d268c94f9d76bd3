"""Who is invited to a meeting that has a date, on a page for its hosts' people."""

from collections.abc import Sequence
from dataclasses import replace

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from services.calendar import commands, queries
from services.calendar.domain.permissions import may_change_event
from services.calendar.domain.polls import Invited
from services.calendar.models import Event, Organisation
from services.calendar.pages.forms import Fault
from services.calendar.pages.frame import pages
from services.calendar.pages.poll_form import TypedPoll, faults_said, invited_of, typed_of_invited, typed_poll_of_form
from services.calendar.problems import NotAMeeting
from services.calendar.queries import polls as looking
from shared.i18n import say
from shared.people import Person, must
from shared.problems import ChangedMeanwhile, InvalidInput
from shared.web import CurrentPerson, Database, number_of, page_router

router = page_router()
FIELDS = {"invited": "guests"}


@router.get("/calendar/events/{event_id}/invitations")
async def invitations(request: Request, database: Database, person: CurrentPerson, event_id: str) -> HTMLResponse:
    """Show who is invited, to be changed."""
    event, organisations, typed = await database.read(look, event_id, person)
    return _page(request, event, organisations, typed)


@router.post("/calendar/events/{event_id}/invitations")
async def invite(request: Request, database: Database, person: CurrentPerson, event_id: str) -> Response:
    """Save who is invited, and tell those who are new."""
    event, organisations, stored = await database.read(look, event_id, person)
    typed = typed_poll_of_form(await request.form())
    invited, faults = invited_of(typed.required, typed.optional, typed.guests_required, typed.guests)
    if not faults:
        try:
            await database.write(write, person, event_id, invited, typed.link, number_of(typed.key))
        except InvalidInput as problem:
            faults = faults_said(problem.extra["errors"], FIELDS)
        except ChangedMeanwhile:
            faults = [Fault("", say("Somebody else wrote here meanwhile. Look at it in another tab, then save again."))]
            typed = replace(typed, key=stored.key)
    if faults:
        return _page(request, event, organisations, typed, faults)
    return RedirectResponse(f"/calendar/events/{event_id}#meeting", status_code=303)


def write(
    session: Session, by: Person, event_id: str, invited: Sequence[Invited], link: str, version: int | None
) -> None:
    """Write who is invited and the link; people who were invited by their id stay."""
    rows = [one.invitation for one in looking.invitations(session, event_id=event_id)]
    known = [one for one in rows if one.person_id]
    kept = [Invited(one.organisation_id, one.person_id, one.name, one.mail, one.required) for one in known]
    commands.invite(session, by=by, event_id=event_id, invited=[*kept, *invited], version=version)
    if link != queries.meeting_card(session, event_id).link:
        commands.write_meeting(session, by=by, event_id=event_id, changes={"link": link})


def look(session: Session, event_id: str, person: Person) -> tuple[Event, Sequence[Organisation], TypedPoll]:
    """Read a meeting for one of its hosts' people, the organisations there are, and who is invited."""
    event = queries.event_seen(session, event_id, person)
    must(may_change_event(person, tuple(event.host_ids)))
    if event.kind != "meeting":
        raise NotAMeeting
    typed = typed_of_invited(looking.invitations(session, event_id=event_id))
    card = queries.meeting_card(session, event_id)
    return event, queries.organisations(session), replace(typed, link=card.link, key=str(card.version))


def _page(
    request: Request,
    event: Event,
    organisations: Sequence[Organisation],
    typed: TypedPoll,
    faults: Sequence[Fault] = (),
) -> HTMLResponse:
    return pages.page(
        request,
        "invitations.html",
        status=422 if faults else 200,
        headers={"Cache-Control": "no-store"},
        event=event,
        organisations=[(one.id, one.name) for one in organisations],
        typed=typed,
        faults=faults,
        wrong={fault.field: fault.text for fault in faults},
    )
