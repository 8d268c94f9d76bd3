"""Moving every row that names one organisation to another one, whatever table it is in, and back again exactly."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, Table, TypeDecorator, UniqueConstraint, and_, delete, insert, select, update
from sqlalchemy.orm import Session

from services.registry.models import Base, Organisation, Person

STAYING = frozenset({"duplicate_key", "distinct_pair", "organisation_key", "organisation_merge"})
"""What is about the organisation as a row, not about what it has: it stays with it."""
LOOSE = (
    ("need", "met_by_organisation_id"),
    ("match", "need_organisation_id"),
    ("match", "resource_organisation_id"),
    ("match", "by_organisation_id"),
)
"""Columns that name an organisation and are no foreign keys, by table."""
Moved = dict[str, Any]
"""One row that moved: its table, column and key; with `row`, one that went because the target has its like."""


def move_rows(session: Session, source_id: str, target_id: str) -> list[Moved]:
    """Move all that names `source_id` to `target_id`, and say what did; versions grow, so that listeners follow."""
    session.flush()
    return [
        moved
        for table, column in _links()
        for row in session.execute(select(table).where(column == source_id).order_by(*table.primary_key)).mappings()
        if (moved := _move(session, table, column, row, target_id)) is not None
    ]


def move_back(session: Session, moved: Sequence[Mapping[str, Any]], source_id: str, target_id: str) -> None:
    """Move back what is still where it was moved to; what went elsewhere since, or is gone, stays so."""
    for one in reversed(moved):
        table = Base.metadata.tables[one["table"]]
        column = table.c[one["column"]]
        if "row" in one:
            _put_back(session, table, one["row"])
            continue
        here = and_(*(table.c[name] == value for name, value in one["key"].items() if name != column.name))
        values = {column.name: source_id, **_grown(table)}
        session.execute(update(table).where(here, column == target_id).values(values))


def _links() -> Iterator[tuple[Table, Column[Any]]]:
    """Find every column that names an organisation, in the order in which tables depend on each other."""
    organisation = Organisation.__table__
    whole = Base.metadata.tables[Organisation.__tablename__]
    yield whole, whole.c["parent_id"]
    for table in Base.metadata.sorted_tables:
        if table.name in STAYING or table is organisation:
            continue
        for column in table.columns:
            named = (table.name, column.name) in LOOSE
            if named or any(key.column.table is organisation for key in column.foreign_keys):
                yield table, column


def _move(session: Session, table: Table, column: Column[Any], row: Mapping[Any, Any], target_id: str) -> Moved | None:
    key = {one.name: row[one.name] for one in table.primary_key}
    moved: Moved = {"table": table.name, "column": column.name, "key": key}
    if table is Organisation.__table__ and row["id"] == target_id:  # nobody belongs to themselves
        return None
    if table.name == "contact" and _has_like(session, table, row, target_id, ("kind", "value")):
        return None
    here = and_(*(table.c[name] == value for name, value in key.items()))
    if any(_has_like(session, table, row, target_id, names, column.name) for names in _unique(table, column)):
        session.execute(delete(table).where(here))
        return {**moved, "row": {one.name: _plain(row[one.name]) for one in table.columns}}
    session.execute(update(table).where(here).values({column.name: target_id, **_grown(table)}))
    return moved


def _unique(table: Table, column: Column[Any]) -> Iterator[tuple[str, ...]]:
    """Give the other columns of everything that must be unique together with this one."""
    for one in (*table.constraints, *table.indexes):
        is_unique = (
            one is table.primary_key or isinstance(one, UniqueConstraint) or (isinstance(one, Index) and one.unique)
        )
        names = [part.name for part in getattr(one, "columns", ())]
        if is_unique and column.name in names:
            yield tuple(name for name in names if name != column.name)


def _has_like(
    session: Session,
    table: Table,
    row: Mapping[Any, Any],
    target_id: str,
    names: Sequence[str],
    column: str = "organisation_id",
) -> bool:
    like = and_(table.c[column] == target_id, *(table.c[name] == row[name] for name in names))
    return session.execute(select(table.c[column]).where(like).limit(1)).first() is not None


def _put_back(session: Session, table: Table, row: Mapping[str, Any]) -> None:
    """Write a row again that went, unless it is there or its person is erased."""
    if table.name == "membership" and _is_erased(session, row["person_id"]):
        return
    values = {name: _typed(table.c[name], value) for name, value in row.items()}
    key = and_(*(column == values[column.name] for column in table.primary_key))
    if session.execute(select(table).where(key)).first() is None:
        session.execute(insert(table).values(values))


def _is_erased(session: Session, person_id: str) -> bool:
    person = session.get(Person, person_id)
    return person is None or person.erased_at is not None


def _grown(table: Table) -> dict[str, Any]:
    return {"version": table.c.version + 1} if "version" in table.c else {}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _typed(column: Column[Any], value: Any) -> Any:
    """Read a value back as its column keeps it."""
    inner = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    kind = inner.python_type
    if isinstance(value, str) and issubclass(kind, datetime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(value, str) and issubclass(kind, date) else value
