"""Where things are: points, the distance between them, and the map cell that holds one."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_M = 6_371_008.8
CELL_DEGREES = 0.01
"""A map cell is about 1.1 km by 0.7 km in Krakow: what is 500 m away is in the same cell or in a neighbouring one."""

WALKING_M_PER_HOUR = 4_000
LONGEST_WALK_SECONDS = 90 * 60
"""Whoever has more time than this between two events gets there by some other way than walking."""


@dataclass(frozen=True)
class Point:
    """A point on the earth, in WGS 84 degrees."""

    latitude: float
    longitude: float


def point_of(latitude: float | None, longitude: float | None) -> Point | None:
    """Make a point where both numbers are known."""
    return None if latitude is None or longitude is None else Point(latitude, longitude)


def metres_between(one: Point | None, other: Point | None) -> float | None:
    """Measure the great-circle distance in metres (haversine), or none where a point is not known."""
    if one is None or other is None:
        return None
    north, south = radians(one.latitude), radians(other.latitude)
    half_north = sin((south - north) / 2) ** 2
    half_east = sin(radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half_north + cos(north) * cos(south) * half_east)))


def walking_seconds(metres: float) -> int:
    """Say how long people walk so far."""
    return round(metres * 3_600 / WALKING_M_PER_HOUR)


def cell_of(point: Point) -> tuple[int, int]:
    """Name the map cell that holds a point."""
    return int(point.latitude // CELL_DEGREES), int(point.longitude // CELL_DEGREES)


def cells_around(point: Point) -> list[str]:
    """Name the point's cell and its eight neighbours."""
    row, column = cell_of(point)
    return [cell_key(row + up, column + right) for up in (-1, 0, 1) for right in (-1, 0, 1)]


def cell_key(row: int, column: int) -> str:
    """Write a cell as the key of a claim."""
    return f"{row}:{column}"
