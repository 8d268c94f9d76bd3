"""Reading tables of points as offices write them: UTF-8 or cp1250, `;` or `,`, decimal commas, swapped columns."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.map.domain.folding import folded
from services.map.problems import FileRefused, NotAGeometry
from shared.spreadsheets import original

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "nazwa", "title", "tytul"),
    "description": ("description", "opis", "adres", "address", "uwagi"),
    "latitude": ("latitude", "lat", "szerokosc", "szerokosc geograficzna", "y"),
    "longitude": ("longitude", "lon", "lng", "dlugosc", "dlugosc geograficzna", "x"),
}
"""The columns that are read, with the headings they may have (as `folding.folded` compares them)."""
DELIMITERS = ";\t,|"
MOST_COLUMNS = 200
SOUTH, NORTH, WEST, EAST = 48.9, 55.0, 14.0, 24.3
"""Poland: a latitude that is a longitude there, beside one that is a latitude, was swapped."""
SWAPPED = "Latitude and longitude were swapped"
NO_NUMBER = "The point is no pair of numbers"


def features(data: bytes) -> Iterator[tuple[str, str, Any, tuple[str, ...]]]:
    """Give name, description and point of each line. Raises `FileRefused` where there are no columns for points."""
    text = _decoded(data)
    delimiter = _delimiter(text)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        where = _columns(next(lines, []))
        for cells in lines:
            if any(cell.strip() for cell in cells):
                yield _feature(cells, where)
    except csv.Error:
        raise FileRefused("The table cannot be read: a quotation mark is open, or a cell is too long.") from None


def _feature(cells: Sequence[str], where: Mapping[str, int]) -> tuple[str, str, Any, tuple[str, ...]]:
    told = {name: original(cells[at].strip()) if at < len(cells) else "" for name, at in where.items()}
    name, description = told.get("name", ""), told.get("description", "")
    try:
        latitude, longitude = _number(told["latitude"]), _number(told["longitude"])
    except ValueError:
        return name, description, NotAGeometry("/coordinates", NO_NUMBER), ()
    is_swapped = WEST <= latitude <= EAST and SOUTH <= longitude <= NORTH
    point = [latitude, longitude] if is_swapped else [longitude, latitude]
    return name, description, {"type": "Point", "coordinates": point}, (SWAPPED,) if is_swapped else ()


def _decoded(data: bytes) -> str:
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1250"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise FileRefused("This is no text in UTF-8 or cp1250, and no GeoJSON or KML either.")


def _delimiter(text: str) -> str:
    heading = text.partition("\n")[0]
    return max(DELIMITERS, key=heading.count)


def _columns(heading: Sequence[str]) -> dict[str, int]:
    if len(heading) > MOST_COLUMNS:
        raise FileRefused("The table has more than {most} columns.", most=MOST_COLUMNS)
    names = [folded(cell) for cell in heading]
    where = {name: names.index(one) for name, known in COLUMNS.items() for one in reversed(known) if one in names}
    if not {"latitude", "longitude"} <= set(where):
        raise FileRefused("The first line must name the columns, among them latitude and longitude.")
    return where


def _number(text: str) -> float:
    """Read a number with a decimal point or comma, and a degree sign or not."""
    return float(text.replace(",", ".").rstrip("°NEne ").replace(" ", ""))
