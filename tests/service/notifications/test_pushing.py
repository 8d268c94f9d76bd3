"""Addresses of other networks: added by whom they reach, kept as a secret, tried again, and never a way inside."""

import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from services.notifications.app import create_app
from services.notifications.clients.pushing import ApprisePushers, ConsolePushers
from services.notifications.clients.pushing_once import Guard
from services.notifications.domain.pushing import WAITS
from services.notifications.jobs.pushing import push_due
from services.notifications.settings import Settings
from shared.identifiers import new_id
from shared.messages import calendar
from shared.messages.registry import PersonErased
from shared.people import Person
from tests.harness import quiet, running
from tests.service.notifications.builders import a_conflict, a_person_of, an_organisation, the_same

CHANNELS = "/notifications/settings/channels"
TOPIC = "ntfys://ntfy.example.org/moj-tajny-temat"


@pytest.fixture
async def service_running(database_url, tmp_path):
    values = quiet(database_url=database_url, data=tmp_path, apprise_schemes="ntfys, TGRAM")
    async with running(create_app, Settings(**values)) as service:
        yield service


@pytest.fixture
async def anna(service_running):
    organisation = an_organisation()
    told = a_person_of(organisation.id)
    await service_running.deliver(organisation, told)
    return Person(id=told.id, roles={organisation.id: "coordinator"})


