"""Everything that only looks, one module for each thing that is looked for."""

from services.map.queries.areas import area, areas, every_area
from services.map.queries.cards import Card, card
from services.map.queries.layers import every_layer, features_of, layer, layers
from services.map.queries.places import NextEvent, PlaceFound, Wanted, own_data, place, place_key, places
from services.map.queries.rooms import Room, rooms_between

__all__ = [
    "Card",
    "NextEvent",
    "PlaceFound",
    "Room",
    "Wanted",
    "area",
    "areas",
    "card",
    "every_area",
    "every_layer",
    "features_of",
    "layer",
    "layers",
    "own_data",
    "place",
    "place_key",
    "places",
    "rooms_between",
]
