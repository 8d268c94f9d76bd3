"""A leaders' meeting while it goes on: who came, its minutes by the items of its agenda, decisions.

Its hosts' people write it; whoever takes part says that they are there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from services.calendar import commands, queries
from services.calendar.domain.agenda import DecisionState
from services.calendar.domain.held import address_of, query_of
from services.calendar.domain.permissions import may_change_event
from services.calendar.domain.plans import Attendance, DecisionPlan
from services.calendar.models import Event, Organisation
from services.calendar.pages.forms import Fault
from services.calendar.pages.frame import pages
from services.calendar.problems import NotAMeeting
from services.calendar.queries import MeetingCard
from services.calendar.queries import agenda_items as agenda
from services.calendar.queries.agenda_items import Section
from services.calendar.queries.held import Held, held
from services.calendar.queries.tasks import TaskFilter, task_cards
from services.calendar.schemas.fields import HeldOn
from shared import clock
from shared.i18n import say
from shared.identifiers import is_id
from shared.people import Person, must
from shared.problems import ChangedMeanwhile, InvalidInput
from shared.web import CurrentPerson, Database, number_of, page_router

router = page_router()
MOST_GUESTS = 10_000


@dataclass(frozen=True)
class Written:
    """What the page of a meeting's minutes shows; `asked` are the organisations that host it, are invited or came."""

    held: Held
    meeting: MeetingCard
    sections: Sequence[Section]
    asked: Sequence[Organisation]
    organisations: Sequence[Organisation]

    @property
    def event(self) -> Event:
        """Give the meeting."""
        return self.held.event


@router.get("/calendar/events/{event_id}/minutes")
async def minutes(
    request: Request, database: Database, person: CurrentPerson, event_id: str, held_on: HeldOn = None
) -> HTMLResponse:
    """Show the forms of one meeting."""
    return await shown(request, database, person, event_id, held_on)


@router.post("/calendar/events/{event_id}/attendance")
async def write_attendance(
    request: Request, database: Database, person: CurrentPerson, event_id: str, held_on: HeldOn = None
) -> Response:
    """Save who came; what was typed stays when somebody else was faster."""
    form = await request.form()
    typed = {name: str(value) for name, value in form.items()}
    named = {name: [str(one) for one in form.getlist(name)] for name in typed if name.startswith("here_")}
    attendance, guests = attendance_of(typed, named), number_of(typed.get("guests", "").strip()) or 0
    try:
        row = await database.write(
            commands.write_attendance,
            by=person,
            event_id=event_id,
            attendance=attendance,
            guests=min(guests, MOST_GUESTS),
            version=number_of(typed.get("version", "")) or 0,
            named_of=[name.removeprefix("listed_") for name in typed if name.startswith("listed_")],
            held_on=held_on,
        )
    except ChangedMeanwhile:
        said = say(
            "Somebody else wrote down who came meanwhile. What you typed stands here; look at it, then save again."
        )
    except InvalidInput:
        said = say("People said themselves that they are here: there cannot be fewer from their organisation.")
    else:
        return RedirectResponse(f"/calendar/events/{event_id}/minutes{query_of(row.held_on)}#came", status_code=303)
    came = [(one.organisation_id, one.people) for one in attendance]
    return await shown(
        request, database, person, event_id, held_on, faults=[Fault("came", said)], came=came, guests=guests
    )


@router.post("/calendar/events/{event_id}/presence")
async def say_present(
    database: Database,
    person: CurrentPerson,
    event_id: str,
    organisation_id: Annotated[str, Form(max_length=36)],
    here: Annotated[str, Form()],
    held_on: HeldOn = None,
) -> RedirectResponse:
    """Say that one is there, or is not after all."""
    row = await database.write(
        commands.note_presence,
        by=person,
        event_id=event_id,
        organisation_id=organisation_id,
        is_here=here == "yes",
        held_on=held_on,
    )
    return RedirectResponse(f"{address_of(event_id, row.held_on)}#meeting", status_code=303)


