"""Importing a table on pages: it is sent, looked at and put right, brought in while one watches, and reported."""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.background import BackgroundTask
from starlette.datastructures import FormData, UploadFile

from services.registry import commands, queries, schemas
from services.registry.api.imports import import_table
from services.registry.domain.permissions import may_import_tables
from services.registry.domain.tables import COLUMNS, NO_FIELD, TABLE_KINDS, TableKind
from services.registry.jobs.imports import bring_in
from services.registry.models import ImportDraft
from services.registry.pages import words
from services.registry.problems import FileRefused
from services.registry.schemas import Identifier, ImportAnswer
from shared import web
from shared.i18n import language, say
from shared.pages import Pages
from shared.people import Person, must
from shared.problems import Problem
from shared.spreadsheets import csv_of

router = web.page_router()
templates = Pages("registry")
ADDRESS = "/registry/imports"
"""Where the form sends its file."""
MOST_SHOWN = 100
MOST_FIELDS = 1_000


@router.get("/registry/import")
async def choose(request: Request, person: web.CurrentPerson, table: TableKind = "organisations") -> Response:
    """Ask for a file, and what the table in it is of."""
    must(may_import_tables(person))
    return _form(request, table)


@router.post(ADDRESS)
async def send(request: Request, database: web.Database, person: web.CurrentPerson) -> Response:
    """Keep a file for a while, and lead to where it can be looked at."""
    must(may_import_tables(person))
    async with request.form(max_files=1, max_fields=3) as form:
        upload, table = form.get("file"), _kind(form)
        name = (upload.filename or "") if isinstance(upload, UploadFile) else ""
        data = await upload.read() if isinstance(upload, UploadFile) else (upload or "").encode()
    if not data:
        fault = {"field": "file", "text": say("Choose a file with a table first.")}
        return _form(request, table, [fault], status=422)
    try:
        await import_table(database, person, data, kind=table, zone=_zone(request), dry_run=True)
    except FileRefused as refusal:
        if not _may_be_mapped(refusal):
            return _form(request, table, [_fault(refusal)], status=refusal.status)
    draft = await database.write(commands.keep_draft, by=person, file_name=name, data=data, kind=table)
    return RedirectResponse(f"/registry/import/{draft.id}", status_code=303)


@router.get("/registry/import/{draft_id}")
async def look(request: Request, database: web.Database, person: web.CurrentPerson, draft_id: Identifier) -> Response:
    """Show what was recognised in a file and what would become of each row; how far it is; what became of it."""
    draft = await database.read(queries.import_draft, draft_id, viewer=person)
    if draft.state == "waiting":
        return _page(request, draft, *await _tried(request, database, person, draft))
    report = None if draft.report is None else ImportAnswer.model_validate(draft.report)
    return _page(request, draft, report)


@router.post("/registry/import/{draft_id}")
async def go_on(request: Request, database: web.Database, person: web.CurrentPerson, draft_id: Identifier) -> Response:
    """Take the columns as they were named, and look again; or bring the rows in; or stop that."""
    await database.read(queries.import_draft, draft_id, viewer=person)
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        mapping, choices, do = _mapping(form), _choices(form), form.get("do")
    address = f"/registry/import/{draft_id}"
    if do == "stop":
        await database.write(commands.stop_import, by=person, draft_id=draft_id)
        return RedirectResponse(address, status_code=303)
    await database.write(commands.map_draft, by=person, draft_id=draft_id, mapping=mapping)
    how: dict[str, Any] = {"by": person, "draft_id": draft_id, "choices": choices, "language": language.get()}
    if do != "import" or not await database.write(commands.start_import, **how):
        return RedirectResponse(address, status_code=303)
    work = BackgroundTask(bring_in, database, person, draft_id, _zone(request))
    return RedirectResponse(address, status_code=303, background=work)


@router.get("/registry/import/{draft_id}/report.csv")
async def report_file(
    request: Request, database: web.Database, person: web.CurrentPerson, draft_id: Identifier
) -> Response:
    """Give the whole report as a table: one row for each thing that there is to say."""
    draft = await database.read(queries.import_draft, draft_id, viewer=person)
    report: ImportAnswer | None = None
    if draft.report is not None:
        report = ImportAnswer.model_validate(draft.report)
    elif draft.state == "waiting":
        report, _ = await _tried(request, database, person, draft)
    heading = [say("line"), say("key"), say("what becomes of it"), say("column"), say("value"), say("reason")]
    rows = [row for item in (report.items if report else []) for row in _lines(item)]
    name = say("report of the import") + ".csv"
    return web.attachment(Response(csv_of(heading, rows), media_type="text/csv; charset=utf-8"), name)


