"""What people draw or bring in: areas, and layers from files."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.map.domain.plans import AreaKind, FileKind, Look
from services.map.models.base import Base
from shared.columns import Id, Instant
from shared.identifiers import new_id


class Area(Base):
    """Something drawn on the map: an outline, a garden, a route. Its geometry is GeoJSON that was checked."""

    __tablename__ = "area"
    __table_args__ = (Index("ix_area_in_order", "sort_text", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[AreaKind] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    name_in_english: Mapped[str] = mapped_column(String(200), default="")
    look: Mapped[Look] = mapped_column(String(20))
    geometry: Mapped[dict[str, Any]] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(String(300), default="")
    licence: Mapped[str] = mapped_column(String(300), default="")
    sort_text: Mapped[str] = mapped_column(Text)


class Layer(Base):
    """A file of others that somebody brought onto the map: whose it is, under which licence, and what is in it."""

    __tablename__ = "layer"
    __table_args__ = (Index("ix_layer_in_order", "sort_text", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    name: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(300))
    licence: Mapped[str] = mapped_column(String(300))
    file_kind: Mapped[FileKind] = mapped_column(String(20))
    look: Mapped[Look] = mapped_column(String(20))
    features: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int] = mapped_column(Integer)
    report: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    sort_text: Mapped[str] = mapped_column(Text)


class LayerFeature(Base):
    """One thing of a layer."""

    __tablename__ = "layer_feature"

    layer_id: Mapped[str] = mapped_column(Id, ForeignKey("layer.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    geometry: Mapped[dict[str, Any]] = mapped_column(JSON)
