"""Reading files of others as layers: GeoJSON, KML and tables, each feature by itself, hostile ones without harm."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from services.map.domain import kml_files, point_tables
from services.map.domain.geometry import Geometry, read_geometry
from services.map.domain.plans import Feature, FileKind, FileRead, RefusedFeature
from services.map.problems import FileRefused, NotAGeometry

MOST_BYTES = 5_000_000
MOST_FEATURES = 5_000
MOST_POSITIONS = 10_000
MOST_POSITIONS_IN_ALL = 100_000
LONGEST_NAME, LONGEST_TEXT = 200, 2_000
Raw = tuple[str, str, Any, tuple[str, ...]]
"""Name, description, a geometry that nobody checked yet (or a `NotAGeometry` that says why there is none), repairs."""


def read_layer(data: bytes, kind: FileKind | None = None) -> FileRead:
    """Read a file; its kind is found out where it is not said. Raises `FileRefused` where nothing can be read."""
    if len(data) > MOST_BYTES:
        raise FileRefused("The file is larger than {most} MB.", most=MOST_BYTES // 1_000_000)
    kind = kind or kind_of(data)
    features: list[Feature] = []
    refused: list[RefusedFeature] = []
    left = MOST_POSITIONS_IN_ALL
    for position, raw in enumerate(READERS[kind](data), 1):
        if position > MOST_FEATURES:
            raise FileRefused("There are more than {most} things in the file; part it.", most=MOST_FEATURES)
        one = _checked(position, raw)
        if isinstance(one, Feature):
            left -= _length(one.geometry)
            features.append(one)
        else:
            refused.append(one)
        if left < 0:
            raise FileRefused("The file has more than {most} corners; simplify it.", most=MOST_POSITIONS_IN_ALL)
    if not features and not refused:
        raise FileRefused("There is nothing in the file that can be drawn.")
    return FileRead(kind, tuple(features), tuple(refused))


def kind_of(data: bytes) -> FileKind:
    """Tell by its beginning what kind of file this is."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return "geojson" if start in (b"{", b"[") else "kml" if start == b"<" else "csv"


def _checked(position: int, raw: Raw) -> Feature | RefusedFeature:
    name, description, geometry, repairs = raw
    name, description = _line(name)[:LONGEST_NAME], _clean(description)[:LONGEST_TEXT]
    try:
        if isinstance(geometry, NotAGeometry):
            raise geometry
        return Feature(position, name, description, read_geometry(geometry, MOST_POSITIONS), repairs)
    except NotAGeometry as problem:
        values = {"most": MOST_POSITIONS, **problem.values}
        return RefusedFeature(position, name, problem.why, problem.where, values)


def _geojson(data: bytes) -> Iterator[Raw]:
    """Give the features of a GeoJSON text (RFC 7946); a bare geometry is a feature without a name."""
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise FileRefused("This is no GeoJSON: it cannot be read as JSON in UTF-8.") from None
    if not isinstance(value, dict):
        raise FileRefused("This is no GeoJSON: a feature collection is expected.")
    features = value.get("features") if value.get("type") == "FeatureCollection" else [value]
    if not isinstance(features, list):
        raise FileRefused("This is no GeoJSON: a feature collection is expected.")
    for feature in features:
        is_feature = isinstance(feature, dict) and feature.get("type") == "Feature"
        about = feature.get("properties") if is_feature else None
        texts = about if isinstance(about, Mapping) else {}
        yield _text(texts, NAMES), _text(texts, DESCRIPTIONS), feature.get("geometry") if is_feature else feature, ()


NAMES = ("name", "nazwa", "title", "tytul", "Name", "NAZWA")
DESCRIPTIONS = ("description", "opis", "desc", "Description", "OPIS")
READERS: Mapping[FileKind, Callable[[bytes], Iterator[Raw]]] = {
    "geojson": _geojson,
    "kml": kml_files.features,
    "csv": point_tables.features,
}


def _text(about: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(about[name]) for name in names if isinstance(about.get(name), str | int | float)), "")


def _clean(text: str) -> str:
    return "".join(letter for letter in text if letter >= " " or letter in "\n\t").strip()


def _line(text: str) -> str:
    return " ".join(_clean(text).split())


def _length(geometry: Geometry) -> int:
    return str(geometry["coordinates"]).count(", ") // 2 + 1