def _zone(request: Request) -> str:
    """Give the zone of the neighbourhood's clocks."""
    return str(request.app.state.settings.zone)


async def _tried(
    request: Request, database: web.Database, person: Person, draft: ImportDraft
) -> tuple[ImportAnswer | None, FileRefused | None]:
    """Say what would become of each row, or why the columns cannot be read so."""
    try:
        how: dict[str, Any] = {"kind": draft.kind, "mapping": draft.mapping, "zone": _zone(request), "dry_run": True}
        return await import_table(database, person, draft.data, **how), None
    except FileRefused as refusal:
        return None, refusal


def _form(
    request: Request, table: TableKind, faults: list[dict[str, Any]] | None = None, status: int = 200
) -> Response:
    tables = words.said(words.TABLES)
    fields = words.said(schemas.FIELDS)
    return templates.page(
        request,
        "import.html",
        status=status,
        table=table,
        tables=[(kind, tables[kind], [fields[field] for field in COLUMNS[kind]]) for kind in TABLE_KINDS],
        faults=faults or [],
    )


def _page(
    request: Request, draft: ImportDraft, report: ImportAnswer | None, refusal: FileRefused | None = None
) -> Response:
    items = [item for item in report.items if item.notes or item.candidates] if report else []
    is_done = draft.state in ("done", "failed")
    return templates.page(
        request,
        "import-draft.html",
        status=refusal.status if refusal else 200,
        draft=draft,
        is_done=is_done,
        table=say(words.TABLES[draft.kind]),
        report=report,
        percent=min(100, 100 * draft.done // draft.total) if draft.total else 0,
        problem=say(draft.problem["detail"], **draft.problem["values"]) if draft.problem else "",
        columns=_columns(draft, report, refusal),
        fields=[(NO_FIELD, say("not read")), *((field, say(schemas.FIELDS[field])) for field in COLUMNS[draft.kind])],
        items=items[:MOST_SHOWN],
        hidden=max(0, len(items) - MOST_SHOWN),
        results=words.said(words.IMPORT_RESULTS | (words.ENDED_IMPORT_RESULTS if is_done else {})),
        choices=list(words.said(words.IMPORT_CHOICES).items()),
        faults=[{**_fault(refusal), "field": "field-0"}] if refusal else [],
    )


def _columns(draft: ImportDraft, report: ImportAnswer | None, refusal: FileRefused | None) -> list[tuple[str, str]]:
    """Give each heading with the field that it is taken for."""
    if report is not None:
        return [(column.heading, column.field or NO_FIELD) for column in report.columns]
    headings = refusal.extra.get("columns", []) if refusal else []
    return [(heading, draft.mapping.get(heading, NO_FIELD)) for heading in headings]


def _kind(form: FormData) -> TableKind:
    """Read what the table is of."""
    return next((kind for kind in TABLE_KINDS if form.get("table") == kind), "organisations")


def _mapping(form: FormData) -> dict[str, str]:
    """Read which field each heading stands for; both stand in the form, by the place of the column."""
    fields = {key.removeprefix("field-"): str(value) for key, value in form.items() if key.startswith("field-")}
    return {str(form.get(f"heading-{place}", "")): field for place, field in fields.items()}


def _choices(form: FormData) -> commands.Choices:
    known = {str(choice) for choice in words.IMPORT_CHOICES}
    said = {key.removeprefix("line-"): value for key, value in form.items() if key.startswith("line-")}
    by_line = {web.number_of(line): value for line, value in said.items() if value in known}
    of_all: Any = form.get("duplicates") if form.get("duplicates") in known else "ask"
    lines: dict[int, Any] = {line: value for line, value in by_line.items() if line is not None}
    return commands.Choices(of_all, lines)


def _lines(item: Any) -> list[list[Any]]:
    said = [[item.line, item.uid, item.result, note.column, note.value, note.reason] for note in item.notes]
    alike = [[item.line, item.uid, item.result, None, one.name, " ".join(one.reasons)] for one in item.candidates]
    return [*said, *alike] or [[item.line, item.uid, item.result, None, None, None]]


def _may_be_mapped(refusal: FileRefused) -> bool:
    """Say whether naming the columns by hand may help: a table is there, but nothing in it is called a name."""
    return bool(refusal.extra.get("columns"))


def _fault(refusal: Problem) -> dict[str, Any]:
    text = say(refusal.detail, **refusal.values) if refusal.detail else say(refusal.title)
    return {"field": "file", "text": text}
