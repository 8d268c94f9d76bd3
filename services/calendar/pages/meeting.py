"""What is written about a leaders' meeting: agenda, who came, minutes, decisions; its hosts' people write it."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from services.calendar import commands, queries
from services.calendar.domain.permissions import may_change_event
from services.calendar.domain.plans import Attendance, DecisionPlan
from services.calendar.models import Event, Organisation
from services.calendar.pages.forms import Fault
from services.calendar.pages.frame import pages
from services.calendar.problems import NotAMeeting
from services.calendar.queries import MeetingCard
from services.calendar.queries.tasks import TaskCard, TaskFilter, task_cards
from shared import clock
from shared.i18n import say
from shared.people import Person, must
from shared.problems import ChangedMeanwhile
from shared.web import CurrentPerson, Database, number_of

router = APIRouter()
Written = tuple[Event, MeetingCard, list[Organisation]]


@router.get("/calendar/events/{event_id}/minutes")
async def minutes(request: Request, database: Database, person: CurrentPerson, event_id: str) -> HTMLResponse:
    """Show the forms of one meeting."""
    event, meeting, organisations = await database.read(look, event_id)
    may_write(person, event)
    return pages.page(
        request,
        "minutes.html",
        event=event,
        meeting=meeting,
        organisations=organisations,
        faults=[],
        tasks=await _tasks(request, database, person, event_id),
    )


@router.post("/calendar/events/{event_id}/minutes")
async def write(request: Request, database: Database, person: CurrentPerson, event_id: str) -> Response:
    """Save agenda, attendance and minutes; what was typed stays when somebody else was faster."""
    form = await request.form()
    typed = {name: str(value) for name, value in form.items()}
    changes: dict[str, object] = {
        "agenda": tuple(line.strip() for line in typed.get("agenda", "").splitlines() if line.strip()),
        "attendance": attendance_of(typed),
        "minutes": typed.get("minutes", "").strip(),
    }
    version = number_of(typed.get("version", ""))
    try:
        await database.write(commands.write_meeting, by=person, event_id=event_id, changes=changes, version=version)
    except ChangedMeanwhile:
        return await _too_late(request, database, person, event_id, changes)
    return RedirectResponse(f"/calendar/events/{event_id}#meeting", status_code=303)


@router.post("/calendar/events/{event_id}/decisions")
async def decide(
    database: Database,
    person: CurrentPerson,
    event_id: str,
    text: Annotated[str, Form(min_length=1, max_length=2000)],
    owner_id: Annotated[str, Form()] = "",
    due_on: Annotated[date | Literal[""], Form()] = "",
) -> RedirectResponse:
    """Record a decision."""
    plan = DecisionPlan(text.strip(), owner_id or None, due_on or None)
    await database.write(commands.record_decision, by=person, event_id=event_id, plan=plan)
    return RedirectResponse(f"/calendar/events/{event_id}/minutes#decide", status_code=303)


@router.post("/calendar/events/{event_id}/decisions/{decision_id}")
async def tick(
    database: Database,
    person: CurrentPerson,
    event_id: str,
    decision_id: str,
    version: Annotated[int, Form()],
    done: Annotated[str, Form()],
) -> RedirectResponse:
    """Say that a decision is done, or not after all."""
    await database.write(
        commands.change_decision,
        by=person,
        event_id=event_id,
        decision_id=decision_id,
        changes={"done": done == "yes"},
        version=version,
    )
    return RedirectResponse(f"/calendar/events/{event_id}/minutes#decide", status_code=303)


def look(session: Session, event_id: str) -> Written:
    """Read one meeting and the organisations that can have come."""
    event = queries.event(session, event_id)
    if event.kind != "meeting":
        raise NotAMeeting
    meeting = queries.meeting_card(session, event_id)
    came = [organisation_id for organisation_id, _ in meeting.attendance]
    return event, meeting, list(queries.organisations(session, came))


def may_write(person: Person, event: Event) -> None:
    """Refuse who does not speak for a host."""
    must(may_change_event(person, tuple(event.host_ids)))


def attendance_of(typed: dict[str, str]) -> tuple[Attendance, ...]:
    """Read how many came from whom; empty and zero mean nobody."""
    numbers = {
        name.removeprefix("came_"): number_of(text.strip()) for name, text in typed.items() if name.startswith("came_")
    }
    return tuple(Attendance(organisation_id, people) for organisation_id, people in numbers.items() if people)


async def _tasks(request: Request, database: Database, person: Person, event_id: str) -> list[TaskCard]:
    today = clock.today(request.app.state.settings.zone)
    return await database.read(task_cards, person, TaskFilter(today, event_id))


async def _too_late(
    request: Request, database: Database, person: Person, event_id: str, changes: dict[str, object]
) -> Response:
    """Show again what was typed, against the newest version."""
    event, meeting, organisations = await database.read(look, event_id)
    fault = Fault("minutes", say("Somebody else wrote here meanwhile. Look at it in another tab, then save again."))
    attendance = changes["attendance"]
    shown = {
        "agenda": changes["agenda"],
        "minutes": changes["minutes"],
        "attendance": [(one.organisation_id, one.people) for one in attendance]
        if isinstance(attendance, tuple)
        else [],
        "version": meeting.version,
        "decisions": meeting.decisions,
    }
    return pages.page(
        request,
        "minutes.html",
        status=412,
        event=event,
        meeting=shown,
        organisations=organisations,
        faults=[fault],
        tasks=await _tasks(request, database, person, event_id),
    )
