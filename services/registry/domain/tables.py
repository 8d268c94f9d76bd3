"""Tables that are brought in: which heading stands for what, in Polish and English, and what each row then says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from services.registry.domain.cells import USUAL_ZONE, Note
from services.registry.domain.need_rows import NEEDS
from services.registry.domain.organisation_rows import OrganisationRow, row_of
from services.registry.domain.owned_rows import OwnedRow, OwnedTable
from services.registry.domain.resource_rows import RESOURCES
from services.registry.domain.sheets import Line, Sheet, read_sheet
from services.registry.domain.venue_rows import VENUES
from services.registry.domain.words import folded
from services.registry.problems import FileRefused, FileTooLarge, UnknownColumn
from shared.spreadsheets import original

TableKind = Literal["organisations", "venues", "resources", "needs"]
"""What a table is of: one thing in each row."""
OwnedKind = Literal["venues", "resources", "needs"]
Row = OrganisationRow | OwnedRow
TABLE_KINDS: tuple[TableKind, ...] = get_args(TableKind)
OWNED: Mapping[OwnedKind, OwnedTable] = {"venues": VENUES, "resources": RESOURCES, "needs": NEEDS}
MOST_ROWS = 10_000
NO_FIELD = "-"
"""Stands in a mapping for a column that is not to be read."""

ORGANISATION_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "key": ("key", "external_key", "id", "klucz", "identyfikator"),
    "nip": ("nip", "numer nip", "tax id"),
    "regon": ("regon", "numer regon"),
    "name": ("name", "nazwa", "organisation", "organizacja", "nazwa instytucji", "nazwa organizacji", "instytucja"),
    "kind": ("kind", "type", "rodzaj", "typ"),
    "description": ("description", "opis"),
    "address": ("address", "adres", "ulica", "adres siedziby"),
    "postcode": ("postcode", "kod", "kod pocztowy"),
    "city": ("city", "miasto", "miejscowosc"),
    "latitude": ("latitude", "lat", "szerokosc", "szerokosc geograficzna"),
    "longitude": ("longitude", "lon", "lng", "dlugosc", "dlugosc geograficzna"),
    "audiences": ("audiences", "odbiorcy", "dla kogo"),
    "themes": ("themes", "tematy"),
    "phone": ("phone", "telefon", "tel", "tel.", "telefony", "numer telefonu", "telefon kontaktowy"),
    "email": ("email", "e-mail", "mail", "poczta", "adres e-mail", "adres email"),
    "website": ("website", "www", "strona", "strona www", "strona internetowa"),
    "visibility": ("visibility", "widocznosc", "widocznosc kontaktow"),
}
COLUMNS: Mapping[TableKind, Mapping[str, tuple[str, ...]]] = {
    "organisations": ORGANISATION_COLUMNS,
    **{kind: table.columns for kind, table in OWNED.items()},
}
"""Every column that is read, with the headings it may have (compared as `domain.words` folds them)."""
SEVERAL = frozenset({"phone", "email", "website", "themes", "audiences"})
"""Columns that may stand there more than once: `telefon 1`, `telefon 2`."""


@dataclass(frozen=True)
class Column:
    """One column of the file: its heading, and the field that it was taken for, or none."""

    heading: str
    field: str | None


@dataclass(frozen=True)
class Table:
    """A file that was read: of what, how it was written, what its columns were taken for, and every row of it."""

    sheet: Sheet
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    kind: TableKind = "organisations"


def read_table(
    data: bytes,
    mapping: Mapping[str, str] | None = None,
    kind: TableKind = "organisations",
    zone: ZoneInfo = USUAL_ZONE,
) -> Table:
    """Read a file of such things; `mapping` says of headings which field they stand for, `-` for none.

    Times without an offset are by the clocks of `zone`.
    One bad row is refused or repaired with notes. Raises `FileRefused` when there is no table with names in it,
    `FileTooLarge` over 5 MB or 10,000 rows, `UnknownColumn` for a mapping of what is not here.
    """
    sheet = read_sheet(data)
    columns = recognised(sheet.headings, mapping or {}, kind)
    needed = needed_column(kind)
    if all(column.field != needed for column in columns):
        detail = "The first line must name the columns, one of them “{column}”."
        raise FileRefused(detail, values={"column": needed}, extra={"columns": list(sheet.headings)})
    lines = [line for line in sheet.lines if line.fault or any(cell.strip() for cell in line.cells)]
    if len(lines) > MOST_ROWS:
        raise FileTooLarge
    first_lines: dict[str, int] = {}
    return Table(sheet, columns, tuple(_row(line, columns, first_lines, kind, zone) for line in lines), kind)


def needed_column(kind: TableKind) -> str:
    """Name the column without which there is no such table."""
    return "name" if kind == "organisations" else OWNED[kind].name


def recognised(
    headings: Sequence[str], mapping: Mapping[str, str], kind: TableKind = "organisations"
) -> tuple[Column, ...]:
    """Say of each column what it stands for: as the mapping says, else by its heading."""
    said = {folded(heading): field for heading, field in mapping.items()}
    strange = said.keys() - {folded(heading) for heading in headings}
    wrong = set(said.values()) - {*COLUMNS[kind], NO_FIELD}
    if strange or wrong:
        raise UnknownColumn(values={"column": sorted(strange or wrong)[0]})
    found: list[Column] = []
    taken = {field for field in said.values() if field not in SEVERAL}
    for heading in headings:
        field = said.get(folded(heading)) or _field_of(heading, kind)
        if folded(heading) not in said and field in taken:
            field = None
        if field is not None and field not in SEVERAL:
            taken.add(field)
        found.append(Column(heading, None if field == NO_FIELD else field))
    return tuple(found)


def _field_of(heading: str, kind: TableKind) -> str | None:
    """Find the field that a heading names; a number behind it (`telefon 2`) does not matter."""
    wanted = folded(heading)
    bare = re.sub(r"[\s_]*\d+$", "", wanted)
    return next((field for field, names in COLUMNS[kind].items() if wanted in names or bare in names), None)


def _row(line: Line, columns: Sequence[Column], first_lines: dict[str, int], kind: TableKind, zone: ZoneInfo) -> Row:
    if line.fault:
        return _refused(kind, line.number, "", Note(line.fault))
    if any(cell.strip() for cell in line.cells[len(columns) :]):
        return _refused(kind, line.number, "", Note("There are more cells than columns"))
    values: dict[str, str] = {}
    notes: list[Note] = []
    for place, column in enumerate(columns):
        cell = original(line.cells[place]).strip() if place < len(line.cells) else ""
        if column.field is None:
            continue
        if place in line.formulas:
            notes.append(_formula(column, cell))
        before = values.get(column.field, "")
        values[column.field] = f"{before}|{cell}" if before and cell else before or cell
    row: Row
    if kind == "organisations":
        row = row_of(line.number, values, notes)
    else:
        row = OWNED[kind].row(line.number, values, notes, zone)
    if row.refusal is None and (first := first_lines.setdefault(row.key, line.number)) != line.number:
        return _refused(kind, line.number, row.key, Note("The same stands in line {line}", {"line": first}))
    return row


def _refused(kind: TableKind, line: int, key: str, refusal: Note) -> Row:
    made = OrganisationRow if kind == "organisations" else OwnedRow
    return made(line, key, refusal=refusal)


def _formula(column: Column, cell: str) -> Note:
    if cell.startswith("="):
        text = "This is a formula; it was taken as a text and never computed"
    else:
        text = "This is a formula; the value that was saved with it was taken"
    return Note(text, column=column.heading, value=cell[:100])
