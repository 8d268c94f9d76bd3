"""Backups of the one process: made under load, tried out, put back after everything is gone; and what is refused."""

import json
import shutil
import sqlite3
import tarfile

import pytest

from deploy.backups.databases import metadata_of
from shared.database import Database, sqlite_url
from shared.migrations import configured
from tests.system.backing_up import converges, missing, on_the_map, recorded, settled, written_to
from tests.system.stack import SERVICES, Embedded, eventually, operated

pytestmark = pytest.mark.timeout(900)
DAMAGED, REFUSED = 3, 4
PATIENT = 240
"""Seconds that a start may take where much else runs."""


def backup(data, *arguments, code=0, **environment):
    done = operated(data, *arguments, **environment)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """Give a folder for backups that outlives the data folder."""
    return tmp_path_factory.mktemp("shelf")


@pytest.fixture(scope="module")
def story(tmp_path_factory, shelf):
    """Make a backup under load; give the neighbourhood, which is stopped, its backup and what it answered before."""
    with Embedded(tmp_path_factory.mktemp("backed-up") / "data") as town:
        town.start(PATIENT)
        event = settled(town)
        before = recorded(town, event)
        with written_to(town) as writers:
            acknowledged = list(writers.acknowledged)
            made = json.loads(backup(town.data, "backup", "create", "--json", OSIEDLE_BACKUP_FOLDER=str(shelf)))
            refused = backup(town.data, "backup", "restore", made["name"], "--yes", code=REFUSED, **at(shelf))
        assert "stop it first" in refused
        assert town.stop() == 0
        town.event, town.before, town.acknowledged = event, before, acknowledged
        town.backup = shelf / made["name"]
        assert made["problem"] is None
        yield town


def at(shelf):
    return {"OSIEDLE_BACKUP_FOLDER": str(shelf)}


def test_a_backup_under_load_holds_nothing_heard_that_was_not_told(story, tmp_path):
    """Without opening the four in one moment a listener would have what its teller has not."""
    with tarfile.open(story.backup) as tar:
        tar.extractall(tmp_path, filter="data")
    told = {service: ids(tmp_path, service, "outbox", "source") for service in SERVICES}
    heard = [(one, *row) for one in SERVICES for row in ids(tmp_path, one, "inbox", "source")]
    assert len(heard) > 20
    unknown = [row for row in heard if row[1].startswith("/osiedle/") and row[1:] not in told[row[1].split("/")[2]]]
    assert unknown == []
    assert story.backup.stat().st_mode & 0o777 == 0o600


def test_what_was_destroyed_answers_as_before_and_all_copies_come_to_agree(story, shelf):
    shutil.rmtree(story.data)
    backup(story.data, "backup", "restore", story.backup.name, "--yes", **at(shelf))
    story.start(PATIENT)
    assert missing(story.before, recorded(story, story.event)) == []
    there = converges(story, story.acknowledged)
    later = story.organisation("Po przywróceniu")
    assert later not in there
    eventually(lambda: later in on_the_map(story), 60)
    assert story.stop() == 0


def test_an_old_database_beside_a_newer_bus_comes_to_agree(story, tmp_path):
    """What is put back by hand: the databases alone, of the time before the bus went on."""
    with tarfile.open(story.backup) as tar:
        tar.extractall(tmp_path, filter="data")
    for service in SERVICES:
        for beside in ("-wal", "-shm"):
            (story.data / f"{service}.sqlite{beside}").unlink(missing_ok=True)
        shutil.copy(tmp_path / "databases" / f"{service}.sqlite", story.data / f"{service}.sqlite")
    story.start(PATIENT)
    assert missing(story.before, recorded(story, story.event)) == []
    later = story.organisation("Na starej bazie")
    eventually(lambda: later in on_the_map(story), 60)
    assert story.stop() == 0


