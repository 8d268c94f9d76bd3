"""Inserting what may stand already: of two who do so at one moment, one row remains."""

from typing import TypeVar

from sqlalchemy import Table
from sqlalchemy.orm import Session

from services.calendar.models import Base
from shared.inserting import insert_into

T = TypeVar("T", bound=Base)


def insert_once(session: Session, model: type[T], values: dict[str, object]) -> T | None:
    """Insert a row unless its identity stands; give the row, or none where it stood."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101  every model has a table of its own
    key = tuple(table.primary_key.columns)
    made = session.execute(insert_into(session, table).values(values).on_conflict_do_nothing().returning(*key)).first()
    return session.get_one(model, tuple(made)) if made else None
