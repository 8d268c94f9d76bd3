"""The places of each cell counted anew, all at once: what the database's triggers keep right one by one."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sqlalchemy import BigInteger, Select, cast, delete, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite
from sqlalchemy.orm import Session

from services.map.domain.cells import FINEST, KEPT_LEVELS
from services.map.models import Place, PlaceCell
from services.map.queries.clusters import MILLIONTHS, shifted

SUMS = ("number", "latitude_sum", "longitude_sum")


def count_places(session: Session) -> None:
    """Count the places of each cell anew, as the triggers of migration 0010 do; cells that were empty stay."""
    insert = insert_on_sqlite if session.get_bind().dialect.name == "sqlite" else insert_on_postgresql
    session.execute(delete(PlaceCell).where(or_(*(getattr(PlaceCell, name) != 0 for name in SUMS))))
    for counted in _counted():
        filled = insert(PlaceCell).from_select(["level", "cell", "kind", *SUMS], counted)
        renewed = {name: filled.excluded[name] for name in SUMS}
        session.execute(filled.on_conflict_do_update(index_elements=PlaceCell.__table__.primary_key, set_=renewed))


def _counted() -> Iterator[Select[Any]]:
    """Count the places of the finest cells that are kept; then sum those up for each coarser level."""
    finest = max(KEPT_LEVELS)
    millionths = (func.sum(cast(func.round(one * MILLIONTHS), BigInteger)) for one in (Place.latitude, Place.longitude))
    stands = (Place.cell.is_not(None), Place.over_at.is_(None), Place.withdrawn.is_(False))
    cell = shifted(Place.cell, FINEST, finest)
    yield select(literal(finest), cell, Place.kind, func.count(), *millionths).where(*stands).group_by(cell, Place.kind)
    for finer, level in pairwise(sorted(KEPT_LEVELS, reverse=True)):
        cell, kind = shifted(PlaceCell.cell, finer, level), PlaceCell.kind
        sums = (func.sum(getattr(PlaceCell, name)) for name in SUMS)
        rows = select(literal(level), cell, kind, *sums).where(PlaceCell.level == finer, PlaceCell.number > 0)
        yield rows.group_by(cell, kind)
