"""Files as offices keep them, CSV or XLSX of any habit, read into lines of text cells; nothing in them is ever run."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from services.registry.domain import workbooks
from services.registry.domain.words import folded
from services.registry.problems import FileRefused, FileTooLarge

MOST_BYTES = 5_000_000
MOST_COLUMNS = 200
LONGEST_RECORD = 100
"""Lines that one cell with line breaks may make a record long; more is a quotation mark that nobody closed."""
CODE_PAGES = {"cp1250": "cp1250", "iso8859_2": "ISO 8859-2", "cp852": "cp852"}
"""What Polish programs wrote before UTF-8: Windows, the standard, DOS."""
POLISH = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
USUAL = POLISH | frozenset("„”’–—…°§©®äöüÄÖÜßé\u00a0")
QUOTED_TEXT = re.compile(r'="([^"]*)"')
"""How a spreadsheet is told to keep leading zeros: a formula that is a text."""
QUOTED_CELLS = {delimiter: re.compile(rf'(?:\A|[{delimiter}\n])"(?:[^"]+|"")*+("?)') for delimiter in (";", ",", "\t")}
"""A cell that begins with a quotation mark, and the mark that ends it or nothing."""

Kind = Literal["csv", "xlsx"]


@dataclass(frozen=True)
class Line:
    """One line of the table: its number in the file, its cells, and which of them held formulas; or what is wrong."""

    number: int
    cells: tuple[str, ...] = ()
    formulas: frozenset[int] = frozenset()
    fault: str = ""


@dataclass(frozen=True)
class Sheet:
    """A table as it was found: its headings and lines, and how the file was written."""

    headings: tuple[str, ...]
    lines: tuple[Line, ...] = field(repr=False)
    kind: Kind = "csv"
    encoding: str = ""
    delimiter: str = ""
    other_sheets: int = 0


def read_sheet(data: bytes) -> Sheet:
    """Read a CSV file (RFC 4180, and what spreadsheets make of it) or the first sheet of an XLSX workbook.

    Raises `FileRefused` when it is neither, `FileTooLarge` over 5 MB, 200 columns or 10,000 rows.
    """
    if len(data) > MOST_BYTES:
        raise FileTooLarge
    sheet = _of_workbook(data) if data.startswith(b"PK\x03\x04") else _of_text(data)
    if len(sheet.headings) > MOST_COLUMNS:
        detail = "This table has {columns} columns; at most 200 are read. Delete those that are not needed."
        raise FileRefused(detail, values={"columns": len(sheet.headings)})
    return sheet


def _of_workbook(data: bytes) -> Sheet:
    book = workbooks.read_workbook(data)
    rows = [(number, [_written(cell) for cell in cells]) for number, cells in enumerate(book.rows, 1)]
    filled = [(number, cells) for number, cells in rows if any(cells)]
    if not filled:
        return Sheet((), (), "xlsx")
    first, heading = filled[0]
    by_row: dict[int, set[int]] = {}
    for row, column in book.formulas:
        by_row.setdefault(row, set()).add(column)
    lines = tuple(
        Line(number, tuple(cells), frozenset(by_row.get(number, ()))) for number, cells in filled if number != first
    )
    return Sheet(_trimmed(heading), lines, "xlsx", other_sheets=book.other_sheets)


def _written(cell: Any) -> str:
    """Write a cell of a workbook as somebody would type it: whole numbers without a point, days as 2027-06-30."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()


def _of_text(data: bytes) -> Sheet:
    text, encoding = decoded(data)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    begin = next((place for place, line in enumerate(lines) if line.strip()), len(lines))
    if begin < len(lines) and folded(lines[begin]).startswith("sep="):
        begin += 1
    delimiter = max(";,\t", key=lines[begin].count) if begin < len(lines) else ","
    records = records_of(lines, delimiter, begin)
    heading = next(records, Line(1))
    if heading.fault:
        raise FileRefused("The first line must name the columns.")
    headings = _trimmed(heading.cells)
    found = (_cleaned(line) for line in _unfolded(records, headings, lines, delimiter))
    return Sheet(headings, tuple(found), "csv", encoding, delimiter)


