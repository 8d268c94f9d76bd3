"""Tables for spreadsheets: CSV that no program takes for formulas, and the way back (RFC 4180)."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Literal

BYTE_ORDER_MARK = "\ufeff"
RISKY = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")
"""What spreadsheets take for the beginning of a formula; also behind apostrophes, so that the way back is exact."""


def csv_of(
    heading: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    delimiter: Literal[",", ";"] = ";",
    with_mark: bool = True,
) -> bytes:
    """Write a table as UTF-8; Polish spreadsheets want `;` and a byte-order mark, programs `,` and none.

    A cell may be text, a number, a truth value, a date or an instant (ISO 8601), or None (empty).
    A text that a spreadsheet would run as a formula gets an apostrophe before it, which `original` takes off.
    """
    text = io.StringIO(newline="")
    if with_mark:
        text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow([neutral(cell) for cell in heading])
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def neutral(cell: Any) -> str:
    """Write one cell so that no spreadsheet runs it; numbers are no formulas and stay as they are."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return str(cell)
    text = cell.isoformat() if isinstance(cell, date) else str(cell)
    return f"'{text}" if RISKY.match(text) else text


def original(cell: str) -> str:
    """Read one cell as it was before `neutral` wrote it."""
    return cell[1:] if cell.startswith("'") and RISKY.match(cell) else cell
