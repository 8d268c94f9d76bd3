"""Somebody is erased while a listener is away and a message waits for it: afterwards they are in no byte of ours."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.system.overhearing import stored
from tests.system.stack import SERVICES, command, event, eventually

NAME, OLD_NAME = "Bronisława Zaznaczona", "Bronia Dawniejsza"
EMAIL, OLD_EMAIL = "bronislawa@nowa.zaznaczona.pl", "bronia@dawna.zaznaczona.pl"
PHONE = "+48 601 777 333"
PUBLIC_PHONE, DIALLED = "+48 602 888 444", "+48602888444"
KEY_NAME = "Zaznaczona drukarka"
MARKED = (
    NAME,
    OLD_NAME,
    EMAIL,
    OLD_EMAIL,
    PHONE,
    KEY_NAME,
    "zaznaczona.pl",
    "Zaznaczona",
    "Dawniejsza",
    "777 333",
    "888 444",
    DIALLED,
)
API = "/registry/api/v1"
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def erased(village):
    """Let somebody live here among others, change while notifications are away, be erased, and be confirmed gone."""
    club, school = village.organisation("Klub Seniora"), village.organisation("Szkoła")
    neighbours = [village.person(f"Sąsiadka {number}", school, f"n{number}@example.org") for number in range(3)]
    contacts = [{"kind": "email", "value": OLD_EMAIL}, {"kind": "phone", "value": PHONE, "visibility": "partners"}]
    contacts.append({"kind": "phone", "value": PUBLIC_PHONE, "visibility": "public"})
    roles = [{"organisation_id": club, "role": "coordinator"}]
    body = {"name": OLD_NAME, "memberships": roles, "contacts": contacts}
    made = village.ask("POST", f"{API}/people", status=201, json=body, headers={"Idempotency-Key": "made"}).json()
    neighbours += [village.person(f"Sąsiad {number}", school, f"m{number}@example.org") for number in range(3)]
    live(village, made["id"], club, school)
    eventually(lambda: DIALLED in village.ask("GET", "/map/api/v1/places").text)
    assert DIALLED.encode() in databases(village, "map")
    assert DIALLED.encode() in streams(village)
    assert [word for word in (OLD_NAME, OLD_EMAIL) if word.encode() not in everything(village)] == []

    village.kill("notifications")
    move(village, made)
    eventually(lambda: NAME.encode() in streams(village))
    etag = village.ask("GET", f"{API}/people/{made['id']}", status=200).headers["etag"]
    alerts = count(village)
    village.ask("DELETE", f"{API}/people/{made['id']}", status=200, headers={"If-Match": etag})
    eventually(lambda: confirmed(village, made["id"]) == {"registry", "calendar", "map"}, 30)
    village.start("notifications")
    eventually(lambda: confirmed(village, made["id"]) == set(SERVICES), 60)
    return {"id": made["id"], "club": club, "alerts": alerts, "neighbours": neighbours}


def live(village, person_id, club, school):
    """Sign the person in, let them make a key, plan an event that collides, and be alerted and written to."""
    link = command(village.data, "services.registry", "sign-in-link", "--person", OLD_NAME, PORT=port(village)).strip()
    village.sign_in(link)
    token = command(village.data, "services.registry", "token", "--person", OLD_NAME).strip()
    by = {"Authorization": f"Bearer {token}", "Idempotency-Key": "once"}
    village.ask("POST", f"{API}/keys", status=201, json={"name": KEY_NAME, "scopes": ["calendar:read"]}, headers=by)
    hall = village.venue("Sala", club, one_at_a_time=False, capacity=10)
    mine = event("Wieczorek", hall, club, expected_participants=9)
    village.ask("POST", "/calendar/api/v1/events", status=201, json=mine, headers=by)
    village.plan("Próba chóru", hall, school, expected_participants=9)
    eventually(lambda: [one for one in village.alerts(limit=200) if one["person_id"] == person_id], 30)
    eventually(lambda: [one for one in mails(village) if OLD_EMAIL.encode() in one], 30)
    address = f"{village.addresses['registry']}/registry/own-data/ask"
    village.http.post(address, data={"email": OLD_EMAIL})
    eventually(lambda: [one for one in mails(village) if b"own-data?key" in one], 30)


def move(village, made):
    """Change name and address while notifications are away: the message waits for them."""
    path = f"{API}/people/{made['id']}"
    etag = village.ask("GET", path, status=200).headers["etag"]
    village.ask("PATCH", path, status=200, json={"name": NAME}, headers={"If-Match": etag})
    email = next(one for one in village.get(path)["contacts"] if one["kind"] == "email")
    address = f"{path}/contacts/{email['id']}"
    etag = village.ask("GET", address, status=200).headers["etag"]
    village.ask("PATCH", address, status=200, json={"value": EMAIL}, headers={"If-Match": etag})


def confirmed(village, person_id):
    report = village.get(f"{API}/people/{person_id}/erasure")
    return {one["service"] for one in report["services"] if one["confirmed_at"]}


def count(village):
    """Count the alerts of everybody in the table itself: administrators do not see those of the erased."""
    with closing(sqlite3.connect(f"file:{village.data}/notifications.sqlite?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT count(*) FROM alert").fetchone()[0]


def port(village):
    return str(village.ports["registry"])


def mails(village):
    return [file.read_bytes() for file in (village.data / "mail").glob("*")]


def databases(village, service="*"):
    return read_all(village.data.glob(f"{service}.sqlite*"))


def read_all(files):
    return b"\n".join(file.read_bytes() for file in files if Path(file).is_file())


def streams(village):
    """Read every message of every stream, with its headers."""
    heard = asyncio.run(stored(village.data))
    return b"\n".join(carried for messages in heard.values() for _, carried in messages)


def everything(village):
    return databases(village) + streams(village)


def left_in(content):
    return [word for word in MARKED if word.encode() in content]


def test_no_byte_of_any_database_file_has_them(village, erased):
    assert left_in(databases(village)) == []


def test_no_message_of_any_stream_has_them(village, erased):
    assert left_in(streams(village)) == []


def test_no_file_of_the_bus_has_them(village, erased):
    assert left_in(read_all((village.data / "nats").rglob("*"))) == []


def test_no_kept_mail_has_them(village, erased):
    assert left_in(b"\n".join(mails(village))) == []
    assert [one for one in mails(village) if erased["id"].encode() in one] == []


def test_no_other_file_has_them_and_no_log(village, erased):
    assert left_in(read_all(village.data.rglob("*"))) == []
    assert left_in(read_all(village.data.parent.glob("*.log"))) == []


def test_no_answer_has_them(village, erased):
    paths = [f"{API}/people?limit=200", f"{API}/audit?limit=200", f"{API}/organisations/{erased['club']}/contacts"]
    paths += ["/notifications/api/v1/alerts?limit=200", "/notifications/api/v1/deliveries?limit=200"]
    paths += ["/calendar/api/v1/events?limit=200", "/calendar/feed.ics", "/map/api/v1/places?limit=200"]
    answers = [village.ask("GET", path, status=200).content for path in paths]
    pages = ["/registry/", f"/registry/organisations/{erased['club']}", "/calendar/", "/map/", "/"]
    answers += [village.ask("GET", path, headers={"Accept": "text/html"}).content for path in pages]
    assert left_in(b"\n".join(answers)) == []
    village.ask("GET", f"{API}/people/{erased['id']}", status=404)


def test_the_organisation_its_events_and_the_counts_are_still_there(village, erased):
    assert village.get(f"{API}/organisations/{erased['club']}")["name"] == "Klub Seniora"
    [shown] = village.get("/map/api/v1/places", kind="organisation", q="Klub")["items"]
    assert (shown["name"], shown["contacts"]) == ("Klub Seniora", [])
    titles = {one["title"] for one in village.get("/calendar/api/v1/events", organisation=erased["club"])["items"]}
    assert "Wieczorek" in titles
    listed = {one["id"] for one in village.get(f"{API}/people", limit=200)["items"]}
    assert set(erased["neighbours"]) <= listed
    assert count(village) == erased["alerts"] > 0


def test_everything_still_works_for_the_others(village, erased):
    """Whoever is told next is told; the erased person's organisation has nobody, and is told itself."""
    hall = village.venue("Świetlica", erased["club"], one_at_a_time=False, capacity=10)
    first = village.plan("Szachy", hall, erased["club"], expected_participants=9, days=40)
    second = village.plan("Warcaby", hall, erased["club"], expected_participants=9, days=40)
    eventually(
        lambda: [
            one
            for one in village.alerts(limit=200)
            if set(one["event_ids"]) == {first["id"], second["id"]} and one["organisation_id"] == erased["club"]
        ],
        30,
    )


def test_a_power_cut_brings_nobody_back(village, erased):
    for service in ("registry", "notifications", "nats"):
        village.kill(service)
    village.start_bus()
    eventually(lambda: village.programs["nats"].printed.count("NATS answers") == 2, 30)
    for service in ("registry", "notifications"):
        village.start(service)
    eventually(lambda: confirmed(village, erased["id"]) == set(SERVICES), 30)
    assert left_in(everything(village)) == []
