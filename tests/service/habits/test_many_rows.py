"""Many rows at once are the rows that a few at a time would be, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from sqlalchemy import JSON, Boolean, Float, Integer, String, Text, create_engine, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.bulk import FEW, insert_rows, is_among
from shared.columns import Id, Instant, new_metadata

NOON = datetime(2026, 11, 30, 12, tzinfo=timezone(timedelta(hours=1)))


class Base(DeclarativeBase):
    metadata = new_metadata()


class Thing(Base):
    __tablename__ = "thing"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str | None] = mapped_column(Text)
    order: Mapped[int | None] = mapped_column(Integer)
    weight: Mapped[float | None] = mapped_column(Float)
    is_red: Mapped[bool | None] = mapped_column(Boolean)
    seen_at: Mapped[datetime | None] = mapped_column(Instant)
    notes: Mapped[object] = mapped_column(JSON)


class Marked(Base):
    __tablename__ = "marked"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    mark: Mapped[str] = mapped_column(String(10), default="new")


@pytest.fixture
def connection(database_url):
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        Base.metadata.create_all(connection)
        yield connection
    engine.dispose()


def things(number):
    texts = ("Świetlica", "tab\tand\nline", "\\N", "", None, '"quoted", {curly}', "ź\\")
    return [
        {
            "notes": {"words": [texts[n % 7], n]} if n % 3 else None,
            "id": str(uuid4()),
            "name": texts[n % 7],
            "order": n if n % 2 else None,
            "weight": n / 3 if n % 4 else None,
            "is_red": (True, False, None)[n % 3],
            "seen_at": NOON + timedelta(microseconds=n) if n % 5 else None,
        }
        for n in range(number)
    ]


def test_what_is_read_is_what_was_inserted_whichever_way_it_went(connection):
    """Fails where a value travels as the driver would have it, and not as its column's type does."""
    rows, table = things(3 * FEW), Thing.__table__
    connection.execute(insert(table), rows)
    one_by_one = connection.execute(select(table).order_by(table.c.id)).all()
    connection.execute(table.delete())
    insert_rows(connection, table, rows)
    assert connection.execute(select(table).order_by(table.c.id)).all() == one_by_one
    assert len(one_by_one) == len(rows)
    assert {row.seen_at for row in one_by_one} >= {NOON.astimezone(UTC) + timedelta(microseconds=1), None}


@pytest.mark.parametrize("number", [FEW - 1, 2 * FEW])
def test_what_python_fills_in_is_filled_in(connection, number):
    """Fails where the short way leaves a default out."""
    insert_rows(connection, Marked.__table__, [{"id": str(uuid4())} for _ in range(number)])
    assert connection.scalars(select(Marked.mark)).all() == ["new"] * number


def test_a_row_that_is_there_already_is_refused_as_ever(connection):
    """Fails where the driver's own error comes through, which nobody who waits for a database knows."""
    rows = things(2 * FEW)
    with pytest.raises(IntegrityError):
        insert_rows(connection, Thing.__table__, [*rows, rows[0]])


def test_however_many_values_are_asked_for_all_are_found(connection):
    """Fails where each is a parameter of its own: PostgreSQL takes 65,535 of them, SQLite half as many."""
    rows = things(2 * FEW)
    insert_rows(connection, Thing.__table__, rows)
    asked = [row["id"] for row in rows[::2]]
    strangers = [str(uuid4()) for _ in range(70_000)]
    found = connection.scalars(select(Thing.id).where(is_among(connection, Thing.id, [*strangers, *asked])))
    assert sorted(found) == sorted(asked)
