"""`tasks`: what meetings gave somebody to do; `meetings/{event_id}/tasks` those of one."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Path, Query, Request, Response

from services.calendar import commands
from services.calendar.queries import tasks as looking
from services.calendar.queries.tasks import TaskFilter
from services.calendar.schemas import Identifier, Page
from services.calendar.schemas.fields import HeldOn
from services.calendar.schemas.tasks import TaskAnswer, TaskBody, TaskChange
from shared import clock, web

router = web.api_router("calendar")
EventId = Annotated[Identifier, Path()]
TaskId = Annotated[Identifier, Path()]
OwnerId = Annotated[Identifier | None, Query(description="Only what this organisation does.")]
Mine = Annotated[bool, Query(description="Only what one does oneself, or an organisation in which one has a role.")]
State = Annotated[Literal["open", "done", "overdue"] | None, Query(description="Only what is so.")]


@router.get("/tasks", response_model=Page[TaskAnswer])
async def list_tasks(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    paging: web.Paging,
    owner_id: OwnerId = None,
    mine: Mine = False,
    state: State = None,
) -> Response:
    """List the tasks of all meetings that one may see, in the order in which they were recorded."""
    wanted = TaskFilter(_today(request), owner_id=owner_id, mine=mine, state=state)
    rows = await database.read(looking.tasks, by, wanted, paging)
    return web.listing(request, paging, rows, show=TaskAnswer.of, key=lambda row: row.id, sorted_by="id")


@router.get("/tasks/{task_id}", response_model=TaskAnswer)
async def get_task(database: web.Database, by: web.CurrentPerson, task_id: TaskId) -> Response:
    """Give one task."""
    row = await database.read(looking.task, task_id, by)
    return web.answer(TaskAnswer.of(row), version=row.version)


@router.patch("/tasks/{task_id}", response_model=TaskAnswer)
async def change_task(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    task_id: TaskId,
    body: TaskChange,
) -> Response:
    """Change a task, most often to say that it is done; its owner may too."""
    row = await database.write(
        commands.change_task, by=by, task_id=task_id, changes=body.changes(), version=version, today=_today(request)
    )
    return web.answer(TaskAnswer.of(row), version=row.version)


@router.get("/meetings/{event_id}/tasks", response_model=Page[TaskAnswer])
async def list_tasks_of_meeting(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    paging: web.Paging,
    event_id: EventId,
    held_on: HeldOn = None,
) -> Response:
    """List what one meeting gave somebody to do: for partners, and for whoever has to do it.

    Without `held_on`, what it did at all its dates.
    """
    rows = await database.read(looking.tasks_of_meeting, event_id, by, _today(request), paging, held_on)
    return web.listing(request, paging, rows, show=TaskAnswer.of, key=lambda row: row.id, sorted_by="id")


@router.post("/meetings/{event_id}/tasks", status_code=201, response_model=TaskAnswer, responses=web.refuses(409))
async def record_task(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    event_id: EventId,
    body: TaskBody,
    held_on: HeldOn = None,
) -> Response:
    """Record what a meeting gave somebody to do, and until when; they are told."""
    return await web.create(
        request,
        database,
        commands.record_task,
        by=by,
        event_id=event_id,
        plan=body.plan(),
        today=_today(request),
        held_on=held_on,
        show=TaskAnswer.of,
        location=lambda row: f"/calendar/api/v1/tasks/{row.id}",
    )


def _today(request: Request) -> date:
    """Give the day that it is in the neighbourhood."""
    return clock.today(request.app.state.settings.zone)
