"""Points on the earth (WGS 84, degrees), boxes of them, and how far they are apart."""

from dataclasses import dataclass
from math import asin, ceil, cos, degrees, floor, isfinite, pi, radians, sin, sqrt

EARTH_RADIUS_M = 6_371_008.8
"""The mean radius of the earth (IUGG), in metres."""

CORNERS = 32
"""A circle is drawn with so many."""

WALKED_IN_A_MINUTE_M = 4_000 / 60
"""On foot, at 4 km/h, in a straight line."""


@dataclass(frozen=True)
class Point:
    """A place on the earth: latitude and longitude in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Box:
    """What lies between two parallels and two meridians, its edges included; it may cross the 180th meridian."""

    west: float
    south: float
    east: float
    north: float

    @property
    def crosses_the_date_line(self) -> bool:
        """Say whether the box goes on in the west of the map when it leaves it in the east (RFC 7946 §5.2)."""
        return self.west > self.east


WORLD = Box(-180, -90, 180, 90)


def distance_m(one: Point, other: Point) -> float:
    """Give the way between two points over the surface of a sphere (haversine), in metres."""
    height = sin(radians(other.latitude - one.latitude) / 2) ** 2
    width = sin(radians(other.longitude - one.longitude) / 2) ** 2
    shrink = cos(radians(one.latitude)) * cos(radians(other.latitude))
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, height + shrink * width)))


def minutes_walked(metres: float) -> int:
    """Give how many minutes one walks, begun ones counted."""
    return ceil(metres / WALKED_IN_A_MINUTE_M)


def metres_walked(minutes: float) -> int:
    """Give how far one comes on foot in so many minutes."""
    return floor(minutes * WALKED_IN_A_MINUTE_M)


def box_around(centre: Point, radius_m: float) -> Box:
    """Give the smallest box that holds every point within `radius_m` metres of `centre`."""
    angle = radius_m / EARTH_RADIUS_M
    height = degrees(angle)
    south, north = centre.latitude - height, centre.latitude + height
    if south <= -90 or north >= 90:
        return Box(-180, max(south, -90), 180, min(north, 90))
    width = degrees(asin(min(1.0, sin(angle) / cos(radians(centre.latitude)))))
    return Box(_wrapped(centre.longitude - width), south, _wrapped(centre.longitude + width), north)


def ring_around(centre: Point, radius_m: float) -> list[tuple[float, float]]:
    """Give a circle as a closed ring of longitude and latitude, counter-clockwise (RFC 7946 §3.1.6)."""
    height = degrees(radius_m / EARTH_RADIUS_M)
    width = height / cos(radians(centre.latitude))
    turns = [2 * pi * corner / CORNERS for corner in range(CORNERS)]
    ring = [(centre.longitude + width * cos(turn), centre.latitude + height * sin(turn)) for turn in turns]
    return [(round(east, 6), round(north, 6)) for east, north in (*ring, ring[0])]


def read_box(text: str) -> Box:
    """Read `west,south,east,north` in degrees (RFC 7946 §5); raises `ValueError`."""
    west, south, east, north = _numbers(text, 4)
    if not (abs(west) <= 180 and abs(east) <= 180 and -90 <= south <= north <= 90):
        raise ValueError(text)
    return Box(west, south, east, north)


def read_point(text: str) -> Point:
    """Read `latitude,longitude` in degrees; raises `ValueError`."""
    latitude, longitude = _numbers(text, 2)
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ValueError(text)
    return Point(latitude, longitude)


def _numbers(text: str, count: int) -> list[float]:
    numbers = [float(part) for part in text.split(",")]
    if len(numbers) != count or not all(isfinite(number) for number in numbers):
        raise ValueError(text)
    return numbers


def _wrapped(longitude: float) -> float:
    return (longitude + 180) % 360 - 180
