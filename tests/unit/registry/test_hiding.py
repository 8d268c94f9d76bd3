"""A confidential point is told as the middle of a cell: near enough to be of use, too far to be a door."""

from hypothesis import given
from hypothesis import strategies as st

from services.map.commands.places import CONFIDENTIAL_RADIUS_M
from services.map.domain.areas import Point, distance_m
from services.registry.domain.hiding import middle_of_cell


@given(st.floats(-80, 80), st.floats(-179, 179))
def test_a_point_lies_in_the_circle_that_is_drawn(latitude, longitude):
    middle = middle_of_cell(latitude, longitude)

    assert distance_m(Point(latitude, longitude), Point(*middle)) <= CONFIDENTIAL_RADIUS_M


@given(st.floats(-80, 80), st.floats(-179, 179))
def test_the_middle_of_a_cell_stays_where_it_is(latitude, longitude):
    middle = middle_of_cell(latitude, longitude)

    assert middle_of_cell(*middle) == middle


def test_no_point_stays_none():
    assert middle_of_cell(None, None) == (None, None)
