"""`imports`: a table of organisations, venues, resources or needs as the body of a request."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Query, Request, Response
from sqlalchemy.orm import Session

from services.registry import commands, queries, schemas
from services.registry.commands.import_steps import ROWS_A_UNIT
from services.registry.domain.permissions import may_import_tables
from services.registry.domain.tables import Table, TableKind, read_table
from shared import people, web
from shared.database import Database

router = web.api_router("registry")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string", "description": "One thing a row (RFC 4180)."}},
            XLSX: {"schema": {"type": "string", "format": "binary", "description": "The first sheet of a workbook."}},
        },
    }
}
Kind = Annotated[
    TableKind,
    Query(
        alias="table",
        description="What the table is of. A row of venues, resources or needs names its organisation in a column: by "
        "id, by the key of a table, by NIP or REGON, or by its whole name.",
    ),
]
DryRun = Annotated[bool, Query(description="Say what would become of each row, and write nothing.")]
Mappings = Annotated[
    list[schemas.ColumnMapping],
    Query(alias="map", max_length=200, description="`heading:field`, a column that is read as this field; `-`: not."),
]
ForAll = Annotated[
    schemas.Choice, Query(description="What becomes of rows that look like something that is here under another key.")
]
ForLines = Annotated[
    list[schemas.LineChoice], Query(max_length=1000, description="`line:choice`, the same for one line.")
]


@router.post("/imports", response_model=schemas.ImportAnswer, openapi_extra=TABLE)
async def import_rows(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    kind: Kind = "organisations",
    dry_run: DryRun = False,
    mappings: Mappings = [],  # noqa: B006 -- FastAPI copies it
    duplicates: ForAll = "ask",
    choose: ForLines = [],  # noqa: B006 -- FastAPI copies it
) -> Response:
    """Import organisations, venues, resources or needs from CSV or XLSX; the same file again changes nothing."""
    data = await request.body()
    choices = commands.Choices(duplicates, dict(schemas.chosen(one) for one in choose))
    mapping = dict(schemas.mapped(one) for one in mappings)

    async def work() -> schemas.ImportAnswer:
        how: dict[str, Any] = {"kind": kind, "mapping": mapping, "choices": choices, "dry_run": dry_run}
        return await import_table(database, by, data, zone=request.app.state.settings.zone, **how)

    return await web.long_work(request, database, work, show=lambda answer: answer)


async def import_table(
    database: Database,
    by: people.Person,
    data: bytes,
    *,
    kind: TableKind = "organisations",
    zone: str,
    mapping: Mapping[str, str] | None = None,
    choices: commands.Choices | None = None,
    dry_run: bool = False,
) -> schemas.ImportAnswer:
    """Read the whole file and look every row up first, then write so many rows at a time; its times are of `zone`."""
    table, rows = await looked_up_table(database, by, data, kind=kind, mapping=mapping, zone=zone)
    how: dict[str, Any] = {"by": by, "kind": kind, "choices": choices, "dry_run": dry_run, "taken": {}}
    if dry_run:
        done = await database.read(commands.import_rows, rows=rows, **how)
    else:
        done = await _written(database, rows, how)
    return schemas.import_answer(table, schemas.import_items(table, done), dry_run=dry_run)


async def looked_up_table(
    database: Database,
    by: people.Person,
    data: bytes,
    *,
    kind: TableKind,
    zone: str,
    mapping: Mapping[str, str] | None = None,
) -> tuple[Table, list[queries.LookedUp]]:
    """Read a file, whose times are by the clocks of `zone`, and look up what is known of each of its rows."""
    people.must(may_import_tables(by))
    table = await asyncio.to_thread(read_table, data, mapping, kind, ZoneInfo(zone))
    return table, await database.read(queries.looked_up, viewer=by, table=table)


async def _written(database: Database, rows: list[queries.LookedUp], how: dict[str, Any]) -> list[commands.ImportedRow]:
    done: list[commands.ImportedRow] = []
    for start in range(0, len(rows), ROWS_A_UNIT):

        def write(session: Session, start: int = start) -> list[commands.ImportedRow]:
            return commands.import_rows(session, rows=rows[start : start + ROWS_A_UNIT], **how)

        done += await database.write(write)
    return done
