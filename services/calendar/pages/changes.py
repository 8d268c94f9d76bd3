"""Changing an event from its page: dates of a series, undoing a cancel, what came of it; and its history in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.calendar import commands, queries
from services.calendar.domain.plans import Outcome, Satisfaction
from services.calendar.domain.series import Scope, date_at
from services.calendar.models import Event
from services.calendar.pages import words
from services.calendar.pages.forms import read_day
from services.calendar.pages.frame import pages
from services.calendar.problems import EventBlocked
from services.calendar.queries import Told
from shared import reasons
from shared.i18n import day, say
from shared.messages import Reason
from shared.people import Person
from shared.problems import InvalidInput
from shared.web import CurrentPerson, Database, page_router

router = page_router()
Why = Annotated[str, Form(max_length=500)]
Version = Annotated[int, Form()]
FIELDS: dict[str, str] = {
    "title": "Title",
    "description": "Description",
    "starts_at": "Start",
    "ends_at": "End",
    "all_day": "All day",
    "rrule": "Repetition",
    "rdates": "Extra dates",
    "exdates": "Dates left out",
    "overrides": "Single dates",
    "venue_id": "Place",
    "host_ids": "Hosts",
    "leader_ids": "Who leads it",
    "audiences": "For whom",
    "themes": "Themes",
    "status": "State",
    "visibility": "Who may see it",
    "expected_participants": "Expected",
    "borrowed": "What is borrowed",
    "needs": "What is still needed",
    "funding": "Money",
    "outcome": "What came of it",
    "set_up_minutes": "Minutes to set up",
    "clear_up_minutes": "Minutes to clear up",
    "accessibility": "How everybody can take part",
    "kind": "Kind",
    "follows_id": "Split off another series",
    "followed_by": "Goes on as another series",
}
"""What fields are called in the history; the others speak of files and stay in the API."""
CODES = {"status": words.STATUSES, "kind": words.KINDS}
LONGEST_SHOWN = 60


LATEST_RECURRENCE = 7_258_118_400
"""The year 2200: no date of ours is later."""


@dataclass(frozen=True)
class Line:
    """One line of the history: what was done, when, by whom and why, and each field before and after."""

    action: str
    at: datetime
    who: str
    reason: str
    changes: Sequence[tuple[str, str, str]]


@router.post("/calendar/events/{event_id}/restore")
async def restore(
    request: Request, database: Database, person: CurrentPerson, event_id: str, version: Version, why: Why = ""
) -> Response:
    """Undo a cancel and say why."""
    days = request.app.state.settings.horizon_days
    try:
        await database.write(
            commands.restore_event,
            by=person,
            event_id=event_id,
            version=version,
            because=why.strip(),
            horizon_days=days,
        )
    except EventBlocked as blocked:
        return refused(request, event_id, blocked)
    return done(event_id)


@router.post("/calendar/events/{event_id}/dates")
async def change_dates(
    request: Request,
    database: Database,
    person: CurrentPerson,
    event_id: str,
    version: Version,
    recurrence: Annotated[int, Form(ge=0, le=LATEST_RECURRENCE)],
    do: Annotated[Literal["move", "cancel"], Form()],
    scope: Annotated[Scope, Form()] = "this",
    new_on: Annotated[str, Form(max_length=10)] = "",
    new_time: Annotated[str, Form(max_length=5)] = "",
    why: Why = "",
) -> Response:
    """Move or cancel one date, or those that follow too."""
    stored = await database.read(queries.event_seen, event_id, person)
    at = datetime.fromtimestamp(recurrence, ZoneInfo(stored.zone))
    date = date_at(queries.plan_of(stored), at)
    begins = date.starts_at if date else at
    try:
        changes = {"status": "cancelled"} if do == "cancel" else {"starts_at": _start(begins, new_on, new_time)}
        changed = await database.write(
            commands.edit_occurrence,
            by=person,
            event_id=event_id,
            recurrence_at=at,
            scope=scope,
            changes=changes,
            version=version,
            because=why.strip(),
            horizon_days=request.app.state.settings.horizon_days,
        )
    except (EventBlocked, InvalidInput) as problem:
        return refused(request, event_id, problem)
    return done(changed.id)


@router.post("/calendar/events/{event_id}/outcome")
async def write_outcome(
    request: Request,
    database: Database,
    person: CurrentPerson,
    event_id: str,
    version: Version,
    participants: Annotated[int | Literal[""], Form(ge=0, le=1_000_000)] = "",
    note: Annotated[str, Form(max_length=2000)] = "",
    why: Why = "",
) -> Response:
    """Write down what came of an event; what people answered about it stays."""
    stored = await database.read(queries.event_seen, event_id, person)
    asked = (stored.outcome or {}).get("satisfaction")
    count, text = None if participants == "" else participants, note.strip()
    outcome = Outcome(count, Satisfaction(**asked) if asked else None, text)
    try:
        await database.write(
            commands.edit_event,
            by=person,
            event_id=event_id,
            version=version,
            changes={"outcome": None if outcome == Outcome() else outcome},
            because=why.strip(),
            horizon_days=request.app.state.settings.horizon_days,
        )
    except InvalidInput as problem:
        return refused(request, event_id, problem)
    return done(event_id)


def done(event_id: str) -> RedirectResponse:
    """Lead to the event that was changed."""
    return RedirectResponse(f"/calendar/events/{event_id}?notice=moved", status_code=303)


def refused(request: Request, event_id: str, problem: EventBlocked | InvalidInput) -> HTMLResponse:
    """Say why a change is not possible, and lead back."""
    if isinstance(problem, InvalidInput):
        texts = [say(error["detail"], **problem.values) for error in problem.extra["errors"]]
    else:
        found = problem.extra["conflicts"]
        texts = [reasons.sentence(Reason(code=one["reason_code"], values=one["reason_values"])) for one in found]
    status = type(problem).status
    return pages.page(request, "refused.html", status=status, title=say(problem.title), texts=texts, event_id=event_id)


def lines_of(history: Sequence[Told], event: Event, person: Person | None) -> list[Line]:
    """Tell the history of an event, the newest first."""
    return [
        Line(words.word(words.ACTIONS, row.action), row.at, _who(row, person), row.reason, list(_changes(row, event)))
        for row in reversed(history)
    ]


def _who(row: Told, person: Person | None) -> str:
    if row.by_service:
        return say("by the calendar itself")
    if row.by_person_id is None:
        return ""
    return say("by you") if person and person.id == row.by_person_id else say("by another person")


def _changes(row: Told, event: Event) -> Iterator[tuple[str, str, str]]:
    for name, pair in row.changes.items():
        if name in FIELDS and isinstance(pair, list) and len(pair) == 2:
            before, after = (_shown(name, value, event.zone) for value in pair)
            yield say(FIELDS[name]), before, after


def _shown(name: str, value: Any, zone: str) -> str:
    """Say one value where it has words; ids and lists of values say only that they changed."""
    if name in ("starts_at", "ends_at") and isinstance(value, str):
        local = datetime.fromisoformat(value).astimezone(ZoneInfo(zone))
        return f"{day(local)}, {local:%H:%M}"
    if name in CODES and isinstance(value, str):
        return words.word(CODES[name], value)
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, str) and not name.endswith("_id") and name != "followed_by":
        return value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…"
    if isinstance(value, int):
        return str(value)
    return ""


def _start(at: datetime, new_on: str, new_time: str) -> datetime:
    """Read when a date shall begin; what was not filled in stays. Raises `InvalidInput`."""
    on = read_day(new_on) if new_on else at.date()
    try:
        hour = time.fromisoformat(new_time) if new_time else at.time()
    except ValueError:
        hour = None
    if on is None or hour is None:
        raise InvalidInput(("/starts_at", "Choose the day and the time"))
    return datetime.combine(on, hour.replace(tzinfo=None), at.tzinfo)
