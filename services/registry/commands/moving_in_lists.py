"""Moving what names one organisation within lists that a row keeps as JSON to another one, and back again."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from services.registry.domain.coalitions import FEWEST
from services.registry.models import Initiative, InitiativeSuggestion

LISTS: tuple[tuple[type[Any], str], ...] = (
    (Initiative, "pledges"),
    (Initiative, "tasks"),
    (InitiativeSuggestion, "organisation_ids"),
)
"""Where an organisation's id stands in JSON: as a line's `organisation_id`, or as the line itself."""
Line = Any
Moved = dict[str, Any]
"""A list in which lines moved: its table, column and key, and `lines` of place, the line before, and after.

A line after is none where the target stood there already. `state` is what a suggestion was in that is none any more.
"""


def move_in_lists(session: Session, source_id: str, target_id: str) -> list[Moved]:
    """Let every line that names `source_id` name `target_id`, and say what did."""
    return [
        moved
        for model, column in LISTS
        for row in _rows_naming(session, model, column, source_id)
        if (moved := _move(row, column, source_id, target_id)) is not None
    ]


def move_back_in_lists(session: Session, moved: Sequence[Mapping[str, Any]]) -> None:
    """Give back the lines that still stand as they were moved; what was changed or went since stays so."""
    models = {model.__tablename__: model for model, _ in LISTS}
    for one in moved:
        row = session.get(models[one["table"]], one["key"]["id"], with_for_update=True)
        if row is None:
            continue
        lines = list(getattr(row, one["column"]))
        for place, before, after in one["lines"]:
            _give_back(lines, place, before, after)
        setattr(row, one["column"], lines)
        if "state" in one and row.state == "overtaken":
            row.state = one["state"]
        row.version += 1


def _rows_naming(session: Session, model: type[Any], column: str, organisation_id: str) -> Sequence[Any]:
    kept = cast(getattr(model, column), Text)
    rows = select(model).where(kept.contains(organisation_id)).order_by(model.id).with_for_update()
    return session.scalars(rows.execution_options(populate_existing=True)).all()


def _move(row: Any, column: str, source_id: str, target_id: str) -> Moved | None:
    lines: list[Line] = getattr(row, column)
    changed = [
        [place, line, _after(line, lines, target_id)]
        for place, line in enumerate(lines)
        if _named_in(line) == source_id
    ]
    if not changed:
        return None
    after = {place: line for place, _, line in changed}
    setattr(row, column, [line for place, old in enumerate(lines) if (line := after.get(place, old)) is not None])
    row.version += 1
    moved: Moved = {"table": row.__tablename__, "column": column, "key": {"id": row.id}, "lines": changed}
    if isinstance(row, InitiativeSuggestion) and row.state == "suggested" and len(row.organisation_ids) < FEWEST:
        moved["state"], row.state = row.state, "overtaken"
    return moved


def _named_in(line: Line) -> str | None:
    return line.get("organisation_id") if isinstance(line, dict) else line


def _after(line: Line, lines: Sequence[Line], target_id: str) -> Line | None:
    """Give a line as it names the target: of plain ids each stands once."""
    if isinstance(line, dict):
        return {**line, "organisation_id": target_id}
    return None if target_id in lines else target_id


def _give_back(lines: list[Line], place: int, before: Line, after: Line | None) -> None:
    if after is None:
        if before not in lines:
            lines.insert(min(place, len(lines)), before)
    elif place < len(lines) and lines[place] == after:
        lines[place] = before
    elif after in lines:
        lines[lines.index(after)] = before
