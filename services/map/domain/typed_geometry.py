"""A geometry as people type or paste it: a corner on each line, or GeoJSON."""

import json
import re
from typing import Any

from services.map.problems import NotAGeometry

NUMBER = re.compile(r"-?\d+[.,]\d+")
"""As on the pages' maps: a comma parts the digits too, as Polish does, so that degrees have some behind it."""


def geometry_typed(text: str, *, is_line: bool) -> dict[str, Any]:
    """Give the geometry that a text means, unchecked. Raises `NotAGeometry`.

    Corners have their latitude first, and make a point, a line, or (three and more, unless `is_line`) an area. GeoJSON
    is a geometry, a feature with one, or a collection with one feature in it.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and not text.lstrip().startswith(("{", "[")):
        return _of_corners([_corner(line, number) for number, line in enumerate(lines, 1)], is_line)
    return _of_geojson(text)


def _corner(line: str, number: int) -> list[float]:
    found = NUMBER.findall(line)
    if len(found) != 2:
        raise NotAGeometry("", "Line {number} is no corner: write it like 50.0885, 19.9110", number=number)
    latitude, longitude = (float(one.replace(",", ".")) for one in found)
    return [longitude, latitude]


def _of_corners(corners: list[list[float]], is_line: bool) -> dict[str, Any]:
    if len(corners) == 1:
        return {"type": "Point", "coordinates": corners[0]}
    if len(corners) == 2 or is_line:
        return {"type": "LineString", "coordinates": corners}
    ring = corners if corners[0] == corners[-1] else [*corners, corners[0]]
    return {"type": "Polygon", "coordinates": [ring]}


def _of_geojson(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise NotAGeometry("", "This is no GeoJSON: it begins with a brace and is made by a map program") from None
    for _ in range(3):
        kind = value.get("type") if isinstance(value, dict) else None
        if kind == "FeatureCollection" and isinstance(value.get("features"), list):
            if len(value["features"]) != 1:
                raise NotAGeometry("", "An area is one drawing; bring files with several onto the map as a layer")
            value = value["features"][0]
        elif kind == "Feature":
            value = value.get("geometry")
    return value if isinstance(value, dict) else {}
