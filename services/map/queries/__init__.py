"""Everything that only looks, one module for each thing that is looked for."""

from services.map.queries.places import NextEvent, PlaceFound, Wanted, own_data, place, place_key, places

__all__ = ["NextEvent", "PlaceFound", "Wanted", "own_data", "place", "place_key", "places"]
