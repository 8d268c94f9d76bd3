"""What is drawn on the map."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.map.models import Area
from services.map.problems import NoSuchArea
from shared.identifiers import is_id
from shared.paging import Paging


def areas(session: Session, paging: Paging) -> Sequence[Area]:
    """Give one page of the areas by name."""
    rows = select(Area).where(paging.beyond(Area.sort_text, Area.id)).order_by(Area.sort_text, Area.id)
    return session.scalars(rows.limit(paging.rows)).all()


def every_area(session: Session) -> Sequence[Area]:
    """Give all areas by name; there are never many."""
    return session.scalars(select(Area).order_by(Area.sort_text, Area.id)).all()


def area(session: Session, area_id: str) -> Area:
    """Give one area; raises `NoSuchArea`."""
    found = session.get(Area, area_id) if is_id(area_id) else None
    if found is None:
        raise NoSuchArea
    return found
