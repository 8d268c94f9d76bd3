"""Everything that only looks, one module for each thing that is looked for."""

from services.map.queries.areas import area, areas, every_area
from services.map.queries.cards import Card, card
from services.map.queries.clusters import Cluster, Clusters, Single, clusters
from services.map.queries.contacts import ended_until
from services.map.queries.layers import every_layer, features_of, layer, layers
from services.map.queries.lent import quantity_of
from services.map.queries.offers import Offer, offer_key, offers
from services.map.queries.places import TOLD, NextEvent, PlaceFound, own_data, place, place_key, places
from services.map.queries.themes import offered_themes, themes
from services.map.queries.wanted import Wanted

__all__ = [
    "TOLD",
    "Card",
    "Cluster",
    "Clusters",
    "NextEvent",
    "Offer",
    "PlaceFound",
    "Single",
    "Wanted",
    "area",
    "areas",
    "card",
    "clusters",
    "ended_until",
    "every_area",
    "every_layer",
    "features_of",
    "layer",
    "layers",
    "offer_key",
    "offered_themes",
    "offers",
    "own_data",
    "place",
    "place_key",
    "places",
    "quantity_of",
    "themes",
]
