"""Geometries that people draw or bring (GeoJSON, RFC 7946 §3.1): checked, bounded, written as the standard says."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from services.map.problems import NotAGeometry

Geometry = dict[str, Any]
Position = tuple[float, float]
Box = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""

DECIMALS = 6
"""A tenth of a metre."""
DEPTHS: Mapping[str, int] = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
"""How many lists lie around a position, by type; a collection of several kinds is not drawn."""
LEAST: Mapping[str, int] = {"LineString": 2, "MultiLineString": 2, "Polygon": 4, "MultiPolygon": 4}
"""How many positions a line or a ring has at least."""
TOO_FEW = "There are too few positions: a line has two, a ring four and its last is its first"


def read_geometry(value: Any, most: int) -> Geometry:
    """Read a geometry of at most `most` positions; heights are left out. Raises `NotAGeometry`, which says where."""
    kind = value.get("type") if isinstance(value, Mapping) else None
    if not isinstance(kind, str) or kind not in DEPTHS:
        raise NotAGeometry("/type", "This is no point, line or area as GeoJSON has them (RFC 7946)")
    counted = [0, most]
    coordinates = _read(value.get("coordinates"), DEPTHS[kind], "/coordinates", LEAST.get(kind, 1), counted)
    geometry = {"type": kind, "coordinates": coordinates}
    if "Polygon" in kind:
        _must_close(kind, coordinates)
        return _turned(geometry)
    return geometry


def positions(geometry: Geometry) -> Iterator[Position]:
    """Give every position of a geometry."""
    yield from _flat(geometry["coordinates"])


def box_of(geometries: list[Geometry]) -> Box | None:
    """Give the box around geometries; none without any."""
    points = [one for geometry in geometries for one in positions(geometry)]
    if not points:
        return None
    longitudes, latitudes = [one[0] for one in points], [one[1] for one in points]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _read(value: Any, depth: int, pointer: str, least: int, counted: list[int]) -> Any:
    if depth == 0:
        return _position(value, pointer, counted)
    if not isinstance(value, list) or len(value) < (least if depth == 1 else 1):
        raise NotAGeometry(
            pointer, "There are too few positions: a line has two, a ring four and its last is its first"
        )
    return [_read(one, depth - 1, f"{pointer}/{number}", least, counted) for number, one in enumerate(value)]


def _position(value: Any, pointer: str, counted: list[int]) -> list[float]:
    counted[0] += 1
    if counted[0] > counted[1]:
        raise NotAGeometry("/coordinates", "There are more than {most} positions; draw it with fewer", most=counted[1])
    numbers = value[:2] if isinstance(value, list | tuple) and 2 <= len(value) <= 4 else ()
    if len(numbers) != 2 or not all(_is_number(one) for one in numbers):
        raise NotAGeometry(pointer, "A position is two numbers, longitude first")
    longitude, latitude = round(float(numbers[0]), DECIMALS), round(float(numbers[1]), DECIMALS)
    if abs(longitude) > 180 or abs(latitude) > 90:
        raise NotAGeometry(pointer, "This lies nowhere on the earth: give degrees, longitude first")
    if longitude == 0 and latitude == 0:
        raise NotAGeometry(pointer, "This lies at 0, 0, in the sea off Africa: its place is not known")
    return [longitude, latitude]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e6 and isfinite(value)


def _must_close(kind: str, coordinates: Any) -> None:
    areas = [("", coordinates)] if kind == "Polygon" else [(f"/{n}", one) for n, one in enumerate(coordinates)]
    for path, rings in areas:
        for number, ring in enumerate(rings):
            if ring[0] != ring[-1]:
                raise NotAGeometry(f"/coordinates{path}/{number}", "An area must end where it begins")


def _turned(geometry: Geometry) -> Geometry:
    """Turn outer rings against the clock and holes with it (RFC 7946 §3.1.6). Raises `NotAGeometry` for what crosses.

    Shapely takes 30 MB and a tenth of a second to load, so only a service in which somebody draws loads it.
    """
    import shapely
    from shapely.geometry.polygon import orient

    shape = shapely.geometry.shape(geometry)
    if not shape.is_valid:
        raise NotAGeometry("/coordinates", "The outline crosses or touches itself: {why}", why=_where(shape))
    parts = shape.geoms if geometry["type"] == "MultiPolygon" else [shape]
    rings = [_rings(orient(part, 1.0)) for part in parts]
    return {"type": geometry["type"], "coordinates": rings if geometry["type"] == "MultiPolygon" else rings[0]}


def _where(shape: Any) -> str:
    """Give the point at which an area is not valid, latitude first, as people read it off a map."""
    import shapely

    reason = shapely.is_valid_reason(shape)
    _, _, point = reason.partition("[")
    longitude, _, latitude = point.rstrip("]").partition(" ")
    return f"{latitude}, {longitude}" if latitude else reason


def _rings(polygon: Any) -> list[list[list[float]]]:
    return [[list(one[:2]) for one in ring.coords] for ring in (polygon.exterior, *polygon.interiors)]


def _flat(value: Any) -> Iterator[Position]:
    if value and isinstance(value[0], int | float):
        yield value[0], value[1]
    else:
        for one in value:
            yield from _flat(one)
