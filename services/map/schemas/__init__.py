"""Shapes of what the map answers and takes, one module for each thing."""

from services.map.schemas.areas import AreaAnswer, AreaBody, AreaChange, area_shown, drawn, name_of_area
from services.map.schemas.files import FORMATS, FileFormat
from services.map.schemas.places import Place, pins, place_shown

__all__ = [
    "FORMATS",
    "AreaAnswer",
    "AreaBody",
    "AreaChange",
    "FileFormat",
    "Place",
    "area_shown",
    "drawn",
    "name_of_area",
    "pins",
    "place_shown",
]
