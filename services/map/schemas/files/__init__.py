"""A selection of places as a file, in the formats that other programs read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from services.map.schemas.files import geojson, gpx, kml, tables, vcards
from services.map.schemas.places import Place

FileFormat = Literal["geojson", "csv", "kml", "gpx", "vcf"]


@dataclass(frozen=True)
class Format:
    """A kind of file: its media type, and what writes it (places, name of the selection, our address)."""

    media_type: str
    write: Callable[[Sequence[Place], str, str], bytes]


FORMATS: Mapping[FileFormat, Format] = {
    "geojson": Format("application/geo+json", geojson.written),
    "csv": Format("text/csv; charset=utf-8", tables.written),
    "kml": Format("application/vnd.google-earth.kml+xml", kml.written),
    "gpx": Format("application/gpx+xml", gpx.written),
    "vcf": Format("text/vcard; charset=utf-8", vcards.written),
}

__all__ = ["FORMATS", "FileFormat", "Format"]