def test_a_flipped_byte_is_found_and_is_not_put_back(story, shelf):
    broken = shelf / "osiedle-20200101T000000Z.tar"
    data = bytearray(story.backup.read_bytes())
    data[len(data) // 2] ^= 1
    broken.write_bytes(data)
    assert "damaged" in backup(story.data, "backup", "verify", broken.name, code=DAMAGED, **at(shelf))
    listed = {one["name"]: one for one in json.loads(backup(story.data, "backup", "list", "--json", **at(shelf)))}
    assert listed[broken.name]["problem"]
    assert listed[story.backup.name]["problem"] is None
    here = (story.data / "registry.sqlite").read_bytes()
    backup(story.data, "backup", "restore", broken.name, "--yes", code=DAMAGED, **at(shelf))
    assert (story.data / "registry.sqlite").read_bytes() == here
    broken.unlink()


def test_a_newer_schema_is_refused_with_what_to_do(story, shelf, tmp_path):
    newer = shelf / "osiedle-20200102T000000Z.tar"
    with tarfile.open(story.backup) as old, tarfile.open(newer, "w") as tar:
        for entry in old.getmembers():
            content = old.extractfile(entry).read()
            if entry.name == "manifest.json":
                content = json.dumps({**json.loads(content), "schemas": {"calendar": "9999"}}).encode()
                entry.size = len(content)
            (tmp_path / "one").write_bytes(content)
            with (tmp_path / "one").open("rb") as file:
                tar.addfile(entry, file)
    refused = backup(story.data, "backup", "restore", newer.name, "--yes", code=REFUSED, **at(shelf))
    assert "Update Osiedle" in refused
    newer.unlink()


def test_an_older_installation_is_backed_up_before_the_start_migrates_it_and_comes_back_migrated(story):
    older_database(story.data / "notifications.sqlite", "notifications", "0011")
    story.start(PATIENT)
    assert story.stop() == 0
    kept = [file.name for file in (story.data / "backups").glob("osiedle-*-upgrade.tar")]
    assert len(kept) == 1
    with tarfile.open(story.data / "backups" / kept[0]) as tar:
        manifest = json.load(tar.extractfile("manifest.json"))
    assert manifest["schemas"]["notifications"] == "0011"
    backup(story.data, "backup", "restore", kept[0], "--yes")
    assert revision(story.data / "notifications.sqlite") > "0011"


def test_the_nightly_run_reports_what_everybody_may_know(story, tmp_path):
    backup(story.data, "backup", "restore", str(story.backup), "--yes")
    settings = {**at(tmp_path / "shelf"), "OSIEDLE_REPORTS": str(tmp_path / "reports")}
    backup(story.data, "backup", "nightly", "--once", **settings)
    good = json.loads((tmp_path / "reports" / "backup.json").read_text())
    assert good["problem"] is None
    assert good["bytes"] == (tmp_path / "shelf" / good["name"]).stat().st_size
    (story.data / "map.sqlite").rename(tmp_path / "map.sqlite")
    backup(story.data, "backup", "nightly", "--once", code=1, **settings)
    bad = json.loads((tmp_path / "reports" / "backup.json").read_text())
    assert bad["problem"]
    assert str(tmp_path) not in bad["problem"]
    assert (bad["name"], bad["verified_at"]) == (good["name"], good["verified_at"])
    assert (tmp_path / "shelf" / good["name"]).is_file()


def older_database(file, service, version):
    """Put a database that an older program made into the place of the present one."""
    from alembic import command

    file.unlink()
    database = Database(sqlite_url(file), metadata_of(service), service)
    config = configured(service, metadata_of(service))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    database.engine.dispose()


def revision(file):
    with sqlite3.connect(file) as database:
        return database.execute("SELECT version_num FROM alembic_version").fetchone()[0]


def ids(folder, service, table, source):
    with sqlite3.connect(folder / "databases" / f"{service}.sqlite") as database:
        if table == "outbox":
            return {(f"/osiedle/{service}", row[0]) for row in database.execute("SELECT message_id FROM outbox")}
        return database.execute("SELECT source, message_id FROM inbox").fetchall()
