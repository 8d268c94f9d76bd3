"""Cursor paging: where a page of a list begins, as an opaque text that names the last row seen."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, TypeDecorator, and_, false, or_, true

from shared.problems import InvalidInput

LIMIT = 50
MOST = 200


@dataclass(frozen=True)
class Paging:
    """Which part of a list is wanted: at most `limit` rows, after the row whose sort key is `after`.

    A query fetches `limit + 1` rows, so that the list can say whether there are more.
    """

    limit: int = LIMIT
    after: tuple[Any, ...] | None = None

    @property
    def rows(self) -> int:
        """How many rows a query fetches."""
        return self.limit + 1

    def beyond(self, *columns: Any, descending: bool = False) -> ColumnElement[bool]:
        """Say in SQL that a row sorts after the last one seen.

        `columns` are those of the ORDER BY, the last one unique.

        Raises `InvalidInput` when the cursor comes from a list with another sort key.
        """
        if self.after is None:
            return true()
        clause: ColumnElement[bool] = false()
        for column, value in reversed(list(zip(columns, self.last_seen(*columns), strict=True))):
            further = column < value if descending else column > value
            clause = or_(further, and_(column == value, clause))
        return clause

    def last_seen(self, *columns: Any) -> tuple[Any, ...]:
        """Give the sort key of the last row seen, for a query that has these columns in its ORDER BY.

        Raises `InvalidInput` when the cursor comes from a list with another sort key, or from none.
        """
        if self.after is None or len(self.after) != len(columns) or not all(map(_fits, columns, self.after)):
            raise not_a_cursor()
        return self.after


WHOLE = Paging(limit=MOST)
"""For lists of which the longest page is all that is shown."""


def cursor_of(key: Any) -> str:
    """Write a row's sort key (a value or a tuple of text, numbers, dates, instants) as a cursor."""
    values = key if isinstance(key, tuple | list) else (key,)
    text = json.dumps([_written(value) for value in values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def key_of(cursor: str) -> tuple[Any, ...]:
    """Read a cursor back into the sort key it was made of; raises `InvalidInput` when it is none of ours."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list):
            raise ValueError("not a list")
        return tuple(_read(value) for value in values)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise not_a_cursor() from error


def page_of(paging: Paging, rows: Sequence[Any], key: Any) -> tuple[Sequence[Any], str | None]:
    """Cut what a query fetched to the page's length; give the page and the cursor of the next one, if there is one."""
    if len(rows) <= paging.limit:
        return rows, None
    page = rows[: paging.limit]
    return page, cursor_of(key(page[-1]))


def not_a_cursor() -> InvalidInput:
    """Make the refusal of a cursor that this list did not give."""
    refusal = InvalidInput(("/cursor", "This cursor was not given by this list"))
    refusal.extra["errors"][0]["in"] = "query"
    return refusal


def _fits(column: Any, value: Any) -> bool:
    """Say whether a value of a cursor can be compared with this column."""
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return isinstance(value, kind.python_type) and not (isinstance(value, str) and "\0" in value)


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    return value


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        if "on" in value:
            return date.fromisoformat(value["on"])
        instant = datetime.fromisoformat(value["at"])
        if instant.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return instant
    if value is not None and not isinstance(value, str | int | float):
        raise ValueError("not a plain value")
    return value
