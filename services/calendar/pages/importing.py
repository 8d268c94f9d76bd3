"""Importing on a page: a file is chosen, and one watches what becomes of it."""

import logging
from datetime import timedelta
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile

from services.calendar import commands, queries, schemas
from services.calendar.api.imports import import_file
from services.calendar.domain.permissions import may_plan_for
from services.calendar.models import Organisation
from services.calendar.pages.forms import Fault
from services.calendar.pages.frame import pages
from services.calendar.settings import Settings
from shared import clock
from shared.database import Database as ServiceDatabase
from shared.i18n import say
from shared.messages import Reason
from shared.people import Person
from shared.problems import Problem
from shared.web import CurrentPerson, Database, page_router

log = logging.getLogger(__name__)
router = page_router()
ADDRESS = "/calendar/imports"
"""Where the form sends its file."""
SILENT = timedelta(minutes=2)
"""An import that says nothing for so long was interrupted: the service was stopped."""


@router.get("/calendar/import")
async def choose(request: Request, database: Database, person: CurrentPerson) -> HTMLResponse:
    """Ask for a file, and whose events are in it."""
    mine = await database.read(own_organisations, person)
    return pages.page(request, "import.html", organisations=mine, faults=[])


@router.post(ADDRESS, response_model=None)
async def begin(request: Request, database: Database, person: CurrentPerson) -> HTMLResponse | RedirectResponse:
    """Begin to import, and lead to where one can watch it."""
    async with request.form(max_files=1, max_fields=4) as form:
        upload, organisation_id = form.get("file"), str(form.get("organisation_id", ""))
        name = (upload.filename or "") if isinstance(upload, UploadFile) else ""
        data = await upload.read() if isinstance(upload, UploadFile) else (upload or "").encode()
    if not data:
        mine = await database.read(own_organisations, person)
        fault = Fault("file", say("Choose a calendar file first."))
        return pages.page(request, "import.html", status=422, organisations=mine, faults=[fault])
    run = await database.write(commands.begin_import_run, by=person, organisation_id=organisation_id, file_name=name)
    work = BackgroundTask(take, database, request.app.state.settings, person, run.id, organisation_id, data)
    return RedirectResponse(f"/calendar/imports/{run.id}", status_code=303, background=work)


async def take(
    database: ServiceDatabase, settings: Settings, by: Person, run_id: str, organisation_id: str, data: bytes
) -> None:
    """Import, and note how far it is and what came of it."""

    async def progress(done: int, total: int) -> None:
        await database.write(commands.note_import_progress, run_id, done, total)

    imported, problem = None, None
    try:
        imported = await import_file(
            database, settings, by=by, organisation_id=organisation_id, data=data, progress=progress
        )
    except Problem as refusal:
        problem = refusal
    except Exception:
        log.exception("the import %s failed", run_id)
        problem = Problem("Something went wrong here. What was imported so far stays; please try the rest again.")
    await database.write(commands.end_import_run, run_id, imported, problem)


@router.get("/calendar/imports/{run_id}")
async def watch(request: Request, database: Database, person: CurrentPerson, run_id: str) -> HTMLResponse:
    """Show how far an import is, and in the end what became of each item."""
    run = await database.read(queries.import_run, run_id, person)
    state = "interrupted" if run.state == "running" and clock.now() - run.changed_at > SILENT else run.state
    return pages.page(
        request,
        "import_run.html",
        run=run,
        state=state,
        percent=min(100, 100 * run.done // run.total) if run.total else 0,
        items=[_said(item) for item in run.said],
        problem=say(run.problem["detail"], **run.problem["values"]) if run.problem else "",
    )


def own_organisations(session: Session, person: Person) -> list[Organisation]:
    """List the organisations that a person speaks for."""
    return [one for one in queries.organisations(session) if may_plan_for(person, one.id)]


def _said(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "reason": schemas.reasons_in_words([Reason.model_validate(note) for note in item["notes"]])}
