"""Everything that only looks, one module for each thing that is looked for."""

from services.map.queries.clusters import Cluster, Clusters, Single, clusters
from services.map.queries.places import NextEvent, PlaceFound, own_data, place, place_key, places
from services.map.queries.wanted import Wanted

__all__ = [
    "Cluster",
    "Clusters",
    "NextEvent",
    "PlaceFound",
    "Single",
    "Wanted",
    "clusters",
    "own_data",
    "place",
    "place_key",
    "places",
]
