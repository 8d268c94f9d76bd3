"""Reading KML (OGC 12-007r2): placemarks with points, lines, areas; entities and documents of elsewhere are refused."""

from collections.abc import Iterator
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from services.map.problems import FileRefused, NotAGeometry

DEEPEST = 100
NO_SHAPE = "There is no point, line or area in it"
NOT_NUMBERS = "The coordinates are no numbers: longitude,latitude with spaces between the positions"


def features(data: bytes) -> Iterator[tuple[str, str, Any, tuple[str, ...]]]:
    """Give name, description and geometry of each placemark, in whatever folder it stands."""
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise FileRefused("The file declares entities or a document type, which no KML needs.") from None
    except (ParseError, ValueError, LookupError, RecursionError):
        raise FileRefused("This is no KML: it cannot be read as XML.") from None
    if _name(root) != "kml":
        raise FileRefused("This is no KML: its first element must be kml.")
    for placemark in root.iter():
        if _name(placemark) == "Placemark":
            name, description = _text(placemark, "name"), _text(placemark, "description")
            try:
                yield name, description, _shape(placemark), ()
            except NotAGeometry as problem:
                yield name, description, problem, ()


def _shape(placemark: Any) -> dict[str, Any]:
    shapes = [shape for child in placemark for shape in _shapes(child, 0)]
    if not shapes:
        raise NotAGeometry("", NO_SHAPE)
    if len(shapes) == 1:
        return shapes[0]
    kinds = {shape["type"] for shape in shapes}
    if len(kinds) > 1:
        raise NotAGeometry("", "Points, lines and areas are mixed in one thing; part it")
    return {"type": f"Multi{kinds.pop()}", "coordinates": [shape["coordinates"] for shape in shapes]}


def _shapes(element: Any, depth: int) -> Iterator[dict[str, Any]]:
    kind = _name(element)
    if kind == "MultiGeometry" and depth < DEEPEST:
        for child in element:
            yield from _shapes(child, depth + 1)
    elif kind == "Point":
        yield {"type": "Point", "coordinates": next(iter(_positions(element)), None)}
    elif kind in ("LineString", "LinearRing"):
        yield {"type": "LineString", "coordinates": _positions(element)}
    elif kind == "Polygon":
        rings = [ring for name in ("outerBoundaryIs", "innerBoundaryIs") for ring in _all(element, name)]
        yield {"type": "Polygon", "coordinates": [_positions(ring) for ring in rings]}


def _positions(element: Any) -> list[list[float]]:
    """Read the `longitude,latitude[,height]` tuples of the first `coordinates` within an element (§16.10)."""
    found = next((one for one in element.iter() if _name(one) == "coordinates"), None)
    text = (found.text or "") if found is not None else ""
    try:
        return [[float(number) for number in position.split(",") if number] for position in text.split()]
    except ValueError:
        raise NotAGeometry("/coordinates", NOT_NUMBERS) from None


def _all(element: Any, name: str) -> list[Any]:
    return [child for child in element if _name(child) == name]


def _text(placemark: Any, name: str) -> str:
    return next(("".join(child.itertext()) for child in _all(placemark, name)), "")


def _name(element: Any) -> str:
    """Give an element's name without its namespace; files of before 2.2 have others, some none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
