"""Tables that leave for spreadsheets: no cell is a formula there, and every cell comes back as it was."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.organisation_rows import OrganisationRow
from services.registry.domain.tables import read_table
from shared.spreadsheets import csv_of, neutral, original

FORMULAS = [
    "=1+1",
    "+48 12 345",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1",
    "'=1",
    '=HYPERLINK("http://x")',
]
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def read(data: bytes, delimiter: str = ";") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str):
    assert neutral(text) == f"'{text}"
    assert original(neutral(text)) == text


@pytest.mark.parametrize("text", ["", "Klub Seniora", "a=b", "12-345", "O'Hara", "'", "'90s", "„=”"])
def test_what_no_spreadsheet_would_run_stays_as_it_is(text: str):
    assert neutral(text) == text == original(text)


@given(CELLS)
def test_no_cell_begins_like_a_formula_and_every_cell_comes_back(text: str):
    assert not neutral(text).lstrip().startswith(tuple("=+-@＝＋－＠"))
    assert original(neutral(text)) == text


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=5), st.sampled_from([",", ";"]), st.booleans())
def test_a_table_comes_back_as_it_was(rows: list[list[str]], delimiter: Any, with_mark: bool):
    data = csv_of(["a", "b"], rows, delimiter=delimiter, with_mark=with_mark)
    assert data.startswith(b"\xef\xbb\xbf") is with_mark
    heading, *back = read(data, delimiter)
    assert heading == ["a", "b"]
    assert [[original(cell) for cell in row] for row in back] == rows


def test_values_are_written_as_programs_read_them():
    moment = datetime(2026, 11, 26, 14, tzinfo=UTC)
    (_, row) = read(csv_of(["x"], [[None, True, False, -5, 1.5, date(2026, 11, 26), moment, "Żółw; 2"]]))
    assert row == ["", "true", "false", "-5", "1.5", "2026-11-26", "2026-11-26T14:00:00+00:00", "Żółw; 2"]


@pytest.mark.parametrize("name", ["=Klub", "+Klub", "@Klub", "-Klub"])
def test_the_import_reads_what_the_export_wrote(name: str):
    (row,) = read_table(csv_of(["name", "phone"], [[name, "+48 12 345 67 89"]])).rows
    assert isinstance(row, OrganisationRow)
    assert row.plan is not None
    assert row.plan.name == name
    assert row.contacts[0].value == "+48 12 345 67 89"
