"""Files as offices send them: strange encodings, quotation marks, line ends, workbooks, and files made to do harm."""

import io
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.numbers import polish_number
from services.registry.domain.organisation_cells import cells_of, headings, in_order
from services.registry.domain.organisation_rows import OrganisationRow
from services.registry.domain.sheets import decoded, read_sheet
from services.registry.domain.tables import read_table
from services.registry.domain.workbooks import write_workbook
from services.registry.models import Organisation
from services.registry.problems import FileRefused, FileTooLarge, UnknownColumn
from shared.spreadsheets import csv_of

POLISH = "Zażółć gęślą jaźń – ŚWIĘTY ŁÓDŹ"


def rows(text: str, **options: str):
    return read_table(text.encode(), options or None).rows


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("cp1250", "cp1250"), ("cp852", "cp852")],
)
def test_the_encoding_is_found(encoding: str, name: str):
    text = POLISH if encoding != "cp852" else POLISH.replace("–", "-")
    assert decoded(text.encode(encoding)) == (text, name)


def test_the_old_standard_is_told_from_windows_by_its_letters():
    text = POLISH.replace("–", "-")
    assert decoded(text.encode("iso8859_2")) == (text, "ISO 8859-2")


def test_old_mac_line_ends_are_line_ends_also_within_a_cell():
    found = rows('nazwa;opis\rA;"jeden\rdwa"\rB;trzy\r')
    assert [(row.line, row.plan.name, row.plan.description) for row in found] == [
        (2, "A", "jeden\ndwa"),
        (4, "B", "trzy"),
    ]


def test_a_quotation_mark_that_nobody_closed_costs_its_own_line_alone():
    found = rows('nazwa;opis\nA;"otwarte\nB;zwykłe\n"C;d"\nD;"też dobre"\n')
    told = [(row.line, row.plan.name if row.plan else row.refusal.text) for row in found]
    open_mark = "A quotation mark is opened and never closed"
    assert told == [(2, open_mark), (3, "B"), (4, "C;d"), (5, "D")]


def test_a_mark_that_closes_in_the_next_row_swallows_nothing():
    found = rows('nazwa;opis\nA;"x\nB;"y\nC;z\n')
    assert [(row.line, row.plan is None) for row in found] == [(2, True), (3, True), (4, False)]


def test_quotation_marks_within_a_cell_stay():
    found = rows('nazwa;opis\nKlub "Azory";stoi tu 5" rura\n"Klub ""Sąsiad""";x\n')
    assert [row.plan.name for row in found] == ['Klub "Azory"', 'Klub "Sąsiad"']


@given(st.lists(st.text(alphabet='ab";\n', max_size=6), max_size=8))
def test_no_line_is_lost_whatever_the_quotation_marks(cells: list[str]):
    lines = ["nazwa;opis", *(f"n{place};{cell}" for place, cell in enumerate(cells))]
    found = read_sheet("\n".join(lines).encode()).lines
    text = "\n".join("\n".join(line.cells) for line in found if not line.fault)
    refused = [line for line in found if line.fault]
    missing = [place for place in range(len(cells)) if f"n{place}" not in text]
    assert len(missing) <= len(refused)


def test_a_file_of_open_quotation_marks_is_read_in_no_time():
    data = "nazwa;opis\n" + '"x;y\n' * 5_000
    assert len(read_sheet(data.encode()).lines) >= 2_500


def test_formulas_in_text_are_never_computed_and_are_noted():
    (row,) = rows('nazwa;opis;telefon\nKlub;=1+1;"=""0123456789"""\n')
    assert row.plan.description == "=1+1"
    assert [contact.value for contact in row.contacts] == ["+48 12 345 67 89"]
    assert [(note.column, note.value) for note in row.repairs] == [("opis", "=1+1")]


def test_two_hundred_columns_are_read_and_one_more_is_refused_with_a_reason():
    wide = "nazwa;" + ";".join(f"kolumna {number}" for number in range(199))
    assert [row.plan.name for row in rows(f"{wide}\nKlub\n")] == ["Klub"]
    with pytest.raises(FileRefused) as refusal:
        rows(f"{wide};jeszcze\nKlub\n")
    assert refusal.value.values == {"columns": 201}


