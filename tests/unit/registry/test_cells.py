"""Cells as people type them: numbers, money, days, times, yes and no; what cannot be read decides nothing."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.cells import Cells
from services.registry.domain.tables import OWNED, read_table

READERS: dict[str, Any] = {
    "whole": lambda cells: cells.whole("x", 1, 5_000, 7),
    "amount": lambda cells: cells.amount("x"),
    "truth": lambda cells: cells.truth("x", True),
    "day": lambda cells: cells.day("x"),
    "instant": lambda cells: cells.instant("x"),
    "weekdays": lambda cells: cells.weekdays("x"),
    "hours": lambda cells: cells.hours("x"),
}


@pytest.mark.parametrize(
    ("kind", "text", "meant"),
    [
        ("whole", "120 osób", 120),
        ("whole", "1 200", 1200),
        ("whole", "12,0", 12),
        ("amount", "1 200,50 zł", 1200.5),
        ("amount", "15 PLN", 15.0),
        ("truth", "TAK", True),
        ("truth", "nie", False),
        ("day", "30.06.2027", date(2027, 6, 30)),
        ("day", "2027-06-30 00:00:00", date(2027, 6, 30)),
        ("instant", "30.6.2027 16:00", datetime(2027, 6, 30, 14, tzinfo=UTC)),
        ("instant", "2027-10-31 02:30:00+01:00", datetime(2027, 10, 31, 1, 30, tzinfo=UTC)),
        ("weekdays", "pn-śr, pt", (1, 2, 3, 5)),
        ("weekdays", "sobota i niedziela", (6, 7)),
        ("weekdays", "pt-pn", (1, 5, 6, 7)),
        ("hours", "pn-pt 8-16", "Mo-Fr 08:00-16:00"),
    ],
)
def test_a_cell_is_read_as_people_write_it(kind: str, text: str, meant: Any) -> None:
    cells = Cells({"x": text})
    assert READERS[kind](cells) == meant
    assert (cells.said, cells.repairs) == ({"x"}, [])


def test_a_time_without_an_offset_is_of_the_zone_of_the_neighbourhood() -> None:
    zone = ZoneInfo("America/New_York")
    values = {"plain": "2027-06-30 16:00", "offset": "2027-06-30 16:00+02:00", "day": "2027-06-30"}
    cells = Cells(values, zone=zone)
    assert cells.instant("plain") == datetime(2027, 6, 30, 20, tzinfo=UTC)
    assert cells.instant("offset") == datetime(2027, 6, 30, 14, tzinfo=UTC)
    assert cells.day("day") == date(2027, 6, 30)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("whole", "0"),
        ("whole", "10-20"),
        ("whole", "5001"),
        ("whole", "-3"),
        ("amount", "darmo"),
        ("amount", "-5"),
        ("truth", "czasem"),
        ("day", "31.02.2027"),
        ("day", "1.1.27"),
        ("instant", "2027-06-30 25:00"),
        ("weekdays", "kiedyś"),
        ("hours", "kiedyś"),
    ],
)
def test_a_cell_that_cannot_be_read_is_noted_and_decides_nothing(kind: str, text: str) -> None:
    cells = Cells({"x": text})
    READERS[kind](cells)
    assert cells.said == set()
    assert [(note.column, note.value) for note in cells.repairs] == [("x", text)]


@given(st.sampled_from(sorted(READERS)), st.text(max_size=20))
def test_any_text_is_read_or_noted(kind: str, text: str) -> None:
    cells = Cells({"x": text})
    READERS[kind](cells)
    assert not text or bool(cells.said) != bool(cells.repairs)


@given(st.sampled_from(sorted(OWNED)), st.lists(st.text(max_size=12), min_size=6, max_size=6))
def test_any_row_of_any_table_has_a_plan_or_a_reason(kind: Any, cells: list[str]) -> None:
    table = OWNED[kind]
    heading = [table.name, "kind", "key", "organisation", "status", "latitude"]
    row = table.row(2, dict(zip(heading, cells, strict=True)))
    assert (row.plan is None) == (row.refusal is not None)


def test_columns_of_every_table_are_found_by_their_headings_in_both_languages() -> None:
    for kind, table in OWNED.items():
        for heading in (table.headings, table.headings.values()):
            read = read_table(";".join(heading).encode() + b"\n", kind=kind)
            found = [column.field for column in read.columns]
            wanted = [column if column in table.columns else None for column in table.headings]
            assert found == wanted, kind
