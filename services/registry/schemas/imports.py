"""Shapes of an import: how columns are named and decisions told in a request, and the report in the answer."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints

from services.registry.commands.import_steps import NOT_YET, ImportedRow, Result
from services.registry.commands.import_steps import Choice as Choice
from services.registry.domain.cells import Note
from services.registry.domain.tables import Table, TableKind
from services.registry.queries.duplicates import Candidate
from services.registry.schemas.duplicates import reasons_in_words
from shared.i18n import say

ColumnMapping = Annotated[str, StringConstraints(pattern=r"^[^\x00]{1,200}:[a-z_-]{1,20}$")]
LineChoice = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,6}:(ask|update|add|skip)$")]
FIELDS = {
    "key": "key",
    "nip": "NIP (tax number)",
    "regon": "REGON (statistical number)",
    "name": "name of the institution",
    "kind": "kind",
    "description": "description",
    "address": "address",
    "postcode": "postcode",
    "city": "town",
    "latitude": "latitude",
    "longitude": "longitude",
    "audiences": "audiences",
    "themes": "themes",
    "phone": "telephone",
    "email": "e-mail address",
    "website": "website",
    "visibility": "who sees the contacts",
    "organisation_key": "key, NIP or REGON of the institution",
    "organisation": "institution",
    "inside": "lies in (venue)",
    "capacity": "number of places",
    "one_at_a_time": "one event at a time",
    "set_up_minutes": "minutes to set up",
    "clear_up_minutes": "minutes to clear up",
    "opening_hours": "when it is open",
    "equipment": "equipment",
    "step_free": "step-free",
    "confidential": "confidential address",
    "needs_approval": "needs approval",
    "conditions": "conditions",
    "cost": "cost in words",
    "cost_pln": "cost in zlotys",
    "cost_per": "what the cost is for",
    "lends_to": "who may borrow",
    "status": "status",
    "quantity": "quantity",
    "unit": "unit",
    "availability": "when it can be had",
    "title": "title",
    "until_on": "needed until",
    "starts_at": "beginning",
    "ends_at": "end",
    "weekdays": "days of the week",
    "hours": "hours",
    "urgency": "urgency",
    "venue": "venue",
}
"""What the columns of a table are called (gettext sources)."""


class ImportNote(BaseModel):
    """What was wrong with one cell, in the reader's language; `column` is the heading in the file."""

    column: str | None
    value: str | None
    reason: str


class ImportCandidate(BaseModel):
    """What is here, or an earlier line of the same file, that a row looks like, and why.

    `organisation_id` is its id where the table is of organisations, `id` whatever it is of.
    """

    id: str | None = None
    organisation_id: str | None
    line: int | None
    name: str
    score: int
    reasons: list[str]


class ImportItem(BaseModel):
    """What became of one row of a file, and why, in the reader's language."""

    uid: str
    result: Result
    line: int
    reason: str | None
    id: str | None = None
    """Of what was made, changed or found; none where nothing was, and in a dry run of what is new."""
    organisation_id: str | None = None
    notes: list[ImportNote] = []
    candidates: list[ImportCandidate] = []


class ImportColumn(BaseModel):
    """One column of the file and the field that it was read as; none where nobody knows what it is."""

    heading: str
    field: str | None


class ImportAnswer(BaseModel):
    """What became of a file, row by row; in a dry run, what would become of it."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    repaired: int = 0
    refused: int = 0
    candidate: int = 0
    skipped: int = 0
    dry_run: bool = False
    table: TableKind = "organisations"
    kind: str = "csv"
    encoding: str = ""
    delimiter: str = ""
    other_sheets: int = 0
    columns: list[ImportColumn] = []
    items: list[ImportItem]


def import_items(table: Table, rows: Sequence[ImportedRow]) -> list[ImportItem]:
    """Say what became of these rows of a file."""
    headings = {column.field: column.heading for column in reversed(table.columns) if column.field}
    return [_item(row, headings, table.kind) for row in rows]


def import_answer(table: Table, items: Sequence[ImportItem], *, dry_run: bool = False) -> ImportAnswer:
    """Show what became of a file, in the order of its lines."""
    counts: Any = Counter(item.result for item in items)
    return ImportAnswer(
        items=sorted(items, key=lambda item: item.line),
        columns=[ImportColumn(heading=column.heading, field=column.field) for column in table.columns],
        dry_run=dry_run,
        table=table.kind,
        kind=table.sheet.kind,
        encoding=table.sheet.encoding,
        delimiter=table.sheet.delimiter,
        other_sheets=table.sheet.other_sheets,
        **counts,
    )


def mapped(text: str) -> tuple[str, str]:
    """Read `heading:field`; a heading may have colons itself."""
    heading, _, field = text.rpartition(":")
    return heading, field


def chosen(text: str) -> tuple[int, Choice]:
    """Read `line:choice`."""
    line, _, choice = text.partition(":")
    choices: dict[str, Choice] = {"ask": "ask", "update": "update", "add": "add", "skip": "skip"}
    return int(line), choices[choice]


def _item(row: ImportedRow, headings: dict[str, str], kind: TableKind) -> ImportItem:
    notes = [_note(note, headings) for note in row.notes]
    thing_id = None if row.thing_id == NOT_YET else row.thing_id
    return ImportItem(
        uid=row.uid,
        result=row.result,
        line=row.line,
        reason="; ".join(note.reason for note in notes) or None,
        id=thing_id,
        organisation_id=thing_id if kind == "organisations" else None,
        notes=notes,
        candidates=[_candidate(one) for one in row.candidates],
    )


def _note(note: Note, headings: dict[str, str]) -> ImportNote:
    return ImportNote(
        column=headings.get(note.column, note.column) or None,
        value=note.value or None,
        reason=say(note.text, **note.values),
    )


def _candidate(one: Candidate) -> ImportCandidate:
    return ImportCandidate(
        id=one.found_id,
        organisation_id=one.organisation_id,
        line=one.line,
        name=one.name,
        score=one.likeness.score,
        reasons=reasons_in_words(one.likeness.reasons),
    )
