"""Bringing files of others onto the map as layers, and taking them away."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from services.map.domain.folding import folded
from services.map.domain.permissions import may_bring_layers
from services.map.domain.plans import Feature, FileRead, LayerPlan
from services.map.models import History, Layer, LayerFeature
from services.map.problems import NoSuchLayer, TooManyLayers
from shared import clock, history
from shared.identifiers import is_id
from shared.people import Person, must
from shared.problems import ChangedMeanwhile

MOST_LAYERS = 50
MOST_TOLD = 500
"""So many of the things that were refused or repaired are named in the report; the rest is counted."""


def bring_layer(session: Session, *, by: Person, plan: LayerPlan, read: FileRead) -> Layer:
    """Make a layer of what a file holds. Raises `NotAllowed`, `TooManyLayers`."""
    must(may_bring_layers(by))
    if (session.scalar(select(func.count()).select_from(Layer)) or 0) >= MOST_LAYERS:
        raise TooManyLayers(values={"most": MOST_LAYERS})
    layer = Layer(
        version=1,
        created_at=clock.now(),
        **asdict(plan),
        file_kind=read.kind,
        features=len(read.features),
        refused=len(read.refused),
        report=report_of(read)[:MOST_TOLD],
        sort_text=folded(plan.name),
    )
    session.add(layer)
    session.flush()
    _fill(session, layer, read.features)
    _remember(session, by, layer, "brought")
    return layer


def take_layer_away(session: Session, *, by: Person, layer_id: str, version: int) -> None:
    """Take a layer off the map with all that is in it. Raises `NotAllowed`, `NoSuchLayer`, `ChangedMeanwhile`."""
    must(may_bring_layers(by))
    layer = session.get(Layer, layer_id, with_for_update=True) if is_id(layer_id) else None
    if layer is None:
        raise NoSuchLayer
    if layer.version != version:
        raise ChangedMeanwhile
    session.execute(delete(LayerFeature).where(LayerFeature.layer_id == layer_id))
    session.delete(layer)
    _remember(session, by, layer, "taken away")


def report_of(read: FileRead) -> list[dict[str, Any]]:
    """Tell of each thing that was refused or repaired where it stood, and why, in codes that are said where shown."""
    refused = [{"result": "refused", **asdict(one)} for one in read.refused]
    repaired = [
        {"result": "repaired", "position": one.position, "name": one.name, "reason": why, "where": "", "values": {}}
        for one in read.features
        for why in one.repairs
    ]
    return sorted([*refused, *repaired], key=lambda one: one["position"])


def _fill(session: Session, layer: Layer, features: Sequence[Feature]) -> None:
    rows = [
        {
            "layer_id": layer.id,
            "position": one.position,
            "name": one.name,
            "description": one.description,
            "geometry": one.geometry,
        }
        for one in features
    ]
    if rows:
        session.execute(insert(LayerFeature), rows)


def _remember(session: Session, by: Person, layer: Layer, action: str) -> None:
    about = {name: getattr(layer, name) for name in ("name", "source", "licence", "features")}
    history.record(
        session,
        History,
        aggregate="layer",
        id=layer.id,
        version=layer.version,
        by=by,
        action=action,
        changes={name: [None, value] for name, value in about.items()},
    )
