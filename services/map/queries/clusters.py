"""How many places are where, for a map at any zoom: counted cells, and single places as themselves."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, cast, column, func, literal_column, or_, select, text
from sqlalchemy.orm import Session

from services.map.domain.areas import Box
from services.map.domain.cells import FINEST, GRID, coarser, kept_level, level_for, ranges, windows, within
from services.map.models import Place, PlaceCell
from services.map.queries.wanted import Conditions, Wanted, conditions, may_lie_in

MOST_CELLS = 1_024
"""A map of so many cells is full: the same box is counted in bigger ones."""
COVER = 32
MILLIONTHS = 1_000_000
HAS_CELL, ENDS = Place.cell.is_not(None), Place.over_at > bindparam("now")


@dataclass(frozen=True)
class Single:
    """The one place of a cell."""

    id: str
    kind: str
    name: str
    name_in_english: str | None
    url: str | None
    radius_m: int | None


@dataclass
class Cluster:
    """The places of one cell: how many of each kind, and where their middle is; the place itself where it is one."""

    cell: int
    kinds: Counter[str] = field(default_factory=Counter)
    latitude_sum: int = 0
    longitude_sum: int = 0
    place: Single | None = None

    @property
    def number(self) -> int:
        """How many places it has."""
        return self.kinds.total()

    @property
    def latitude(self) -> float:
        """The middle's, in degrees."""
        return round(self.latitude_sum / self.number / MILLIONTHS, 6)

    @property
    def longitude(self) -> float:
        """The middle's, in degrees."""
        return round(self.longitude_sum / self.number / MILLIONTHS, 6)


@dataclass(frozen=True)
class Clusters:
    """The clusters of the cells that a box touches, and the zoom that they are for."""

    zoom: int
    clusters: Sequence[Cluster]


def clusters(session: Session, wanted: Wanted, box: Box, zoom: int, *, now: datetime) -> Clusters:
    """Count the places in each cell that a box touches; where those are too many, in bigger cells of a lower zoom.

    What is asked for by kind alone is counted from what is kept of each cell; else place by place.
    """
    level = level_for(box, zoom, MOST_CELLS)
    asked = conditions(session, wanted, now)
    found: dict[int, Cluster] = {}
    kept = kept_level(level)
    if kept is None or not _is_by_kind(wanted):
        _add(found, _counted(session, level, asked + may_lie_in(box, COVER)))
    else:
        _add(found, _kept(session, box, level, kept, wanted.kinds))
        _add(found, _counted(session, level, asked + Conditions((HAS_CELL, ENDS), {})))
    seen = windows(box, level)
    inside = [one for one in found.values() if any(window.holds(one.cell) for window in seen)]
    _name(session, [one for one in inside if one.number == 1], level, asked)
    return Clusters(max(level - GRID, 0), sorted(inside, key=lambda one: (-one.number, one.cell)))


def _is_by_kind(wanted: Wanted) -> bool:
    return wanted == Wanted(kinds=wanted.kinds, box=wanted.box, within_m=wanted.within_m, zone=wanted.zone)


def _kept(session: Session, box: Box, level: int, kept: int, kinds: tuple[str, ...]) -> Iterable[Any]:
    """Sum up the kept cells of a finer level."""
    cell = shifted(PlaceCell.cell, kept, level)
    touched = [and_(PlaceCell.level == kept, PlaceCell.cell.between(*one)) for one in ranges(box, kept, COVER)]
    rows = select(
        cell,
        PlaceCell.kind,
        _sum(PlaceCell.number),
        _sum(PlaceCell.latitude_sum),
        _sum(PlaceCell.longitude_sum),
    ).where(or_(*touched), PlaceCell.number > 0)
    if kinds:
        rows = rows.where(PlaceCell.kind.in_(kinds))
    return session.execute(rows.group_by(cell, PlaceCell.kind))


def _counted(session: Session, level: int, asked: Conditions) -> Iterable[Any]:
    """Count place by place."""
    cell = shifted(Place.cell, FINEST, level)
    rows = select(
        cell,
        Place.kind,
        func.count(),
        _sum(cast(func.round(Place.latitude * MILLIONTHS), BigInteger)),
        _sum(cast(func.round(Place.longitude * MILLIONTHS), BigInteger)),
    ).where(*asked.clauses)
    return session.execute(rows.group_by(cell, Place.kind), asked.values)


def shifted(cell: Any, level: int, wanted: int) -> Any:
    """Give the coarser cell; the number stands in the text, so that it is the same expression where it groups."""
    return cell.op(">>")(literal_column(str(2 * (level - wanted))))


def _sum(column: Any) -> Any:
    return cast(func.sum(column), BigInteger)


def _add(found: dict[int, Cluster], rows: Iterable[Any]) -> None:
    for cell, kind, number, latitude_sum, longitude_sum in rows:
        cluster = found.setdefault(cell, Cluster(cell))
        cluster.kinds[kind] += number
        cluster.latitude_sum += latitude_sum
        cluster.longitude_sum += longitude_sum


def _name(session: Session, alone: Sequence[Cluster], level: int, asked: Conditions) -> None:
    """Say of cells with one place which it is, with one query for all of them."""
    if not alone:
        return
    by_cell = {one.cell: one for one in alone}
    spans = ", ".join(f"({low}, {high})" for low, high in (within(cell, level) for cell in sorted(by_cell)))
    low, high = column("column1", BigInteger), column("column2", BigInteger)
    span = text(f"VALUES {spans}").columns(low, high).cte("span")
    own = (Place.id, Place.kind, Place.name, Place.name_in_english, Place.url, Place.radius_m)
    here = Place.cell.between(span.c.column1, span.c.column2)
    rows: Any = select(Place.cell, *own).select_from(span).join(Place, here).where(*asked.clauses)
    for cell, *facts in session.execute(rows, asked.values):
        by_cell[coarser(cell, FINEST, level)].place = Single(*facts)
