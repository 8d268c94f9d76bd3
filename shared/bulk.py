"""Many rows at once, in the way that takes each database the least: the driver's own on SQLite, COPY on PostgreSQL."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, Table, any_, func, insert, literal, select
from sqlalchemy.exc import DBAPIError

FEW = 20
"""So many rows are not worth another way than SQLAlchemy's."""


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns. Raises `sqlalchemy.exc.DBAPIError`, as `execute` does.

    SQLAlchemy makes the parameters of each row anew, which takes longer than writing it; here that is done once.
    """
    if len(rows) < FEW or _is_filled_in_here(table, rows[0]):
        connection.execute(insert(table), rows)
    elif connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        statement = insert(table).compile(dialect=connection.dialect, column_keys=_names(table, rows[0]))
        connection.exec_driver_sql(str(statement), list(_bound(connection, table, rows)))


def is_among(connection: Connection, column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """Say that a column has one of these values, however many: they travel as one parameter."""
    condition: ColumnElement[bool]
    if connection.dialect.name == "postgresql":
        condition = column == any_(literal(list(values), ARRAY(column.type)))
    else:
        condition = column.in_(select(func.json_each(json.dumps(list(values))).table_valued("value").c.value))
    return condition


def _is_filled_in_here(table: Table, row: Mapping[str, Any]) -> bool:
    """Say whether a column that the rows do not name gets its value from Python."""
    return any(column.default is not None for column in table.columns if column.name not in row)


def _names(table: Table, row: Mapping[str, Any]) -> list[str]:
    return [column.name for column in table.columns if column.name in row]


def _bound(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """Give the rows as the driver takes them, in the order of `_names`."""
    names = _names(table, rows[0])
    binding = [(n, bind) for n, name in enumerate(names) if (bind := _bind(connection, table, name)) is not None]
    nothing = {n: bind(None) for n, bind in binding}
    for row in rows:
        values = [row[name] for name in names]
        for n, bind in binding:
            value = values[n]
            values[n] = nothing[n] if value is None else bind(value)
        yield tuple(values)


def _bind(connection: Connection, table: Table, name: str) -> Callable[[Any], Any] | None:
    """Give what makes a column's values the driver's; none where they are so already."""
    dialect = connection.dialect
    return table.columns[name].type.dialect_impl(dialect).bind_processor(dialect)


def _copy(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    dialect = connection.dialect
    prepared = dialect.identifier_preparer
    columns = ", ".join(map(prepared.quote, _names(table, rows[0])))
    statement = f"COPY {prepared.format_table(table)} ({columns}) FROM STDIN"
    driver: Any = dialect.loaded_dbapi
    cursor: Any = connection.connection.cursor()
    try:
        with cursor, cursor.copy(statement) as copy:
            for row in _bound(connection, table, rows):
                copy.write_row(row)
    except driver.Error as error:
        raise DBAPIError.instance(
            statement, None, error, driver.Error, hide_parameters=True, dialect=dialect
        ) from error
