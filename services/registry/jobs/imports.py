"""Bringing in files that somebody sent on a page: so many rows at a time, going on where it was interrupted."""

import logging
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.registry import commands, queries, schemas
from services.registry.api.imports import looked_up_table
from services.registry.commands.drafts import choices_of, hold_draft
from services.registry.commands.import_steps import ROWS_A_UNIT
from services.registry.domain.tables import Table
from services.registry.models import ImportDraft
from services.registry.problems import FileRefused, ImportBroken, ImportStopped
from shared import clock, i18n
from shared.database import Database
from shared.people import Person
from shared.problems import Problem

log = logging.getLogger(__name__)


async def bring_in(database: Database, by: Person, draft_id: str, zone: str) -> None:
    """Bring in what is left of a file, whose times are of `zone`, and keep what became of each row in its place."""
    draft = await database.read(queries.import_draft, draft_id, viewer=by)
    i18n.language.set(draft.language)
    table: Table | None = None
    problem: Problem | None = None
    try:
        how: dict[str, Any] = {"kind": draft.kind, "mapping": draft.mapping, "zone": zone}
        table, rows = await looked_up_table(database, by, draft.data, **how)
        await _take(database, by, draft, table, rows)
    except FileRefused:
        await database.write(commands.look_at_draft_again, draft_id=draft_id)
        return
    except commands.ImportEnded as ended:
        if not ended.was_stopped:
            return
        problem = ImportStopped()
    except Problem as refusal:
        problem = refusal
    except Exception:
        log.exception("the import %s failed", draft_id)
        problem = ImportBroken()
    items = await _said(database, draft_id)
    report = None if table is None else schemas.import_answer(table, items).model_dump(mode="json")
    await database.write(commands.end_import, draft_id=draft_id, report=report, problem=problem)


async def go_on_with_imports(database: Database, zone: str) -> None:
    """Go on with imports that were interrupted, each with the roles that its sender has now."""
    for draft_id, person_id in await database.write(commands.take_silent_imports, now=clock.now()):
        try:
            by = await database.read(queries.importer, person_id)
            await bring_in(database, by, draft_id, zone)
        except Problem as refusal:  # they are gone, or may not import any more
            await database.write(commands.end_import, draft_id=draft_id, report=None, problem=refusal)


async def _take(
    database: Database, by: Person, draft: ImportDraft, table: Table, rows: Sequence[queries.LookedUp]
) -> None:
    """Take in the rows of which nothing was said yet."""
    said = await _said(database, draft.id)
    known, taken = {item.line for item in said}, {item.line: item.id for item in said if item.id}
    rest = [row for row in rows if row.row.line not in known]
    how: dict[str, Any] = {"by": by, "kind": table.kind, "choices": choices_of(draft), "taken": taken}
    for start in range(0, len(rest), ROWS_A_UNIT):

        def write(session: Session, start: int = start) -> None:
            hold_draft(session, draft_id=draft.id, done=len(said) + start)
            done = commands.import_rows(session, rows=rest[start : start + ROWS_A_UNIT], **how)
            items = [item.model_dump(mode="json") for item in schemas.import_items(table, done)]
            commands.note_import_part(session, draft_id=draft.id, items=items, total=len(rows))

        await database.write(write)


async def _said(database: Database, draft_id: str) -> list[schemas.ImportItem]:
    parts = await database.read(queries.import_parts, draft_id)
    return [schemas.ImportItem.model_validate(item) for part in parts for item in part.items]