@router.post("/calendar/events/{event_id}/decisions")
async def decide(
    database: Database,
    person: CurrentPerson,
    event_id: str,
    text: Annotated[str, Form(min_length=1, max_length=2000)],
    owner_id: Annotated[str, Form()] = "",
    due_on: Annotated[date | Literal[""], Form()] = "",
    item_id: Annotated[str, Form(max_length=36)] = "",
    state: Annotated[DecisionState, Form()] = "agreed",
    held_on: HeldOn = None,
) -> RedirectResponse:
    """Record a decision."""
    plan = DecisionPlan(text.strip(), owner_id or None, due_on or None, item_id=item_id or None, state=state)
    row = await database.write(commands.record_decision, by=person, event_id=event_id, plan=plan, held_on=held_on)
    return RedirectResponse(f"/calendar/events/{event_id}/minutes{query_of(row.held_on)}#decide", status_code=303)


@router.post("/calendar/events/{event_id}/decisions/{decision_id}")
async def tick(
    database: Database,
    person: CurrentPerson,
    event_id: str,
    decision_id: str,
    version: Annotated[int, Form()],
    done: Annotated[str, Form()] = "",
    state: Annotated[DecisionState | Literal[""], Form()] = "",
) -> RedirectResponse:
    """Say that a decision is done, or not after all; or that it is agreed, put off or dropped."""
    changes: dict[str, object] = {"state": state} if state else {"done": done == "yes"}
    row = await database.write(
        commands.change_decision,
        by=person,
        event_id=event_id,
        decision_id=decision_id,
        changes=changes,
        version=version,
    )
    return RedirectResponse(f"/calendar/events/{event_id}/minutes{query_of(row.held_on)}#decide", status_code=303)


def look(session: Session, event_id: str, held_on: str | None) -> Written:
    """Read one meeting, the sections of its minutes, and the organisations that can have come."""
    event = queries.event(session, event_id)
    if event.kind != "meeting":
        raise NotAMeeting
    date = held(session, event, held_on)
    meeting = queries.meeting_card(session, event_id, date.held_on)
    came = [organisation_id for organisation_id, _ in meeting.attendance]
    organisations = list(queries.organisations(session, came))
    first, _ = agenda.taking_part(session, event)
    asked = [one for one in organisations if one.id in {*first, *came}]
    return Written(date, meeting, agenda.sections(session, event_id, date.held_on), asked, organisations)


def may_write(person: Person, event: Event) -> None:
    """Refuse who does not speak for a host."""
    must(may_change_event(person, tuple(event.host_ids)))


def attendance_of(typed: Mapping[str, str], named: Mapping[str, Sequence[str]]) -> tuple[Attendance, ...]:
    """Read how many came from whom, and who of them is ticked; empty and zero mean nobody."""
    numbers = {
        name.removeprefix("came_"): number_of(text.strip()) or 0
        for name, text in typed.items()
        if name.startswith("came_")
    }
    ticked = {
        name.removeprefix("here_"): tuple(one for one in dict.fromkeys(ids) if is_id(one))
        for name, ids in named.items()
    }
    came = {one: max(numbers.get(one, 0), len(ticked.get(one, ()))) for one in dict.fromkeys((*numbers, *ticked))}
    return tuple(Attendance(one, people, ticked.get(one, ())) for one, people in came.items() if people)


async def shown(
    request: Request,
    database: Database,
    person: Person,
    event_id: str,
    held_on: str | None,
    *,
    faults: Sequence[Fault] = (),
    came: Sequence[tuple[str, int]] | None = None,
    guests: int | None = None,
) -> HTMLResponse:
    """Show the page with what is stored, or with what was typed of who came where that was refused."""
    written = await database.read(look, event_id, held_on)
    may_write(person, written.event)
    wanted = TaskFilter(clock.today(request.app.state.settings.zone), event_id, written.held.held_on)
    asked = {one.id for one in written.asked}
    return pages.page(
        request,
        "minutes.html",
        status=412 if faults else 200,
        event=written.event,
        held=written.held,
        meeting=written.meeting,
        sections=written.sections,
        asked=written.asked,
        others=[one for one in written.organisations if one.id not in asked],
        organisations=written.organisations,
        names={one.id: one.name for one in written.organisations},
        came=dict(written.meeting.attendance if came is None else came),
        guests=written.meeting.guests if guests is None else guests,
        item_titles={one.id: one.title for one in written.sections},
        faults=faults,
        general=agenda.GENERAL,
        tasks=await database.read(task_cards, person, wanted),
    )
