"""Tables of organisations: which heading stands for what, in Polish and English, and what each row then says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.registry.domain.organisation_rows import Note, OrganisationRow, row_of
from services.registry.domain.sheets import Line, Sheet, read_sheet
from services.registry.domain.words import folded
from services.registry.problems import FileRefused, FileTooLarge, UnknownColumn
from shared.spreadsheets import original

MOST_ROWS = 10_000
NO_FIELD = "-"
"""Stands in a mapping for a column that is not to be read."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
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
    """A file that was read: how it was written, what its columns were taken for, and every row of it."""

    sheet: Sheet
    columns: tuple[Column, ...]
    rows: tuple[OrganisationRow, ...]


def read_table(data: bytes, mapping: Mapping[str, str] | None = None) -> Table:
    """Read a file of organisations; `mapping` says of headings which field they stand for, `-` for none.

    One bad row is refused or repaired with notes. Raises `FileRefused` when there is no table with names in it,
    `FileTooLarge` over 5 MB or 10,000 rows, `UnknownColumn` for a mapping of what is not here.
    """
    sheet = read_sheet(data)
    columns = recognised(sheet.headings, mapping or {})
    if all(column.field != "name" for column in columns):
        detail = "The first line must name the columns, one of them “name”."
        raise FileRefused(detail, extra={"columns": list(sheet.headings)})
    lines = [line for line in sheet.lines if line.fault or any(cell.strip() for cell in line.cells)]
    if len(lines) > MOST_ROWS:
        raise FileTooLarge
    first_lines: dict[str, int] = {}
    return Table(sheet, columns, tuple(_row(line, columns, first_lines) for line in lines))


def recognised(headings: Sequence[str], mapping: Mapping[str, str]) -> tuple[Column, ...]:
    """Say of each column what it stands for: as the mapping says, else by its heading."""
    said = {folded(heading): field for heading, field in mapping.items()}
    strange = said.keys() - {folded(heading) for heading in headings}
    wrong = set(said.values()) - {*COLUMNS, NO_FIELD}
    if strange or wrong:
        raise UnknownColumn(values={"column": sorted(strange or wrong)[0]})
    found: list[Column] = []
    taken = {field for field in said.values() if field not in SEVERAL}
    for heading in headings:
        field = said.get(folded(heading)) or _field_of(heading)
        if folded(heading) not in said and field in taken:
            field = None
        if field is not None and field not in SEVERAL:
            taken.add(field)
        found.append(Column(heading, None if field == NO_FIELD else field))
    return tuple(found)


def _field_of(heading: str) -> str | None:
    """Find the field that a heading names; a number behind it (`telefon 2`) does not matter."""
    wanted = folded(heading)
    bare = re.sub(r"[\s_]*\d+$", "", wanted)
    return next((field for field, names in COLUMNS.items() if wanted in names or bare in names), None)


def _row(line: Line, columns: Sequence[Column], first_lines: dict[str, int]) -> OrganisationRow:
    if line.fault:
        return OrganisationRow(line.number, "", refusal=Note(line.fault))
    if any(cell.strip() for cell in line.cells[len(columns) :]):
        return OrganisationRow(line.number, "", refusal=Note("There are more cells than columns"))
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
    row = row_of(line.number, values, notes)
    if row.refusal is None and (first := first_lines.setdefault(row.key, line.number)) != line.number:
        return OrganisationRow(line.number, row.key, refusal=Note("The same stands in line {line}", {"line": first}))
    return row


def _formula(column: Column, cell: str) -> Note:
    if cell.startswith("="):
        text = "This is a formula; it was taken as a text and never computed"
    else:
        text = "This is a formula; the value that was saved with it was taken"
    return Note(text, column=column.heading, value=cell[:100])
