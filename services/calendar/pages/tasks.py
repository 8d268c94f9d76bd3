"""Tasks of meetings: one's own on a page, those of an organisation, and one press to say that one is done."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.calendar import commands, queries
from services.calendar.domain.held import address_of, query_of
from services.calendar.domain.plans import TaskPlan
from services.calendar.pages.frame import pages
from services.calendar.queries.tasks import TaskFilter, task_cards
from services.calendar.schemas.fields import HeldOn
from shared import clock
from shared.identifiers import is_id
from shared.web import CurrentPerson, Database, page_router

router = page_router()
MYSELF = "me"
"""Stands in the form for who types it."""


@router.get("/calendar/tasks")
async def tasks(
    request: Request,
    database: Database,
    person: CurrentPerson,
    organisation: Annotated[str, Query(max_length=40)] = "",
    done: Literal["", "yes"] = "",
) -> HTMLResponse:
    """Show what somebody has to do, they themselves or in the name of an organisation; or what another one has."""
    owner_id = organisation if is_id(organisation) else None
    wanted = TaskFilter(_today(request), owner_id=owner_id, mine=owner_id is None, state="done" if done else "open")
    return pages.page(
        request,
        "tasks.html",
        cards=await database.read(task_cards, person, wanted),
        organisation=organisation,
        organisations=[(one.id, one.name) for one in await database.read(queries.organisations)],
        done=done,
    )


@router.post("/calendar/tasks/{task_id}")
async def tick(
    request: Request,
    database: Database,
    person: CurrentPerson,
    task_id: str,
    version: Annotated[int, Form()],
    done: Annotated[Literal["yes", "no"], Form()],
    meeting: Annotated[str, Form(max_length=40)] = "",
    held_on: HeldOn = None,
) -> RedirectResponse:
    """Say that a task is done, or not after all; lead back to the meeting whose page it was pressed on."""
    await database.write(
        commands.change_task,
        by=person,
        task_id=task_id,
        changes={"done": done == "yes"},
        version=version,
        today=_today(request),
    )
    there = f"{address_of(meeting, held_on or '')}#tasks" if is_id(meeting) else "/calendar/tasks"
    return RedirectResponse(there, status_code=303)


@router.post("/calendar/events/{event_id}/tasks")
async def record(
    request: Request,
    database: Database,
    person: CurrentPerson,
    event_id: str,
    task_text: Annotated[str, Form(min_length=1, max_length=2000)],
    task_owner: Annotated[str, Form(max_length=40)] = "",
    task_due: Annotated[date | Literal[""], Form()] = "",
    task_item: Annotated[str, Form(max_length=40)] = "",
    held_on: HeldOn = None,
) -> RedirectResponse:
    """Record what a meeting gave somebody to do."""
    owner_id = None if task_owner == MYSELF else task_owner or None
    by_id = person.id if task_owner == MYSELF else None
    plan = TaskPlan(task_text.strip(), owner_id, by_id, task_due or None, task_item or None)
    row = await database.write(
        commands.record_task, by=person, event_id=event_id, plan=plan, today=_today(request), held_on=held_on
    )
    return RedirectResponse(f"/calendar/events/{event_id}/minutes{query_of(row.held_on)}#give", status_code=303)


def _today(request: Request) -> date:
    return clock.today(request.app.state.settings.zone)
