"""`imports`: a table of organisations as the body of a request."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query, Request, Response
from sqlalchemy.orm import Session

from services.registry import commands, queries, schemas
from services.registry.commands.imports import ROWS_A_UNIT
from services.registry.domain.permissions import may_import_organisations
from services.registry.domain.tables import read_table
from shared import people, web
from shared.database import Database
from shared.identifiers import new_id

router = web.api_router("registry")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string", "description": "Organisations, one a row (RFC 4180)."}},
            XLSX: {"schema": {"type": "string", "format": "binary", "description": "The first sheet of a workbook."}},
        },
    }
}
DryRun = Annotated[bool, Query(description="Say what would become of each row, and write nothing.")]
Mappings = Annotated[
    list[schemas.ColumnMapping],
    Query(alias="map", max_length=200, description="`heading:field`, a column that is read as this field; `-`: not."),
]
ForAll = Annotated[
    schemas.Choice, Query(description="What becomes of rows that look like an organisation under another key.")
]
ForLines = Annotated[
    list[schemas.LineChoice], Query(max_length=1000, description="`line:choice`, the same for one line.")
]


@router.post("/imports", response_model=schemas.ImportAnswer, openapi_extra=TABLE)
async def import_organisations(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    dry_run: DryRun = False,
    mappings: Mappings = [],  # noqa: B006 -- FastAPI copies it
    duplicates: ForAll = "ask",
    choose: ForLines = [],  # noqa: B006 -- FastAPI copies it
) -> Response:
    """Import organisations from CSV or XLSX; importing the same file again changes nothing."""
    data = await request.body()
    choices = commands.Choices(duplicates, dict(schemas.chosen(one) for one in choose))
    mapping = dict(schemas.mapped(one) for one in mappings)

    async def work() -> schemas.ImportAnswer:
        return await import_table(database, by, data, mapping=mapping, choices=choices, dry_run=dry_run)

    return await web.long_work(request, database, work, show=lambda answer: answer)


async def import_table(
    database: Database,
    by: people.Person,
    data: bytes,
    *,
    mapping: Mapping[str, str] | None = None,
    choices: commands.Choices | None = None,
    dry_run: bool = False,
) -> schemas.ImportAnswer:
    """Read the whole file and look every row up first, then write so many rows at a time."""
    people.must(may_import_organisations(by))
    table = await asyncio.to_thread(read_table, data, mapping)
    rows = await database.read(queries.looked_up, viewer=by, rows=table.rows)
    how: dict[str, Any] = {"by": by, "choices": choices, "dry_run": dry_run, "taken": {}}
    if dry_run:
        how["taken"] = {row.line: new_id() for row in table.rows}
        done = await database.read(commands.import_organisations, rows=rows, **how)
        return schemas.import_answer(table, done, dry_run=True)
    return schemas.import_answer(table, await _written(database, rows, how))


async def _written(database: Database, rows: list[queries.LookedUp], how: dict[str, Any]) -> list[commands.ImportedRow]:
    done: list[commands.ImportedRow] = []
    for start in range(0, len(rows), ROWS_A_UNIT):

        def write(session: Session, start: int = start) -> list[commands.ImportedRow]:
            return commands.import_organisations(session, rows=rows[start : start + ROWS_A_UNIT], **how)

        done += await database.write(write)
    return done
