"""What was brought onto the map from files."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.map.models import Layer, LayerFeature
from services.map.problems import NoSuchLayer
from shared.identifiers import is_id
from shared.paging import Paging


def layers(session: Session, paging: Paging) -> Sequence[Layer]:
    """Give one page of the layers by name."""
    rows = select(Layer).where(paging.beyond(Layer.sort_text, Layer.id)).order_by(Layer.sort_text, Layer.id)
    return session.scalars(rows.limit(paging.rows)).all()


def every_layer(session: Session) -> Sequence[Layer]:
    """Give all layers by name; there are never many."""
    return session.scalars(select(Layer).order_by(Layer.sort_text, Layer.id)).all()


def layer(session: Session, layer_id: str) -> Layer:
    """Give one layer; raises `NoSuchLayer`."""
    found = session.get(Layer, layer_id) if is_id(layer_id) else None
    if found is None:
        raise NoSuchLayer
    return found


def features_of(session: Session, layer_id: str) -> Sequence[LayerFeature]:
    """Give all that is in a layer, in the order of its file; raises `NoSuchLayer`."""
    layer(session, layer_id)
    rows = select(LayerFeature).where(LayerFeature.layer_id == layer_id).order_by(LayerFeature.position)
    return session.scalars(rows).all()