class Recording:
    """Keeps what is sent, and fails as it is told."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.sent = []

    async def fault_of(self, url):
        return None

    async def send(self, url, title, text):
        self.sent.append((url, title, text))
        return self.errors.pop(0) if self.errors else None


def pushing(service, pushers):
    return push_due(service.app.state.settings, service.database, pushers)


async def added(service, person, url=TOPIC, **form):
    async with service.browser(person) as browser:
        return await browser.post(f"{CHANNELS}/push", data={"url": url, **form})


def organisation_of(person):
    return next(iter(person.roles))


async def test_an_alert_reaches_the_address_that_its_person_added(service_running, anna):
    assert (await added(service_running, anna)).status_code == 303
    await service_running.deliver(a_conflict(organisation_ids=(organisation_of(anna),)))
    pushers = Recording()

    await pushing(service_running, pushers)
    await pushing(service_running, pushers)

    [(url, title, text)] = pushers.sent
    assert url == TOPIC
    assert title.startswith("Kolizja")
    assert text.endswith("http://osiedle.test/calendar/conflicts/c")
    assert [row.state for row in await service_running.rows("push_delivery")] == ["sent"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("json://127.0.0.1/x", "nie są tu dozwolone"),
        ("ntfy://ntfy.sh/x", "nie są tu dozwolone"),
        ("https://example.org", "nie są tu dozwolone"),
        ("ntfys://", "w zapisie apprise"),
        ("ntfys://a b", "w zapisie apprise"),
        ("ntfy.sh/x", "w zapisie apprise"),
        ("", "w zapisie apprise"),
    ],
)
async def test_an_address_that_is_not_allowed_is_refused_in_words(service_running, anna, url, words):
    answer = await added(service_running, anna, url)
    assert answer.status_code == 422
    assert words in answer.text
    assert await service_running.rows("push_address") == []


async def test_the_address_is_a_secret_on_every_page_and_in_every_log(service_running, anna, caplog):
    caplog.set_level(logging.DEBUG)
    await added(service_running, anna)
    async with service_running.browser(anna) as browser:
        page = await browser.get(CHANNELS)
        await browser.post(f"{CHANNELS}/push/{(await service_running.rows('push_address'))[0].id}/test")
    await pushing(service_running, ConsolePushers())

    assert "ntfys://…" in page.text
    history = [json.dumps(row.changes) for row in await service_running.rows("history")]
    for text in (page.text, caplog.text, *history):
        assert "moj-tajny-temat" not in text


async def test_an_institution_hears_once_however_many_its_people(service_running, anna):
    organisation_id = organisation_of(anna)
    await service_running.deliver(a_person_of(organisation_id, email="jan@example.org"))
    await added(service_running, anna, organisation_id=organisation_id)
    foreign = await added(service_running, anna, organisation_id=new_id())
    await service_running.deliver(a_conflict(organisation_ids=(organisation_id,)))
    pushers = Recording()
    await pushing(service_running, pushers)

    assert foreign.status_code == 403
    assert len(pushers.sent) == 1
    member = Person(id=new_id(), roles={organisation_id: "member"})
    assert (await added(service_running, member, organisation_id=organisation_id)).status_code == 403


async def test_what_fails_is_tried_again_later_and_an_address_nobody_answers_at_is_turned_off(
    service_running, anna, monkeypatch
):
    from shared import clock

    await added(service_running, anna)
    await service_running.deliver(a_conflict(organisation_ids=(organisation_of(anna),)))
    now = clock.now()
    pushers = Recording(*["it was not taken"] * 20)
    waits = []
    for _ in range(len(WAITS) + 1):
        monkeypatch.setattr(clock, "now", lambda at=now: at)
        await pushing(service_running, pushers)
        [row] = await service_running.rows("push_delivery")
        waits.append(row.due_at - now)
        now = max(now, row.due_at)

    assert len(pushers.sent) == len(WAITS) + 1
    assert all(wait <= found <= wait * 1.2 for wait, found in zip(WAITS, waits, strict=False))
    assert (row.state, row.error) == ("given_up", "it was not taken")
    [address] = await service_running.rows("push_address")
    assert (address.active, address.off_because) == (False, "failing")
    monkeypatch.undo()  # whoever signs in does so now
    async with service_running.browser(anna) as browser:
        page = await browser.get(CHANNELS)
        await browser.post(f"{CHANNELS}/push/{address.id}/test")
    assert "Nic już tam nie docierało." in page.text
    await pushing(service_running, Recording())
    [address] = await service_running.rows("push_address")
    assert address.active


async def test_a_test_is_tried_once_and_says_what_came_of_it(service_running, anna):
    await added(service_running, anna)
    [address] = await service_running.rows("push_address")
    async with service_running.browser(anna) as browser:
        await browser.post(f"{CHANNELS}/push/{address.id}/test")
        await pushing(service_running, Recording("it took too long"))
        page = await browser.get(CHANNELS)
    assert "Nie udało się wysłać" in page.text
    assert "it took too long" in page.text


async def test_quiet_hours_muted_kinds_and_newer_news_hold_for_it_too(service_running, anna):
    await added(service_running, anna)
    conflict = a_conflict(organisation_ids=(organisation_of(anna),))
    await service_running.deliver(
        conflict, the_same(conflict, calendar.ConflictChanged, severity="blocking", reason=conflict.reason)
    )
    pushers = Recording()
    await pushing(service_running, pushers)
    async with service_running.browser(anna) as browser:
        await browser.post("/notifications/settings", data={"mail": "true", "kind": "booking_requested"})
    await service_running.deliver(a_conflict(organisation_ids=(organisation_of(anna),)))

    assert len(pushers.sent) == 1
    assert sorted(row.state for row in await service_running.rows("push_delivery")) == ["overtaken", "sent"]


async def test_what_the_operator_allows_no_more_is_turned_off(service_running, anna, tmp_path, database_url):
    await added(service_running, anna)
    await service_running.deliver(a_conflict(organisation_ids=(organisation_of(anna),)))
    settings = Settings(**quiet(database_url=database_url, data=tmp_path, apprise_schemes="tgram"))
    pushers = Recording()
    await push_due(settings, service_running.database, pushers)

    assert pushers.sent == []
    [address] = await service_running.rows("push_address")
    assert (address.active, address.off_because) == (False, "not_allowed")


async def test_it_goes_with_the_person_and_is_nobody_elses(service_running, anna):
    await added(service_running, anna)
    [address] = await service_running.rows("push_address")
    async with service_running.browser(Person(id=new_id())) as browser:
        for what in ("test", "remove"):
            assert (await browser.post(f"{CHANNELS}/push/{address.id}/{what}")).status_code == 404
    await service_running.deliver(PersonErased(id=anna.id, version=2))
    assert await service_running.rows("push_address") == []


class Answering(BaseHTTPRequestHandler):
    """A little server that keeps what is posted to it."""

    def do_POST(self):
        self.server.got.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def inner_server():
    server = HTTPServer(("127.0.0.1", 0), Answering)
    server.got = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


async def test_apprise_reaches_what_the_operator_allows_and_nothing_else_inside(inner_server):
    port = inner_server.server_address[1]
    url = f"json://localhost:{port}/x"
    refused = await ApprisePushers(seconds=60).send(url, "Tytuł", "Treść")
    other_port = await ApprisePushers(allowed=("localhost",), seconds=60).send(url, "Tytuł", "Treść")
    assert inner_server.got == []
    sent = await ApprisePushers(allowed=(f"localhost:{port}",), seconds=60).send(url, "Tytuł", "Treść")

    assert refused == other_port == "this address is not on the public internet"
    assert sent is None
    [body] = inner_server.got
    assert (json.loads(body)["title"], json.loads(body)["message"]) == ("Tytuł", "Treść")


async def test_apprise_says_what_it_does_not_understand_and_what_lies_inside():
    fault_of = ApprisePushers(seconds=60).fault_of
    assert await fault_of("nothing://x") == "unknown"
    assert await fault_of("ntfys://localhost/topic") == "inside"
    assert await fault_of("tgram://123456789:abcdefghijklmnopqrstuvwxyz-abcdefgh/12315544/") is None


async def test_who_takes_too_long_is_ended():
    assert await ApprisePushers(seconds=0.01).send(TOPIC, "x", "y") == "it took too long"


@pytest.mark.parametrize(
    ("event", "place"),
    [
        ("socket.connect", ("127.0.0.1", 443)),
        ("socket.connect", ("10.0.0.1", 80)),
        ("socket.connect", ("::1", 443, 0, 0)),
        ("socket.connect", ("169.254.169.254", 80)),
        ("socket.connect", ("93.184.215.14", 25)),
        ("socket.sendto", ("127.0.0.1", 514)),
        ("socket.connect", "/run/dbus/system_bus_socket"),
    ],
)
def test_each_connection_is_looked_at_when_it_is_made(event, place):
    import socket

    guard = Guard(())
    used = type("Used", (), {"family": socket.AF_INET if isinstance(place, tuple) else socket.AF_UNIX})
    with pytest.raises(ConnectionRefusedError):
        guard(event, (used, place))
    with pytest.raises(ConnectionRefusedError):
        guard("subprocess.Popen", ("ls", [], None, None))
    guard("socket.connect", (used, ("93.184.215.14", 443))) if isinstance(place, tuple) else None
    assert guard.has_refused
