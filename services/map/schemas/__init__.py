"""Shapes of what the map answers and takes, one module for each thing."""

from services.map.schemas.files import FORMATS, FileFormat
from services.map.schemas.places import Place, pins, place_shown

__all__ = ["FORMATS", "FileFormat", "Place", "pins", "place_shown"]
