"""Excel workbooks (ECMA-376): the first sheet is read within bounds, and sheets are written without formulas."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from services.registry.problems import FileRefused, FileTooLarge

MOST_UNPACKED = 60_000_000
MOST_PARTS = 500
MOST_ROWS = 20_000
MOST_COLUMNS = 1_000
CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*(?<!/)>\s*(<(?:\w+:)?f\b)?')
"""A cell that says something, and whether a formula does (§18.3.1.4, §18.3.1.40)."""
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")


@dataclass(frozen=True)
class Book:
    """The first sheet of a workbook: rows of cells, and the places (row from 1, column from 0) that hold formulas."""

    rows: list[list[Any]]
    formulas: frozenset[tuple[int, int]]
    other_sheets: int


def read_workbook(data: bytes) -> Book:
    """Read the values of the first sheet; of a formula the value that was saved with it.

    Raises `FileRefused` for what is no workbook, `FileTooLarge` for one that unpacks to more than fits.
    """
    plain, parts = _unpacked(data)
    _refuse_far_cells(parts)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(plain))
        sheet = book.get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError, OSError) as error:
        raise FileRefused("This workbook cannot be read. Save it anew as .xlsx, or as CSV.") from error
    first = _part_of_first_sheet(parts)
    formulas = frozenset((row, column) for row, column, is_formula in _cells(parts.get(first, b"")) if is_formula)
    return Book(rows, formulas, len(book.sheet_names) - 1)


def write_workbook(heading: Sequence[str], rows: Iterable[Sequence[Any]], title: str) -> bytes:
    """Write one sheet; every text is a text, also one that begins like a formula, and the heading stays in sight."""
    # a fifth of a second to load: not in every start for what is written now and then
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in (heading, *rows):
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value="")
    cell.value = "".join(letter for letter in value if letter >= " " or letter in "\n\t")
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _unpacked(data: bytes) -> tuple[bytes, dict[str, bytes]]:
    """Unpack within bounds and pack anew without compression, so that nobody after us can be made to unpack more."""
    out = io.BytesIO()
    parts: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as plain:
            if len(packed.infolist()) > MOST_PARTS or sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
                raise FileTooLarge
            for one in packed.infolist():
                content = packed.read(one)
                plain.writestr(one.filename, content)
                parts[one.filename] = content
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise FileRefused("This workbook cannot be read. Save it anew as .xlsx, or as CSV.") from error
    if "xl/workbook.xml" not in parts:
        raise FileRefused("This is no table: neither an Excel workbook (.xlsx) nor a text file in UTF-8 or cp1250.")
    return out.getvalue(), parts


def _refuse_far_cells(parts: dict[str, bytes]) -> None:
    """Refuse a cell far away from the others: a reader would make room for all those between."""
    for name, content in parts.items():
        if SHEET.fullmatch(name) and any(
            row > MOST_ROWS or column >= MOST_COLUMNS for row, column, _ in _cells(content)
        ):
            raise FileTooLarge


def _cells(content: bytes) -> Iterable[tuple[int, int, bool]]:
    from openpyxl.utils.cell import column_index_from_string

    for match in CELL.finditer(content):
        yield int(match[2]), column_index_from_string(match[1].decode()) - 1, match[3] is not None


def _part_of_first_sheet(parts: dict[str, bytes]) -> str:
    """Find the part in which the first sheet stands, through the workbook's relationships (ECMA-376-2 §9)."""
    sheet = re.search(rb'<(?:\w+:)?sheet\b[^>]*?\br:id="([^"]+)"', parts["xl/workbook.xml"])
    relations = parts.get("xl/_rels/workbook.xml.rels", b"")
    for relation in re.findall(rb"<Relationship\b[^>]*>", relations):
        target = re.search(rb'\bTarget="/?(?:xl/)?([^"]+)"', relation)
        if sheet and target and b'Id="' + sheet[1] + b'"' in relation:
            return f"xl/{target[1].decode()}"
    return "xl/worksheets/sheet1.xml"
