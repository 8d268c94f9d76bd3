"""An upgrade from the previous schema, with rows in every table: nothing is lost, and the service works on it."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import DeclarativeBase

from shared import migrations
from shared.database import Database
from shared.identifiers import new_id
from tests.builders import an_administrator
from tests.harness import quiet, running
from tests.previous_schema import PREVIOUS

ROWS = 3
AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
SHOWN = {"registry": "api/v1/organisations", "map": "api/v1/places", "calendar": "metrics", "notifications": "metrics"}
"""What made-up rows can be shown by: lists whose words the models know, else the numbers counted over them."""
INTERNAL = ("alembic_version", "searched_words", "sqlite_")
"""What a database keeps for itself: no rows of anybody."""


@pytest.mark.parametrize("name", PREVIOUS)
async def test_nothing_is_lost_in_an_upgrade_and_the_service_works_on_what_it_finds(
    database_url: str, name: str, tmp_path: Path
):
    """Fails when a migration drops, empties or cannot bear what the previous release had written."""
    base = import_module(f"services.{name}.models").Base
    metadata, words = base.metadata, _words_of(base)
    database = Database(database_url, metadata, name)
    migrations.migrate(database.engine, name, metadata, _revisions_until(name, PREVIOUS[name], tmp_path / "before"))
    tables = _tables_of(database.engine)
    with database.engine.begin() as connection:
        for table in tables:
            if connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0:  # a secret stands there already
                connection.execute(table.insert(), list(_rows_for(table, words)))
    before = _all_rows(database.engine, tables)
    assert all(before.values())
    assert migrations.migrate(database.engine, name, metadata) > PREVIOUS[name]
    assert _all_rows(database.engine, tables) == before
    with database.engine.begin() as connection:
        connection.execute(
            sa.delete(metadata.tables["known_key"])
        )  # what we made up is no key: the registry tells its own
    database.engine.dispose()

    app, settings = import_module(f"services.{name}.app"), import_module(f"services.{name}.settings")
    values = quiet(database_url=database_url, data=tmp_path)
    async with running(app.create_app, settings.Settings(**values)) as service:
        ready = await service.client.get(f"/{name}/health/ready")
        assert (ready.status_code, ready.json()["migrations"]) == (200, "done")
        administrator = service.headers(an_administrator())
        shown = await service.client.get(f"/{name}/{SHOWN[name]}", headers=administrator)
        assert shown.status_code == 200, shown.text


def _revisions_until(name: str, newest: str, folder: Path) -> Path:
    """Copy the migrations that the previous release had."""
    folder.mkdir()
    for file in (migrations.SERVICES / name / "migrations").glob("[0-9]*.py"):
        if file.name.partition("_")[0] <= newest:
            shutil.copy(file, folder)
    return folder


def _tables_of(engine: sa.Engine) -> list[sa.Table]:
    """Reflect the tables as they are, each after those that it points to."""
    found = sa.MetaData()
    found.reflect(engine, only=lambda table, _metadata: not table.startswith(INTERNAL))
    return found.sorted_tables


def _words_of(base: type[DeclarativeBase]) -> dict[str, tuple[str, ...]]:
    """Find what may stand in columns that take certain words alone, as the models say."""
    found: dict[str, tuple[str, ...]] = {}
    for mapper in base.registry.mappers:
        hints = get_type_hints(mapper.class_)
        for attribute in mapper.column_attrs:
            choices = _literals(hints.get(attribute.key))
            if choices:
                found[str(attribute.columns[0])] = choices
    return found


def _literals(hint: Any) -> tuple[str, ...]:
    if get_origin(hint) is Literal:
        return get_args(hint)
    return next((found for part in get_args(hint) if (found := _literals(part))), ())


def _rows_for(table: sa.Table, words: dict[str, tuple[str, ...]]) -> Iterator[dict[str, Any]]:
    """Make rows that the table takes: what points somewhere points to a row of the same number."""
    for number in range(ROWS):
        yield {
            column.name: _value(column, number, words.get(str(column)))
            for column in table.columns
            if column.computed is None and not isinstance(column.type, TSVECTOR | sa.types.NullType)
        }


IDS = [new_id() for _ in range(ROWS)]
LEFT_OPEN = {"contact.person_id"}
"""What a CHECK wants to be empty: a contact is an organisation's or a person's."""


def _value(column: sa.Column[Any], number: int, words: tuple[str, ...] | None) -> Any:
    kind = column.type
    if str(column) in LEFT_OPEN:
        return None
    if isinstance(kind, sa.Uuid) or (isinstance(kind, sa.String) and kind.length == len(IDS[0])):
        return IDS[number]
    if isinstance(kind, sa.JSON):
        return []
    if isinstance(kind, sa.Boolean):
        return number % 2 == 1
    if isinstance(kind, sa.DateTime):
        return AT + timedelta(hours=number) if kind.timezone else (AT + timedelta(hours=number)).replace(tzinfo=None)
    if isinstance(kind, sa.Date):
        return date(2026, 11, 1 + number)
    if isinstance(kind, sa.Time):
        return time(10 + number)
    if isinstance(kind, sa.LargeBinary):
        return f"żółw {number}".encode()
    if isinstance(kind, sa.Integer | sa.Numeric | sa.Float):
        return number + 1
    if column.name == "zone":
        return "Europe/Warsaw"
    if words:
        return words[number % len(words)]
    return f"żółw {number}"[: kind.length] if isinstance(kind, sa.String) else None


def _all_rows(engine: sa.Engine, tables: list[sa.Table]) -> dict[str, list[str]]:
    """Read what stands in the columns that there were."""
    with engine.connect() as connection:
        return {
            table.name: sorted(
                json.dumps(tuple(row), default=repr, ensure_ascii=False) for row in connection.execute(sa.select(table))
            )
            for table in tables
        }
