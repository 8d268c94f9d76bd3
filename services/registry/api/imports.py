"""`imports`: a table of organisations as the body of a request."""

import asyncio
from typing import Any

from fastapi import Request, Response

from services.registry import commands, schemas
from services.registry.commands.imports import ROWS_A_UNIT
from services.registry.domain.permissions import may_import_organisations
from services.registry.domain.tables import read_organisations
from shared import people, web
from shared.database import Database

router = web.api_router("registry")
TABLE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"text/csv": {"schema": {"type": "string", "description": "Organisations, one a row (RFC 4180)."}}},
    }
}


@router.post("/imports", response_model=schemas.ImportAnswer, openapi_extra=TABLE)
async def import_organisations(request: Request, database: web.Database, by: web.CurrentPerson) -> Response:
    """Import organisations from CSV; importing the same file again changes nothing."""
    data = await request.body()

    async def work() -> list[commands.ImportedRow]:
        return await import_table(database, by, data)

    return await web.long_work(request, database, work, show=schemas.import_answer)


async def import_table(database: Database, by: people.Person, data: bytes) -> list[commands.ImportedRow]:
    """Read the whole file first, outside any transaction, then write so many rows at a time."""
    people.must(may_import_organisations(by))
    rows = await asyncio.to_thread(read_organisations, data)
    done: list[commands.ImportedRow] = []
    for start in range(0, len(rows), ROWS_A_UNIT):
        unit = rows[start : start + ROWS_A_UNIT]
        done += await database.write(commands.import_organisations, by=by, rows=unit)
    return done
