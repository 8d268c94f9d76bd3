"""Boxes and distances on the earth."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.map.domain.areas import Box, Point, box_around, distance_m, read_box, read_point

points = some.builds(Point, some.floats(-89, 89), some.floats(-180, 180))


def test_the_distance_between_two_cities_is_known():
    krakow, warsaw = Point(50.0614, 19.9372), Point(52.2298, 21.0118)

    assert distance_m(krakow, warsaw) == pytest.approx(252_000, rel=0.01)


@given(points, points, some.floats(1, 500_000))
def test_what_lies_within_the_radius_lies_in_the_box_around(centre, other, radius):
    box = box_around(centre, radius * 1.000001 + 0.001)

    if distance_m(centre, other) <= radius:
        assert box.south <= other.latitude <= box.north
        if box.crosses_the_date_line:
            assert other.longitude >= box.west or other.longitude <= box.east
        else:
            assert box.west <= other.longitude <= box.east or abs(other.longitude) == 180


def test_a_box_is_read_west_south_east_north():
    assert read_box("19.9, 50.08,19.93,50.1") == Box(19.9, 50.08, 19.93, 50.1)


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "inf,0,1,1", "0,5,1,4", "-181,0,1,1"])
def test_what_is_no_box_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        read_box(text)


@pytest.mark.parametrize("text", ["50", "91,0", "0,181", "50;19"])
def test_what_is_no_point_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        read_point(text)
