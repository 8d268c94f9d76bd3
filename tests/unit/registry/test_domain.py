"""What the registry thinks: venues inside venues, keys in time, words, and tables."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.keys import (
    KEY_LIFETIME,
    KeyTimes,
    first_key_times,
    needs_next_key,
    next_key_times,
    signing_key_of,
)
from services.registry.domain.tables import read_table
from services.registry.domain.themes import KnownTheme, Taxonomy
from services.registry.domain.venues import ancestors, descendants
from services.registry.domain.words import folded
from services.registry.problems import FileRefused, FileTooLarge

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_ancestors_are_named_from_the_nearest_outwards():
    inside = {"room": "floor", "floor": "house", "house": None, "park": None}
    assert ancestors("room", inside) == ("floor", "house")
    assert ancestors("house", inside) == ()
    assert descendants("house", inside) == ("floor", "room")
    assert descendants("park", inside) == ()


@pytest.mark.parametrize("circle", [{"a": "a"}, {"a": "b", "b": "a"}, {"a": "b", "b": "c", "c": "b"}])
def test_a_circle_of_venues_is_found(circle: dict[str, str | None]):
    with pytest.raises(ValueError, match="inside itself"):
        ancestors("a", circle)


def test_the_first_key_signs_at_once_and_the_next_one_after_it_has_travelled():
    first = KeyTimes("1", *first_key_times(NOW))
    assert signing_key_of((first,), NOW) == first
    assert not needs_next_key((first,), NOW)
    late = NOW + KEY_LIFETIME - timedelta(days=10)
    assert needs_next_key((first,), late)
    second = KeyTimes("2", *next_key_times(late))
    assert not needs_next_key((first, second), late)
    assert signing_key_of((first, second), late) == first
    assert signing_key_of((first, second), late + timedelta(hours=2)) == second


def test_a_key_stops_signing_while_its_last_token_still_holds():
    key = KeyTimes("1", NOW - timedelta(days=1), NOW + timedelta(minutes=10))
    assert signing_key_of((key,), NOW) is None


def test_words_are_folded_as_people_type_them():
    assert folded("  SENIORÓW   Łódź ", "Żółw") == "seniorow lodz zolw"


@given(st.text(alphabet="aąbcćdeęlłnńoósśzźż ABCĄĆĘŁŃÓŚŹŻ-.'1"))
def test_neither_case_nor_spaces_matter_to_a_search(text: str):
    assert folded(text.upper()) == folded(f" {text.lower()}  ")
    assert folded(text).isascii()


def table(text: str, encoding: str = "utf-8") -> Any:
    return read_table(text.encode(encoding)).rows


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_table_is_read_as_spreadsheets_write_it(mark: str, encoding: str, ending: str):
    lines = [mark.join(("Nazwa", "RODZAJ", "Tematy")), mark.join(("Żółty Dom", "Szkoła", "sport|święta"))]
    (row,) = table(ending.join(lines), encoding)
    assert row.plan is not None
    assert (row.plan.name, row.plan.kind, row.plan.themes) == ("Żółty Dom", "school", ("sport", "święta"))
    assert (row.line, row.repairs) == (2, ())


def test_lines_are_counted_as_an_editor_counts_them():
    rows = table('sep=;\nname;description\n\nA;"one\ntwo"\nB;\n')
    assert [(row.line, row.plan.name) for row in rows] == [(4, "A"), (6, "B")]


def test_a_row_without_a_key_has_one_that_stays():
    (first,), (second,) = table("name\n Klub  Seniora\n"), table("name,kind\nKLUB SENIORA,ngo\n")
    assert first.key == second.key
    assert first.content_hash != second.content_hash


def test_a_name_that_is_too_long_and_cells_without_a_column_are_refused():
    long, wide = table(f"name,kind\n{'x' * 201},ngo\nA,ngo,more\n")
    assert long.plan is None
    assert wide.plan is None


def test_coordinates_are_read_with_commas_and_put_right():
    rows = table("name;lat;lon\nA;50,1;19,9\nB;19.9;50.1\nC;north;east\nD;50,1;\n")
    points = [(row.plan.latitude, row.plan.longitude, len(row.repairs)) for row in rows]
    assert points == [(50.1, 19.9, 0), (50.1, 19.9, 1), (None, None, 1), (None, None, 1)]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"a,b\n1,2", b"name\x00\n", b"\xff\xfe\x00", b"\x81\x81\n\xff"])
def test_what_is_no_table_is_refused_as_a_whole(data: bytes):
    with pytest.raises(FileRefused):
        read_table(data)


def test_too_many_rows_are_refused_as_a_whole():
    with pytest.raises(FileTooLarge):
        table("name\n" + "".join(f"n{number}\n" for number in range(10_001)))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes):
    for start in (b"", b"name;kind\n"):
        try:
            rows = read_table(start + data).rows
        except FileRefused:
            continue
        assert all((row.plan is None) == (row.refusal is not None) for row in rows)


def test_a_theme_is_found_by_any_of_its_words_and_the_nearest_are_suggested():
    known = Taxonomy(
        [
            KnownTheme("greenery", None, ("zieleń", "greenery"), "zieleń", "greenery"),
            KnownTheme("gardening", "greenery", ("ogrodnictwo", "gardening", "ogród"), "ogrodnictwo", "gardening"),
            KnownTheme("garages", None, ("garaże",), "garaże", "garages", is_retired=True),
        ]
    )
    assert [known.code_of(word) for word in ("OGRÓD", "ogrod", "Zieleń", "las")] == [
        "gardening",
        "gardening",
        "greenery",
        None,
    ]
    assert known.nearest("ogrodnitcwo") == ("gardening",)
    assert known.nearest("garaz") == ()
    assert known.with_wider("gardening") == ("gardening", "greenery")
    assert known.makes_a_circle("greenery", "gardening")
    assert not known.makes_a_circle("gardening", "greenery")
    assert (known.name_of("gardening", "pl"), known.name_of("lost", "en")) == ("ogrodnictwo", "lost")
