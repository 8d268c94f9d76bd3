"""Boxes and points in an address: numbers on Earth, or refused."""

import math
from dataclasses import astuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.map.domain.areas import read_box, read_point

NUMBERS = st.one_of(st.floats(), st.floats(-200, 200), st.integers()).map(str)


@given(st.one_of(st.text(max_size=60), st.lists(NUMBERS, max_size=5).map(",".join)))
@example("nan,nan")
@example("inf,-inf")
@example("1e309,0")
@example("١,٢")
@example("50,0885;19,9189")
def test_a_point_is_on_earth_or_none(text: str):
    try:
        point = read_point(text)
    except ValueError:
        return
    assert -90 <= point.latitude <= 90
    assert -180 <= point.longitude <= 180


@given(st.one_of(st.text(max_size=100), st.lists(NUMBERS, max_size=6).map(",".join)))
@example("nan,nan,nan,nan")
@example("179,0,-179,1")
def test_a_box_is_on_earth_or_none(text: str):
    try:
        box = read_box(text)
    except ValueError:
        return
    assert all(math.isfinite(number) for number in astuple(box))


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_point_comes_back_as_it_was_written(latitude: float, longitude: float):
    assert astuple(read_point(f"{latitude},{longitude}")) == pytest.approx((latitude, longitude))
