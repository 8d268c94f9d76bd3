"""How exactly everybody may know where a confidential place is: in which cell of about 500 by 500 metres."""

from math import cos, floor, radians

CELL_M = 500
DEGREE_M = 111_320
"""The length of a degree of latitude."""
ROW = CELL_M / DEGREE_M


def middle_of_cell(latitude: float | None, longitude: float | None) -> tuple[float | None, float | None]:
    """Give the middle of the cell that holds a point, in degrees; every point of a cell has the same one."""
    if latitude is None or longitude is None:
        return None, None
    middle = (floor(latitude / ROW) + 0.5) * ROW
    column = CELL_M / (DEGREE_M * max(cos(radians(middle)), 0.01))
    return round(middle, 5), round((floor(longitude / column) + 0.5) * column, 5)