def decoded(data: bytes) -> tuple[str, str]:
    """Decode a file and name its encoding; a byte-order mark decides, else UTF-8, else the likeliest code page."""
    for encoding, name in (("utf-16", "UTF-16"), ("utf-8-sig", "UTF-8")):
        if encoding == "utf-16" and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text, name
    else:
        if b"\0" not in data:
            return _of_code_page(data)
    raise FileRefused("This is no table: neither an Excel workbook (.xlsx) nor a text file in UTF-8 or cp1250.")


def _of_code_page(data: bytes) -> tuple[str, str]:
    """Choose the code page in which the letters beyond ASCII are Polish ones."""
    best: tuple[int, str, str] | None = None
    for encoding, name in CODE_PAGES.items():
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = sum(n for letter, n in Counter(text).items() if letter > "\x7f" and letter not in USUAL)
        if best is None or strange < best[0]:
            best = strange, text, name
    if best is None:
        raise FileRefused("This is no table: neither an Excel workbook (.xlsx) nor a text file in UTF-8 or cp1250.")
    return best[1], best[2]


def records_of(lines: Sequence[str], delimiter: str, begin: int) -> Iterator[Line]:
    """Split lines into records; a quotation mark that nobody closes costs its own line only, not all that follow."""
    place = begin
    while place < len(lines):
        if not lines[place].strip():
            place += 1
            continue
        record, used = _record(lines, delimiter, place)
        yield record
        place += used


def _record(lines: Sequence[str], delimiter: str, place: int) -> tuple[Line, int]:
    """Read the record that begins at this place, and say how many lines it takes."""
    taken = 1
    while taken < LONGEST_RECORD and _is_open(lines[place : place + taken], delimiter) and place + taken < len(lines):
        taken += 1
    part = lines[place : place + taken]
    if _is_open(part, delimiter):
        return Line(place + 1, fault="A quotation mark is opened and never closed"), 1
    try:
        cells = next(csv.reader([f"{line}\n" for line in part], delimiter=delimiter, strict=taken > 1), [])
    except csv.Error:
        fault = "This row cannot be read" if taken == 1 else "A quotation mark is opened and never closed"
        return Line(place + 1, fault=fault), 1
    return Line(place + 1, tuple(cells)), taken


def _is_open(part: Sequence[str], delimiter: str) -> bool:
    """Say whether a cell that began with a quotation mark has not ended yet."""
    text = "\n".join(part)
    return '"' in text and any(not cell[1] for cell in QUOTED_CELLS[delimiter].finditer(text))


def _unfolded(records: Iterator[Line], headings: Sequence[str], lines: Sequence[str], delimiter: str) -> Iterator[Line]:
    """Take a record of several lines apart again where it swallowed its neighbours: it has another number of cells."""
    for record in records:
        height = 1 + sum(cell.count("\n") for cell in record.cells)
        if height == 1 or len(record.cells) == len(headings):
            yield record
            continue
        yield Line(record.number, fault="A quotation mark is opened and never closed")
        inner = lines[record.number : record.number - 1 + height]
        for one in records_of(inner, delimiter, 0):
            yield Line(one.number + record.number, one.cells, fault=one.fault)


def _cleaned(line: Line) -> Line:
    """Take cells that are formulas for what they say: `="0123"` is a text, any other stays as it is written."""
    formulas = {place for place, cell in enumerate(line.cells) if cell.lstrip().startswith("=")}
    if not formulas:
        return line
    texts = {place: match[1] for place in formulas if (match := QUOTED_TEXT.fullmatch(line.cells[place].strip()))}
    cells = tuple(texts.get(place, cell) for place, cell in enumerate(line.cells))
    return Line(line.number, cells, frozenset(formulas - texts.keys()))


def _trimmed(heading: Sequence[str]) -> tuple[str, ...]:
    """Leave out empty headings at the end."""
    cells = [cell.strip() for cell in heading]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)
