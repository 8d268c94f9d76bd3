"""Cells of web maps as numbers: what lies in a box lies in its ranges, whatever the level."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.map.domain import cells
from services.map.domain.areas import Box

latitudes = st.floats(-85, 85)
longitudes = st.floats(-180, 180)


@given(latitudes, longitudes, st.integers(0, cells.FINEST))
def test_a_coarser_cell_holds_the_finer_one(latitude, longitude, level):
    fine = cells.cell_of(latitude, longitude)
    coarse = cells.cell_of(latitude, longitude, level)

    assert cells.coarser(fine, cells.FINEST, level) == coarse
    low, high = cells.within(coarse, level)
    assert low <= fine <= high


@given(latitudes, latitudes, longitudes, longitudes, st.floats(0, 1), st.floats(0, 1), st.integers(1, 64))
def test_what_lies_in_a_box_lies_in_one_of_its_ranges(one, other, west, east, down, along, most):
    south, north = sorted((one, other))
    box = Box(west, south, east, north)
    width = east - west + (360 if box.crosses_the_date_line else 0)
    longitude = (west + along * width + 180) % 360 - 180
    if not box.crosses_the_date_line:
        longitude = min(max(west + along * width, west), east)
    elif east < longitude < west:  # rounded over an edge
        longitude = west
    latitude = min(max(south + down * (north - south), south), north)

    found = cells.ranges(box, most=most)

    cell = cells.cell_of(latitude, longitude)
    assert any(low <= cell <= high for low, high in found)
    assert len(found) <= max(most, 2)
    assert all(one[1] + 1 < other[0] for one, other in pairwise(found))


@given(latitudes, longitudes, st.integers(3, 20))
def test_a_window_holds_exactly_the_cells_that_its_box_touches(latitude, longitude, level):
    cell = cells.cell_of(latitude, longitude, level)
    [window] = cells.windows(Box(longitude, latitude, longitude, latitude), level)

    assert window.number == 1
    assert window.holds(cell)
    assert not window.holds(cell ^ 1)
    assert not window.holds(cell ^ 2)


def test_a_map_of_the_world_is_counted_in_bigger_cells():
    world = Box(-180, -85, 180, 85)

    assert cells.level_for(world, 14, most=1024) == 5
    assert cells.level_for(Box(19.90, 50.08, 19.93, 50.10), 15, most=1024) == 17


def test_beyond_the_edge_of_web_maps_is_at_the_edge():
    assert cells.cell_of(90, 180) == cells.cell_of(cells.EDGE, 180)
    assert cells.cell_of(-90, -180) == cells.cell_of(-cells.EDGE, -180)
