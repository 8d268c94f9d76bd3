"""Shapes of what the map answers and takes, one module for each thing."""

from services.map.schemas.areas import AreaAnswer, AreaBody, AreaChange, Name, area_shown, drawn, name_of_area
from services.map.schemas.clusters import ClustersAnswer, clusters_shown
from services.map.schemas.contacts import Contact, contacts_shown
from services.map.schemas.files import FORMATS, FileFormat
from services.map.schemas.layers import LayerAnswer, LayerBody, Said, drawn_layer, layer_shown
from services.map.schemas.places import Place, pins, place_item, place_shown

__all__ = [
    "FORMATS",
    "AreaAnswer",
    "AreaBody",
    "AreaChange",
    "ClustersAnswer",
    "Contact",
    "FileFormat",
    "LayerAnswer",
    "LayerBody",
    "Name",
    "Place",
    "Said",
    "area_shown",
    "clusters_shown",
    "contacts_shown",
    "drawn",
    "drawn_layer",
    "layer_shown",
    "name_of_area",
    "pins",
    "place_item",
    "place_shown",
]
