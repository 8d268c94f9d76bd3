"""Shapes of how many places are where."""

from typing import Any

from pydantic import BaseModel

from services.map.models import PlaceKind
from services.map.queries import Cluster, Clusters, Single
from shared import i18n


class PlaceAlone(BaseModel):
    """The one place of a cluster; a radius in metres where it is no exact point."""

    id: str
    kind: PlaceKind
    name: str
    url: str | None
    radius_m: int | None


class ClusterAnswer(BaseModel):
    """Places that are drawn as one: where their middle is, and how many there are of each kind."""

    latitude: float
    longitude: float
    count: int
    kinds: dict[PlaceKind, int]
    place: PlaceAlone | None


class ClustersAnswer(BaseModel):
    """The clusters of all cells that a box touches, the biggest first; `zoom` is lower than asked for a huge box."""

    zoom: int
    items: list[ClusterAnswer]


def clusters_shown(found: Clusters) -> dict[str, Any]:
    """Give what `ClustersAnswer` says as plain values, in the language of the running request."""
    return {"zoom": found.zoom, "items": [_cluster(one) for one in found.clusters]}


def _cluster(cluster: Cluster) -> dict[str, Any]:
    return {
        "latitude": cluster.latitude,
        "longitude": cluster.longitude,
        "count": cluster.number,
        "kinds": dict(sorted(cluster.kinds.items())),
        "place": None if cluster.place is None else _alone(cluster.place),
    }


def _alone(place: Single) -> dict[str, Any]:
    name = place.name_in_english if i18n.language.get() == "en" and place.name_in_english else place.name
    return {"id": place.id, "kind": place.kind, "name": name, "url": place.url, "radius_m": place.radius_m}
