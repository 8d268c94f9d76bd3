"""The operator's commands over all services, on databases whose services do not run."""

import json

import pytest
from sqlalchemy import create_engine, insert, select
from typer.testing import CliRunner

from deploy.__main__ import cli
from deploy.services import app_of, settings_of
from services.map.models import Base as MapBase
from services.registry.models import Base as RegistryBase
from shared import clock
from shared.migrations import migrate

RUN = CliRunner()


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Name a data folder as `make run` would."""
    monkeypatch.setenv("DATA", str(tmp_path))
    return tmp_path


def rows(data, service, table):
    engine = create_engine(f"sqlite:///{data}/{service}.sqlite")
    try:
        with engine.connect() as connection:
            return connection.execute(select(table)).all()
    finally:
        engine.dispose()


def test_an_administrator_is_invited_by_a_link_where_no_mail_leaves(data):
    done = RUN.invoke(cli, ["invite", "ala@example.org", "--json"])
    assert done.exit_code == 0, done.output
    assert "/registry/invitation?key=" in json.loads(done.stdout)["link"]
    [row] = rows(data, "registry", RegistryBase.metadata.tables["invitation"])
    assert (row.email, row.administrator, row.language) == ("ala@example.org", True, "pl")


def test_with_a_mail_server_a_letter_is_ordered_and_no_link_is_shown(data, monkeypatch):
    monkeypatch.setenv("OSIEDLE_MAIL", "smtp")
    done = RUN.invoke(cli, ["invite", "ala@example.org", "--role", "neighbourhood-coordinator", "--language", "en"])
    assert done.exit_code == 0, done.output
    assert "A letter goes to ala@example.org." in done.stdout
    assert "key=" not in done.stdout
    [letter] = rows(data, "registry", RegistryBase.metadata.tables["letter"])
    assert letter.state == "due"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody", "--role", "administrator"], "e-mail address"),
        (["ala@example.org", "--role", "leader"], "organisation"),
        (["ala@example.org", "--role", "leader", "--organisation", "Nikt"], "No organisation"),
    ],
)
def test_what_cannot_be_invited_is_one_sentence(data, arguments, words):
    done = RUN.invoke(cli, ["invite", *arguments])
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    assert words.lower() in done.stderr.lower()


@pytest.fixture
def aside(data):
    """Let the map have set one message aside; the other services have databases with nothing in them."""
    for service in ("registry", "calendar", "map", "notifications"):
        app = app_of(service, settings_of(service, None))
        metadata = app.state.database.outbox_table.metadata
        migrate(app.state.database.engine, service, metadata)
        app.state.database.engine.dispose()
    now = clock.now()
    table = MapBase.metadata.tables["set_aside"]
    values = {
        "id": "aside-1",
        "consumer": "map",
        "source": "calendar",
        "message_id": "m1",
        "stream": "CALENDAR",
        "stream_sequence": 7,
        "subject": "osiedle.calendar.event.planned.v1.e1",
        "headers": {},
        "body": b"{}",
        "attempts": 8,
        "error": "KeyError",
        "fingerprint": "f",
        "state": "waiting",
        "first_at": now,
        "last_at": now,
    }
    engine = create_engine(f"sqlite:///{data}/map.sqlite")
    with engine.begin() as connection:
        connection.execute(insert(table).values({name: one for name, one in values.items() if name in table.c}))
    engine.dispose()
    return "aside-1"


def test_what_was_set_aside_is_found_in_whichever_service_has_it(data, aside):
    listed = json.loads(RUN.invoke(cli, ["set-aside", "list", "--json"]).stdout)
    assert [(one["service"], one["id"]) for one in listed] == [("map", aside)]
    assert "Nothing was set aside." in RUN.invoke(cli, ["set-aside", "list", "calendar"]).stdout
    assert json.loads(RUN.invoke(cli, ["set-aside", "show", aside]).stdout)["service"] == "map"
    assert RUN.invoke(cli, ["set-aside", "discard", aside]).stdout == "map: discarded\n"
    assert json.loads(RUN.invoke(cli, ["set-aside", "list", "--json"]).stdout) == []


def test_who_asks_for_what_is_nowhere_is_told_so(data, aside):
    for arguments in (["set-aside", "show", "none"], ["set-aside", "list", "nowhere"], ["demo", "remove", "--yes"]):
        done = RUN.invoke(cli, arguments)
        assert done.exit_code == 1
        assert done.stderr.count("\n") == 1
