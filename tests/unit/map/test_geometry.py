"""Geometries that people draw: read as GeoJSON has them, bounded, and refused with the place that is wrong."""

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from services.map.domain.geometry import box_of, read_geometry
from services.map.problems import NotAGeometry

CLOCKWISE = [[0.0, 1.0], [1.0, 1.0], [1.0, 0.5], [0.0, 0.5], [0.0, 1.0]]
BOW_TIE = [[0, 1], [1, 2], [1, 1], [0, 2], [0, 1]]


def polygon(*rings) -> dict:
    return {"type": "Polygon", "coordinates": list(rings)}


def test_an_outer_ring_runs_against_the_clock_whatever_was_given():
    read = read_geometry(polygon(CLOCKWISE), 100)

    assert shapely.geometry.shape(read).exterior.is_ccw
    assert shapely.geometry.shape(read).equals(shapely.geometry.shape(polygon(CLOCKWISE)))


def test_heights_are_left_out_and_digits_that_nobody_measured():
    point = {"type": "Point", "coordinates": [19.91123456789, 50.1, 213.5]}

    assert read_geometry(point, 10) == {"type": "Point", "coordinates": [19.911235, 50.1]}


@pytest.mark.parametrize(
    ("geometry", "where"),
    [
        (None, "/type"),
        ({"type": []}, "/type"),
        ({"type": "GeometryCollection", "geometries": []}, "/type"),
        ({"type": "Point"}, "/coordinates"),
        ({"type": "Point", "coordinates": ["19.9", 50]}, "/coordinates"),
        ({"type": "Point", "coordinates": [True, 50]}, "/coordinates"),
        ({"type": "Point", "coordinates": [0, 0]}, "/coordinates"),
        ({"type": "Point", "coordinates": [50, 190]}, "/coordinates"),
        ({"type": "Point", "coordinates": [float("nan"), 1]}, "/coordinates"),
        ({"type": "LineString", "coordinates": [[1, 1]]}, "/coordinates"),
        ({"type": "LineString", "coordinates": [[1, 1], [2]]}, "/coordinates/1"),
        (polygon([[1, 1], [2, 1], [1, 1]]), "/coordinates/0"),
        (polygon([[1, 1], [2, 1], [2, 2], [1, 2]]), "/coordinates/0"),
        (polygon(BOW_TIE), "/coordinates"),
        ({"type": "MultiPolygon", "coordinates": [[CLOCKWISE], [BOW_TIE]]}, "/coordinates"),
        ({"type": "MultiPolygon", "coordinates": [[CLOCKWISE], [CLOCKWISE[:-1]]]}, "/coordinates/1/0"),
        ({"type": "LineString", "coordinates": [[1, 1]] * 101}, "/coordinates"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_its_place(geometry, where):
    with pytest.raises(NotAGeometry) as refusal:
        read_geometry(geometry, 100)

    assert refusal.value.where == where


def test_an_outline_that_crosses_itself_says_where():
    with pytest.raises(NotAGeometry) as refusal:
        read_geometry(polygon(BOW_TIE), 100)

    assert refusal.value.values["why"] == "1.5, 0.5"


NUMBERS = st.one_of(st.floats(), st.integers(), st.booleans(), st.none(), st.text(max_size=3))
ANYTHING = st.recursive(NUMBERS, lambda inner: st.lists(inner, max_size=5), max_leaves=40)


@given(kind=st.sampled_from(["Point", "LineString", "Polygon", "MultiPolygon"]), coordinates=ANYTHING)
def test_whatever_is_given_is_read_or_refused(kind, coordinates):
    try:
        read = read_geometry({"type": kind, "coordinates": coordinates}, 100)
    except NotAGeometry:
        return
    assert shapely.geometry.shape(read).is_valid
    assert read_geometry(read, 100) == read


def test_the_box_around_geometries_holds_all_of_them():
    line = {"type": "LineString", "coordinates": [[1.0, 5.0], [3.0, 2.0]]}

    assert box_of([line, {"type": "Point", "coordinates": [-1.0, 4.0]}]) == (-1.0, 2.0, 3.0, 5.0)
    assert box_of([]) is None