def workbook(*cells: tuple[str, object]) -> bytes:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for place, value in cells:
        sheet[place] = value
    book.create_sheet("Drugi")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_as_what_it_shows():
    data = workbook(
        ("A1", "nazwa"), ("B1", "telefon"), ("C1", "regon"), ("A2", "Klub"), ("B2", 126340000.0), ("C2", 1234)
    )
    table = read_table(data)
    assert (table.sheet.kind, table.sheet.other_sheets) == ("xlsx", 1)
    assert [contact.value for contact in table.rows[0].contacts] == ["+48 12 634 00 00"]


def test_a_formula_in_a_workbook_gives_the_saved_value_and_is_noted():
    data = workbook(("A1", "nazwa"), ("B1", "opis"), ("A2", "Klub"), ("B2", '=HYPERLINK("http://x")'))
    (row,) = read_table(data).rows
    assert row.plan.description == ""
    assert [note.column for note in row.repairs] == ["opis"]


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", b" " * 70_000_000)
    assert len(out.getvalue()) < 200_000
    with pytest.raises(FileTooLarge):
        read_sheet(out.getvalue())


def test_a_cell_at_the_end_of_the_world_is_refused():
    with pytest.raises(FileTooLarge):
        read_sheet(workbook(("A1", "nazwa"), ("XFD1048576", "x")))


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x03\x04" + bytes(200), b"\xd0\xcf\x11\xe0" + bytes(50)])
def test_what_only_looks_like_a_workbook_is_refused(data: bytes):
    with pytest.raises(FileRefused):
        read_sheet(data)


@given(st.binary(max_size=200))
def test_a_broken_workbook_is_read_or_refused(noise: bytes):
    data = workbook(("A1", "nazwa"), ("A2", "Klub"))
    place = len(noise) * 17 % len(data)
    try:
        read_table(data[:place] + noise + data[place + len(noise) :])
    except FileRefused:
        return


def test_several_numbers_in_a_cell_are_several_contacts():
    (row,) = rows("nazwa;telefon 1;tel.;mail\nK;tel. 12 634 00 00, 600 100 200;600200300 600200301;a@b.pl c@d.pl\n")
    assert [contact.value for contact in row.contacts] == [
        "+48 12 634 00 00",
        "+48 600 100 200",
        "+48 600 200 300",
        "+48 600 200 301",
        "a@b.pl",
        "c@d.pl",
    ]


def test_zeros_that_were_lost_come_back_where_the_check_digit_agrees():
    assert polish_number("regon", "331501") == "000331501"
    assert polish_number("nip", "PL 676-00-03-117") in ("", "6760003117")
    (row,) = rows("nazwa;regon;kod pocztowy;miasto\nKlub;331501;1234;Kraków\n")
    assert row.key == "000331501"
    assert row.plan.address == "01-234 Kraków"
    assert len(row.repairs) == 2


def test_nothing_stands_at_zero_degrees():
    (row,) = rows("nazwa;lat;lon\nKlub;0;0\n")
    assert (row.plan.latitude, row.plan.longitude, len(row.repairs)) == (None, None, 1)


def test_a_mapping_says_what_a_heading_stands_for():
    (row,) = rows("placówka;uwagi;opis\nKlub;tu;tam\n", placówka="name", uwagi="description")
    assert (row.plan.name, row.plan.description) == ("Klub", "tu")
    for wrong in ({"nie ma": "name"}, {"placówka": "password"}):
        with pytest.raises(UnknownColumn):
            rows("placówka\nKlub\n", **wrong)


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(str.strip)


@given(TEXT.filter(bool), TEXT, st.lists(TEXT.filter(bool), max_size=3), st.sampled_from(["pl", "en"]))
def test_what_is_exported_is_read_again_as_the_same(name: str, description: str, themes: list[str], language: str):
    kept = Organisation(id="x", name=name, kind="ngo", description=description, address="ul. Ż 1", latitude=50.1)
    kept.longitude, kept.audiences, kept.themes, kept.external_key = 19.9, ["seniors"], themes, "=k-1"
    cells = [in_order(cells_of(kept, language=language))]
    for data in (csv_of(headings(language), cells), write_workbook(headings(language), cells, "x")):
        (row,) = read_table(data).rows
        assert isinstance(row, OrganisationRow)
        assert row.plan is not None
        assert (row.key, row.plan.kind, row.plan.latitude) == ("=k-1", "ngo", 50.1)
        assert row.plan.name == " ".join(name.split())
        assert row.repairs == () or row.plan.description.startswith("=")
