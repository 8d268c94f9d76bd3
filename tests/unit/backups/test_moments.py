"""Snapshots are opened again until they fit together, and a trace of an old accident does not hinder a backup."""

from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, text

from deploy.backups import making
from deploy.backups.manifest import BackupProblem
from shared.streams import SERVICES
from tests.unit.backups.test_ledger import INBOX, OUTBOX


class Opened:
    def __init__(self, connection):
        self.connection = connection

    def dump(self, file):
        file.write_text("dumped")


class Moments:
    """Databases in which the map has heard what the calendar does not know, otherwise from opening to opening."""

    suffix = ".sqlite"

    def __init__(self, heard):
        self.heard = heard
        self.opened = 0

    @contextmanager
    def snapshots(self):
        connections = {service: create_engine("sqlite://").connect() for service in SERVICES}
        for connection in connections.values():
            for statement in (OUTBOX, INBOX, "CREATE TABLE alembic_version AS SELECT '0001' AS version_num"):
                connection.execute(text(statement))
        for message_id in self.heard(self.opened):
            connections["map"].execute(text("INSERT INTO inbox VALUES (:id, 'CALENDAR', 5)"), {"id": message_id})
        self.opened += 1
        yield {service: Opened(connection) for service, connection in connections.items()}
        for connection in connections.values():
            connection.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(making, "PAUSE_SECONDS", 0)


def test_what_was_heard_between_two_openings_brings_a_third(tmp_path):
    databases = Moments(lambda number: ["on its way"] if number == 0 else [])
    schemas, rows, warnings = making.keep_databases(databases, tmp_path)
    assert (databases.opened, warnings) == (2, [])
    assert schemas == dict.fromkeys(SERVICES, "0001")
    assert rows["map"]["inbox"] == 0
    assert len(list(tmp_path.iterdir())) == 4


def test_what_stays_unknown_is_of_long_ago_and_becomes_a_warning(tmp_path):
    databases = Moments(lambda _: ["lost with an old backup"])
    assert "lost with an old backup" in making.keep_databases(databases, tmp_path)[2][0]
    assert databases.opened == 2


def test_where_they_never_fit_nothing_is_kept(tmp_path):
    databases = Moments(lambda number: [f"message {number}"])
    with pytest.raises(BackupProblem, match="did not come to agree"):
        making.keep_databases(databases, tmp_path)
    assert databases.opened == making.TRIES
    assert list(tmp_path.iterdir()) == []
