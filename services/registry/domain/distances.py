"""How far two points are from each other."""

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_M = 6_371_008.8
Point = tuple[float, float]
"""Latitude and longitude in WGS 84 degrees."""


def point_of(latitude: float | None, longitude: float | None) -> Point | None:
    """Make a point where both numbers are known."""
    return None if latitude is None or longitude is None else (latitude, longitude)


def metres_between(one: Point | None, other: Point | None) -> int | None:
    """Measure the great-circle distance in whole metres (haversine), or none where a point is not known."""
    if one is None or other is None:
        return None
    north, south = radians(one[0]), radians(other[0])
    half = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(radians(other[1] - one[1]) / 2) ** 2
    return round(2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half))))
