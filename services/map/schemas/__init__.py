"""Shapes of what the map answers and takes, one module for each thing."""

from services.map.schemas.clusters import ClustersAnswer, clusters_shown
from services.map.schemas.places import Place, pins, place_item, place_shown

__all__ = ["ClustersAnswer", "Place", "clusters_shown", "pins", "place_item", "place_shown"]
