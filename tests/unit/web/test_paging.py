"""A cursor says where a list goes on, and nothing else can be made of it."""

import base64
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import Integer, String, column
from sqlalchemy.types import TypeEngine

from shared.columns import Instant
from shared.paging import Paging, cursor_of, key_of, page_of
from shared.problems import InvalidInput

plain = some.one_of(
    some.text(max_size=30), some.integers(), some.dates(), some.datetimes(timezones=some.just(UTC)), some.none()
)


@given(some.tuples(plain, plain, plain))
def test_a_cursor_comes_back_as_the_key_it_was_made_of(key: tuple[object, ...]):
    assert key_of(cursor_of(key)) == key


@given(some.text(max_size=60))
def test_any_other_text_is_refused_as_a_query_or_is_a_cursor(text: str):
    try:
        key = key_of(text)
    except InvalidInput:
        return
    assert key_of(cursor_of(key)) == key


@pytest.mark.parametrize(
    "value", ['{"a": 1}', "[[1]]", '[{"at": "2026-01-01T00:00:00"}]', '[{"x": 1}]', "[" * 5000, "3"]
)
def test_a_forged_cursor_is_refused(value: str):
    with pytest.raises(InvalidInput):
        key_of(base64.urlsafe_b64encode(value.encode()).decode())


def test_days_and_instants_stay_apart():
    key = (date(2026, 11, 26), datetime(2026, 11, 26, 13, tzinfo=UTC), "x", 3, 1.5)
    assert key_of(cursor_of(key)) == key


def test_a_page_is_cut_to_its_limit_and_names_the_last_row_shown():
    page, cursor = page_of(Paging(limit=2), ["a", "b", "c"], key=lambda row: row)
    assert list(page) == ["a", "b"]
    assert cursor is not None
    assert key_of(cursor) == ("b",)


def test_the_last_page_has_no_cursor():
    assert page_of(Paging(limit=2), ["a", "b"], key=lambda row: row) == (["a", "b"], None)


def test_a_cursor_of_another_list_is_refused():
    with pytest.raises(InvalidInput):
        Paging(after=("a", "b")).beyond(column("only", String))


@pytest.mark.parametrize(("value", "kind"), [("x", Instant()), (3, String()), ("x", Integer()), ("a\0", String())])
def test_a_cursor_with_values_of_another_kind_is_refused(value: object, kind: TypeEngine[Any]):
    with pytest.raises(InvalidInput):
        Paging(after=(value,)).beyond(column("key", kind))
