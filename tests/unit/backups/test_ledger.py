"""Four snapshots fit together when nobody has heard what its teller does not know."""

import pytest
from sqlalchemy import create_engine, text

from deploy.backups.ledger import Unknown, unknown
from shared.streams import SERVICES

OUTBOX = "CREATE TABLE outbox (message_id TEXT, stream TEXT, stream_sequence INTEGER)"
INBOX = "CREATE TABLE inbox (message_id TEXT, stream TEXT, stream_sequence INTEGER)"


@pytest.fixture
def snapshots():
    opened = {service: create_engine("sqlite://").connect() for service in SERVICES}
    for connection in opened.values():
        connection.execute(text(OUTBOX))
        connection.execute(text(INBOX))
    yield opened
    for connection in opened.values():
        connection.close()


def put(snapshots, service, table, *row):
    snapshots[service].execute(text(f"INSERT INTO {table} VALUES (:a, :b, :c)"), dict(zip("abc", row, strict=True)))


def test_what_is_told_and_not_yet_marked_is_known(snapshots):
    """Looking at places alone would open the snapshots again for every message that is just on its way."""
    put(snapshots, "calendar", "outbox", "one", "CALENDAR", 1)
    put(snapshots, "calendar", "outbox", "two", "CALENDAR", None)
    put(snapshots, "map", "inbox", "one", "CALENDAR", 1)
    put(snapshots, "map", "inbox", "two", "CALENDAR", 2)
    assert unknown(snapshots) == set()


def test_what_its_teller_does_not_know_is_found_also_of_people(snapshots):
    put(snapshots, "calendar", "outbox", "one", "CALENDAR", 1)
    put(snapshots, "map", "inbox", "two", "CALENDAR", 2)
    put(snapshots, "notifications", "inbox", "anna", "PEOPLE", 7)
    assert unknown(snapshots) == {Unknown("map", "CALENDAR", "two"), Unknown("notifications", "PEOPLE", "anna")}


def test_what_was_told_long_ago_is_not_looked_up(snapshots):
    """Outboxes are tidied sooner than somebody's inbox may be."""
    put(snapshots, "calendar", "outbox", "new", "CALENDAR", 900)
    put(snapshots, "map", "inbox", "old", "CALENDAR", 3)
    put(snapshots, "calendar", "inbox", "from a partner", "MUNICIPAL_ROADS", 1)
    assert unknown(snapshots) == set()


def test_an_inbox_of_before_places_were_noted_is_taken_as_it_is(snapshots):
    snapshots["map"].execute(text("DROP TABLE inbox"))
    snapshots["map"].execute(text("CREATE TABLE inbox (message_id TEXT)"))
    assert unknown(snapshots) == set()
