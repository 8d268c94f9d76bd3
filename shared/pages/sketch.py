"""Where a point lies on our hand-drawn sketch of the Azory estate (`assets/azory.svg`, drawn in metres)."""

from math import cos, radians
from typing import NamedTuple

SOUTH, NORTH, WEST, EAST = 50.0790, 50.0970, 19.8890, 19.9330
METRES_NORTH = 111_200
METRES_EAST = 111_320 * cos(radians(50.088))
WIDTH = round((EAST - WEST) * METRES_EAST)
HEIGHT = round((NORTH - SOUTH) * METRES_NORTH)


class Spot(NamedTuple):
    """A point of the sketch and the sketch's size, in metres from its upper left corner."""

    x: int
    y: int
    width: int = WIDTH
    height: int = HEIGHT


def place(latitude: float, longitude: float) -> Spot | None:
    """Give the spot of a point (WGS 84 degrees), or None where the sketch ends."""
    if not (SOUTH < latitude < NORTH and WEST < longitude < EAST):
        return None
    return Spot(round((longitude - WEST) * METRES_EAST), round((NORTH - latitude) * METRES_NORTH))
