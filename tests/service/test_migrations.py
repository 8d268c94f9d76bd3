"""Migrating makes exactly the tables of the models, on both databases, once however many processes start."""

import importlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Integer, MetaData, Table, inspect

from shared import migrations
from shared.database import Database
from tests.service import sample

ROOT = Path(__file__).resolve().parents[2]
SERVICES = sorted(path.parent.name for path in ROOT.glob("services/*/app.py"))


def metadata_of(service: str) -> MetaData:
    metadata: MetaData = importlib.import_module(f"services.{service}.models").Base.metadata
    return metadata


@pytest.mark.parametrize("name", SERVICES)
def test_the_revisions_of_a_service_make_exactly_its_models(database_url: str, name: str):
    metadata = metadata_of(name)
    engine = Database(database_url, metadata, name).engine
    assert migrations.migrate(engine, name, metadata)
    with engine.connect() as connection:
        options = {"compare_type": _is_another_type, "include_name": _is_of_both_databases}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []


def _is_another_type(context: Any, inspected: Any, column: Any, found: Any, wanted: Any) -> bool | None:
    """Compare types by what the database calls them; SQLite keeps text, instants and keys under many names."""
    if context.dialect.name == "sqlite":
        return False
    return None


def _is_of_both_databases(name: str | None, kind: str, parents: Any) -> bool:
    """Leave out the index of the search, which each database has in a way of its own: a table, or a column."""
    return name is None or not name.startswith("searched_words")


def test_migrating_again_changes_nothing(database_url: str):
    engine = Database(database_url, sample.Base.metadata, "sample").engine
    for _ in range(2):
        assert migrations.migrate(engine, "sample", sample.Base.metadata, sample.VERSIONS) == "0001"
    engine.dispose()


def test_four_processes_that_start_at_once_migrate_once(database_url: str):
    def start(_number: int) -> str:
        engine = Database(database_url, sample.Base.metadata, "sample").engine
        try:
            return migrations.migrate(engine, "sample", sample.Base.metadata, sample.VERSIONS)
        finally:
            engine.dispose()

    with ThreadPoolExecutor(4) as starters:
        assert list(starters.map(start, range(4))) == ["0001"] * 4


def test_a_migration_that_breaks_leaves_the_database_as_it_was(database_url: str, tmp_path: Path):
    broken = (sample.VERSIONS / "0001_first.py").read_text() + '\n    raise RuntimeError("broken")\n'
    (tmp_path / "0001_broken.py").write_text(broken)
    engine = Database(database_url, sample.Base.metadata, "sample").engine
    with pytest.raises(RuntimeError, match="broken"):
        migrations.migrate(engine, "sample", sample.Base.metadata, tmp_path)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_the_next_revision_is_written_from_the_models(tmp_path: Path):
    metadata, versions = MetaData(), tmp_path / "versions"
    versions.mkdir()
    Table("outbox", metadata, Column("id", Integer, primary_key=True))

    def fresh(number: int) -> Any:
        return Database(f"sqlite:///{tmp_path}/{number}.sqlite", metadata, "sample").engine

    first = migrations.write_revision(fresh(1), "sample", metadata, "first", versions)
    Table("swing", metadata, Column("id", Integer, primary_key=True))
    second = migrations.write_revision(fresh(2), "sample", metadata, "swings", versions)
    assert (first.name, second.name) == ("0001_first.py", "0002_swings.py")
    assert "swing" not in first.read_text()
    assert "swing" in second.read_text()
    assert migrations.migrate(engine := fresh(3), "sample", metadata, versions) == "0002"
    assert set(inspect(engine).get_table_names()) == {"outbox", "swing", "alembic_version"}
