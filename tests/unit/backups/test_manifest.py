"""What may be put back, and in what restored databases differ."""

import tomllib
from datetime import UTC, datetime

from deploy.backups.manifest import FORMAT, Manifest, differences, why_not
from deploy.backups.upgrading import needs_migration
from shared.version import VERSION
from tests.system.stack import ROOT

KNOWN = {"map": "0090", "calendar": "0041"}


def a_manifest(**values):
    given = {
        "product": "0.1.0",
        "made_at": datetime(2026, 5, 1, tzinfo=UTC),
        "databases": "sqlite",
        "schemas": {"map": "0090", "calendar": "0030"},
        "rows": {"map": {"place": 3}},
        "streams": {},
        "files": [],
        "members": {},
    }
    return Manifest(**given | values)


def test_an_older_schema_may_be_put_back_and_a_newer_one_may_not():
    assert why_not(a_manifest(), KNOWN, "sqlite") is None
    newer = why_not(a_manifest(schemas={"map": "0090", "calendar": "0050"}), KNOWN, "sqlite")
    assert "calendar stands at 0050" in newer
    assert "up to 0041" in newer
    assert "Update Osiedle" in newer


def test_another_kind_of_database_or_another_way_of_writing_is_refused():
    assert "postgresql" in why_not(a_manifest(databases="postgresql"), KNOWN, "sqlite")
    assert "update Osiedle" in why_not(a_manifest(format=FORMAT + 1), KNOWN, "sqlite")


def test_differences_name_the_table_and_both_numbers():
    schemas = {"map": "0090", "calendar": "0030"}
    assert differences(a_manifest(), schemas, {"map": {"place": 3}}) == []
    assert differences(a_manifest(), schemas, {"map": {"place": 2}}) == ["map.place has 2 rows, not 3"]
    assert differences(a_manifest(), schemas, {"map": {}}) == ["map.place has None rows, not 3"]
    assert differences(a_manifest(), {**schemas, "calendar": "0031"}, {"map": {"place": 3}}) == [
        "calendar stands at 0031, not 0030"
    ]


def test_only_an_installation_with_data_needs_to_be_migrated():
    assert needs_migration({"map": "0080", "calendar": "0041"}, KNOWN)
    assert not needs_migration({"map": None, "calendar": None}, KNOWN)
    assert not needs_migration({"map": "0090", "calendar": "0041"}, KNOWN)


def test_the_version_is_the_one_that_is_published():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
