"""Drawing areas on the map, changing them, and taking them away."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.map.domain.folding import folded
from services.map.domain.permissions import may_draw_areas
from services.map.domain.plans import AreaPlan, Changes
from services.map.models import Area, History
from services.map.problems import NoSuchArea, TooManyAreas
from shared import clock, history
from shared.identifiers import is_id
from shared.people import Person, must
from shared.problems import ChangedMeanwhile

MOST_AREAS = 200
KEPT = ("kind", "name", "name_in_english", "look", "geometry", "source", "licence")


def draw_area(session: Session, *, by: Person, plan: AreaPlan) -> Area:
    """Draw an area. Raises `NotAllowed`, `TooManyAreas`."""
    must(may_draw_areas(by))
    if (session.scalar(select(func.count()).select_from(Area)) or 0) >= MOST_AREAS:
        raise TooManyAreas(values={"most": MOST_AREAS})
    area = Area(
        version=1,
        created_at=clock.now(),
        sort_text=folded(plan.name),
        **{name: getattr(plan, name) for name in KEPT},
    )
    session.add(area)
    session.flush()
    _remember(session, by, area, "drawn", {})
    return area


def change_area(session: Session, *, by: Person, area_id: str, version: int, changes: Changes) -> Area:
    """Change what is said of an area, or where it lies. Raises `NotAllowed`, `NoSuchArea`, `ChangedMeanwhile`."""
    must(may_draw_areas(by))
    area = _locked(session, area_id, version)
    different = {name: value for name, value in changes.items() if getattr(area, name) != value}
    if different:
        before = {name: [getattr(area, name), value] for name, value in different.items()}
        for name, value in different.items():
            setattr(area, name, value)
        area.sort_text = folded(area.name)
        area.version += 1
        session.flush()
        _remember(session, by, area, "changed", before)
    return area


def take_area_away(session: Session, *, by: Person, area_id: str, version: int) -> None:
    """Take an area off the map; how it was stays in the history. Raises as `change_area` does."""
    must(may_draw_areas(by))
    area = _locked(session, area_id, version)
    _remember(session, by, area, "taken away", {name: [getattr(area, name), None] for name in KEPT})
    session.delete(area)


def _locked(session: Session, area_id: str, version: int) -> Area:
    area = session.get(Area, area_id, with_for_update=True) if is_id(area_id) else None
    if area is None:
        raise NoSuchArea
    if area.version != version:
        raise ChangedMeanwhile
    return area


def _remember(session: Session, by: Person, area: Area, action: str, changes: dict[str, Any]) -> None:
    history.record(
        session, History, aggregate="area", id=area.id, version=area.version, by=by, action=action, changes=changes
    )
