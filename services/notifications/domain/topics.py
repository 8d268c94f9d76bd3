"""What people can follow: of the calendar, of problems and initiatives, and what lies in an area."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Literal, get_args

from shared.messages.calendar import Audience, EventKind

TopicKind = Literal["audience", "kind", "theme", "organisation", "venue", "area"]
TOPIC_KINDS: tuple[TopicKind, ...] = get_args(TopicKind)
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)
RADII_M = (300, 500, 1000)
"""How far an area reaches, as the page offers it."""
SMALLEST_RADIUS_M, LARGEST_RADIUS_M = 50, 5000
EARTH_M = 6_371_000
MOST_TOPICS = 100
"""Somebody follows at most so many."""


@dataclass(frozen=True)
class Topic:
    """Something to follow: events for an audience, of a kind, on a theme (its code), of a host, or at a venue (ids).

    An area is written as `50.08850,19.91100,500`: its middle (WGS 84 degrees), and how many metres it reaches.
    """

    kind: TopicKind
    value: str


@dataclass(frozen=True)
class Point:
    """A point on the earth, in degrees (WGS 84)."""

    latitude: float
    longitude: float

    @staticmethod
    def known(latitude: float | None, longitude: float | None) -> "Point | None":
        """Give a point, or none where it is not known."""
        return None if latitude is None or longitude is None else Point(latitude, longitude)


@dataclass(frozen=True)
class Area:
    """What lies within so many metres of a point."""

    middle: Point
    radius_m: int

    def has(self, point: Point) -> bool:
        """Say whether a point lies in it, its edge included."""
        return distance_m(self.middle, point) <= self.radius_m

    @property
    def value(self) -> str:
        """Write it as a topic's value."""
        return f"{self.middle.latitude:.5f},{self.middle.longitude:.5f},{self.radius_m}"


def area_of(value: str) -> Area | None:
    """Read an area, or give none: `50.0885, 19.9110, 500`."""
    try:
        latitude, longitude, radius = (float(one) for one in value.split(","))
    except ValueError:
        return None
    is_on_earth = -90 <= latitude <= 90 and -180 <= longitude <= 180
    is_wide = SMALLEST_RADIUS_M <= radius <= LARGEST_RADIUS_M
    return Area(Point(latitude, longitude), round(radius)) if is_on_earth and is_wide else None


def distance_m(one: Point, other: Point) -> float:
    """Measure the great-circle distance in metres (haversine)."""
    latitude, longitude = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    across = cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(longitude / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(sin(latitude / 2) ** 2 + across)))


def topics_of(
    kind: str, audiences: Sequence[str], themes: Sequence[str], host_ids: Sequence[str], venue_id: str | None
) -> list[Topic]:
    """Give everything that may be followed of which an event is."""
    return [
        Topic("kind", kind),
        *(Topic("audience", one) for one in audiences),
        *(Topic("theme", one) for one in themes),
        *(Topic("organisation", one) for one in host_ids),
        *([Topic("venue", venue_id)] if venue_id else []),
    ]
