"""Municipal systems come and go while everything runs, by the operator's command line; every door answers clearly."""

import asyncio
import contextlib
import json
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError

from shared.nkeys import sign_in
from tests.system.stack import command, eventually

IN_EFFECT_SECONDS = 5
ANNOUNCED = "municipal.closure.announced.v1"


def partner(data, *arguments):
    return command(data, "deploy", "partner", *arguments)


def added(data, name):
    return json.loads(partner(data, "add", name, "--json"))


def a_closure(**values):
    start = datetime.now(UTC) + timedelta(days=3)
    return {
        "id": f"closure-{uuid.uuid4().hex[:8]}",
        "title": {"pl": "Zamknięta ulica", "en": "Street closed"},
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=8)).isoformat(),
        "latitude": 50.08,
        "longitude": 19.92,
        **values,
    }


def headers_of(message_id=None, **more):
    return {"ce-specversion": "1.0", "ce-id": message_id or str(uuid.uuid4()), "ce-type": ANNOUNCED, **more}


def facts(stack):
    return {one["title"]["en"]: one["partner"] for one in stack.get("/calendar/api/v1/facts")["items"]}


@contextlib.asynccontextmanager
async def connected(data, name):
    login = (data / "partners" / f"{name}.creds").read_text()
    client = Client()  # `nats.connect` leaves the socket of a refused one open
    try:
        url = (data / "nats" / "url").read_text().strip()
        await client.connect(url, **sign_in(login), allow_reconnect=False, connect_timeout=2)
        yield client
    finally:
        await client.close()


async def is_refused(url, creds):
    """Try to come in, in vain."""
    client = Client()
    try:
        with pytest.raises(NatsError):
            await client.connect(url, **sign_in(creds), allow_reconnect=False, connect_timeout=2)
    finally:
        await client.close()


async def asked(client, name, body, headers, seconds=20):
    """Ask at the door that answers."""
    message = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = await client.request(f"municipal.{name}.submit", message, headers=headers, timeout=seconds)
    return json.loads(answer.data)


async def posted(address, key, headers):
    """Post a closure and give the answer's status."""
    signed = {"Authorization": f"Bearer {key}", **headers}
    return (await asyncio.to_thread(httpx.post, address, json=a_closure(), headers=signed)).status_code


async def test_a_partner_that_is_added_comes_in_by_every_door_at_once(town):
    """Fails where partners are read when the calendar starts: this one would be heard after the next start only."""
    handed_over = added(town.data, "city-parks")
    assert handed_over["in_effect"] is True
    async with connected(town.data, "city-parks") as client:
        answer = await asked(client, "city-parks", a_closure(title={"pl": "P", "en": "Asked"}), headers_of("1"))
        assert answer == {"status": "accepted", "id": "1"}
        stored = a_closure(title={"pl": "M", "en": "Stored"})
        subject, body = "municipal.city-parks.closure.announced.v1.1", json.dumps(stored).encode()
        written = await client.jetstream().publish(subject, body, headers=headers_of("2"))
    assert written.stream == "MUNICIPAL_CITY-PARKS"
    address = f"{town.address}/calendar/api/v1/municipal/city-parks/messages"
    assert await posted(address, handed_over["key"], headers_of("3")) == 202
    expected = dict.fromkeys(("Asked", "Stored", "Street closed"), "city-parks")
    eventually(lambda: expected.items() <= facts(town).items())
    [row] = [one for one in json.loads(partner(town.data, "list", "--json")) if one["partner"] == "city-parks"]
    assert (row["waiting"], row["set_aside"], row["revoked"]) == (0, 0, None)
    assert row["last_heard"]


async def test_a_partner_that_is_revoked_is_out_within_seconds_and_what_it_told_stays(town):
    """Fails where only the row goes (the connection stays open), or only the account (the key for HTTP holds)."""
    handed_over = added(town.data, "gasworks")
    address = f"{town.address}/calendar/api/v1/municipal/gasworks/messages"
    creds = await asyncio.to_thread(Path(handed_over["credentials"]).read_text)
    async with connected(town.data, "gasworks") as client:
        body = a_closure(title={"pl": "G", "en": "Gas"})
        assert (await asked(client, "gasworks", body, headers_of()))["status"] == "accepted"
        began = time.monotonic()
        assert "may come in no more" in await asyncio.to_thread(partner, town.data, "revoke", "gasworks")
        told = time.monotonic()
        while not client.is_closed:
            assert time.monotonic() - told < IN_EFFECT_SECONDS
            await asyncio.sleep(0.02)
    assert await posted(address, handed_over["key"], headers_of()) == 401
    await is_refused(town_url(town), creds)
    print(f"out {time.monotonic() - told:.3f} s after the command, which took {told - began:.1f} s")
    assert facts(town)["Gas"] == "gasworks"
    again = added(town.data, "gasworks")
    assert again["key"] != handed_over["key"]
    assert await posted(address, handed_over["key"], headers_of()) == 401
    await is_refused(town_url(town), creds)
    async with connected(town.data, "gasworks") as client:
        assert (await asked(client, "gasworks", a_closure(), headers_of()))["status"] == "accepted"


def test_adding_twice_keeps_what_was_handed_over_and_a_new_key_ends_the_old_one(town):
    """Fails where each adding makes a new key, or where any partner's key opens every partner's door."""
    first = added(town.data, "trams")
    creds = Path(first["credentials"]).read_text()
    second = added(town.data, "trams")
    assert second["key"] is None
    third = json.loads(partner(town.data, "add", "trams", "--new-key", "--json"))
    assert third["key"] not in (None, first["key"])
    assert creds.splitlines()[-2] in Path(third["credentials"]).read_text()
    assert partner(town.data, "creds", "trams") == Path(third["credentials"]).read_text()
    for key, status in ((first["key"], 401), (third["key"], 202)):
        address = f"{town.address}/calendar/api/v1/municipal/trams/messages"
        answer = httpx.post(address, json=a_closure(), headers={"Authorization": f"Bearer {key}", **headers_of()})
        assert answer.status_code == status
    roads = f"{town.address}/calendar/api/v1/municipal/roads/messages"
    answer = httpx.post(roads, json=a_closure(), headers={"Authorization": f"Bearer {third['key']}", **headers_of()})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("add", "Roads"), "small letters"),
        (("add", "x"), "2 to 32"),
        (("add", "a.b"), "small letters"),
        (("revoke", "nobody"), "No partner nobody is let in"),
        (("creds", "nobody"), "There is no login for nobody"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(town, arguments, says):
    """Fails where a name is not looked at, or where revoking whom nobody knows is said to be done."""
    with pytest.raises(AssertionError, match=says):
        partner(town.data, *arguments)


BAD = {
    "not JSON": (b"{", {}, ""),
    "nothing": (b"", {}, ""),
    "too deep": (b'{"id": ' + b"[" * 2000 + b"]" * 2000 + b"}", {}, ""),
    "an unknown type": (a_closure(), {"ce-type": "municipal.parade.announced.v1"}, ""),
    "an unknown version": (a_closure(), {"ce-type": "municipal.closure.announced.v9"}, ""),
    "another service's type": (a_closure(), {"ce-type": "calendar.fact.announced.v1"}, ""),
    "a time without an offset": (a_closure(starts_at="2027-01-01T10:00:00"), {}, "/starts_at"),
    "an end before the start": (a_closure(ends_at="2020-01-01T10:00:00Z"), {}, "/ends_at"),
    "no such latitude": (a_closure(latitude=91), {}, "/latitude"),
    "a field nobody knows": (a_closure(radius=5), {}, "/radius"),
    "braces": (a_closure(), {"ce-type": "{0.__class__}"}, ""),
}


async def test_whatever_is_wrong_is_told_to_the_sender_and_stops_nobody(town):
    """Fails where only what is right is answered: whoever sent the rest would wait, or never be told."""
    async with connected(town.data, "roads") as client:
        told = {}

        async def note(message):
            told[message.subject.rpartition(".")[2]] = json.loads(message.data)

        await client.subscribe("municipal.roads.rejected.>", cb=note)
        for name, (body, headers, pointer) in BAD.items():
            message_id = f"bad-{uuid.uuid4().hex[:8]}"
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            problem = await asked(client, "roads", content, headers_of(message_id) | headers)
            assert (problem["status"], problem["type"]) == (422, "urn:osiedle:problem:message-refused"), name
            assert pointer in [one["pointer"] for one in problem["errors"]], (name, problem)
            subject = "municipal.roads.closure.announced.v1.bad"
            await client.jetstream().publish(subject, content, headers=headers_of(message_id) | headers)
            await eventually_async(lambda id=message_id: id in told)
            assert told[message_id]["errors"] == problem["errors"], name
            assert (told[message_id]["id"], told[message_id]["subject"]) == (message_id, subject), name
        problem = await asked(client, "roads", b'"' + b"x" * 100_000 + b'"', headers_of())
        assert (problem["status"], problem["type"]) == (413, "urn:osiedle:problem:too-large")
        good = await asked(client, "roads", a_closure(), headers_of())
        assert good["status"] == "accepted"
    [row] = [one for one in json.loads(partner(town.data, "list", "--json")) if one["partner"] == "roads"]
    assert row["set_aside"] == len(BAD)


async def test_what_comes_again_or_late_has_no_effect_and_the_sender_is_told(town):
    """Fails where all that is well formed is said to be accepted: a partner would believe that its old state holds."""
    added(town.data, "roads")
    closure = a_closure(title={"pl": "W", "en": "Versions"}, version=2)
    async with connected(town.data, "roads") as client:
        first = headers_of("again-1")
        assert (await asked(client, "roads", closure, first))["status"] == "accepted"
        assert await asked(client, "roads", closure, first) == {"status": "duplicate", "id": "again-1"}
        old = await asked(client, "roads", {**closure, "version": 1, "title": {"pl": "S", "en": "Old"}}, headers_of())
        assert (old["status"], "newer" in old["detail"]) == ("duplicate", True)
    assert {"Versions": "roads"}.items() <= facts(town).items()
    assert "Old" not in facts(town)


async def test_the_same_id_from_two_partners_is_two_messages_and_nobody_speaks_for_another(town):
    """Fails where the source that a message claims is taken for true: the second would be a repeat, or another's."""
    for name in ("roads", "culture"):
        async with connected(town.data, name) as client:
            forged = headers_of("shared-id", **{"ce-source": "/municipal/police", "reply_to": "osiedle.people.x"})
            body = a_closure(id="one-and-the-same", title={"pl": "K", "en": f"Told by {name}"})
            assert (await asked(client, name, body, forged))["status"] == "accepted"
    assert {"Told by roads": "roads", "Told by culture": "culture"}.items() <= facts(town).items()


def test_over_http_what_is_wrong_is_told_as_the_other_doors_tell_it(town):
    """Fails where a fault is told without its pointer, or where only the binary form is taken."""
    key = json.loads(partner(town.data, "add", "buses", "--new-key", "--json"))["key"]
    address = f"{town.address}/calendar/api/v1/municipal/buses/messages"
    signed = {"Authorization": f"Bearer {key}"}

    def post(status, **request):
        answer = httpx.post(address, **request)
        assert answer.status_code == status, answer.text
        return answer.json()

    faults = post(422, json=a_closure(latitude=91), headers=signed | headers_of())["errors"]
    assert [fault["pointer"] for fault in faults] == ["/latitude"]
    post(401, json=a_closure(), headers=headers_of())
    post(401, json=a_closure(), headers=headers_of(Authorization="Bearer osp_nobodys"))
    post(413, content=b'"' + b"x" * 100_000 + b'"', headers=signed | headers_of(**{"Content-Type": "application/json"}))
    post(415, content=b"id: 1", headers=signed | headers_of(**{"Content-Type": "text/yaml"}))
    structured = {"specversion": "1.0", "id": "whole", "type": ANNOUNCED, "data": a_closure()}
    kind = {"Content-Type": "application/cloudevents+json; charset=utf-8"}
    assert post(202, content=json.dumps(structured), headers=signed | kind) == {"status": "accepted", "id": "whole"}
    assert post(200, content=json.dumps(structured), headers=signed | kind) == {"status": "duplicate", "id": "whole"}
    structured["data"] = a_closure(longitude=200)
    faults = post(422, content=json.dumps(structured), headers=signed | kind)["errors"]
    assert [fault["pointer"] for fault in faults] == ["/data/longitude"]


async def test_who_is_added_before_a_start_comes_in_after_it(fresh):
    """Fails where adding needs a bus that runs, or where revoking takes away only what a running one was told of."""
    handed_over = added(fresh.data, "early")
    assert handed_over["in_effect"] is False
    assert partner(fresh.data, "revoke", "roads").strip() == "roads may come in no more, also once the bus runs."
    fresh.start()
    async with connected(fresh.data, "early") as client:
        assert (await asked(client, "early", a_closure(), headers_of()))["status"] == "accepted"
    assert not (fresh.data / "partners" / "roads.creds").exists()
    names = {one["partner"]: one["revoked"] for one in json.loads(partner(fresh.data, "list", "--json"))}
    assert {name for name, revoked in names.items() if revoked is None} == {"culture", "early"}
    assert fresh.stop() == 0


async def test_while_the_calendar_is_away_the_stored_door_keeps_and_the_other_says_so_at_once(village):
    """Fails where the calendar takes what is stored, or where what it must answer is stored while it is away."""
    closure = a_closure(title={"pl": "C", "en": "Kept meanwhile"})
    async with connected(village.data, "roads") as client:
        assert (await asked(client, "roads", a_closure(), headers_of()))["status"] == "accepted"
    village.kill("calendar")
    async with connected(village.data, "roads") as client:
        began = time.monotonic()
        with pytest.raises(NoRespondersError):
            await asked(client, "roads", a_closure(), headers_of(), seconds=60)
        assert time.monotonic() - began < 30
        subject = f"municipal.roads.closure.announced.v1.{closure['id']}"
        assert (await client.jetstream().publish(subject, json.dumps(closure).encode(), headers=headers_of())).seq
    village.start("calendar")
    eventually(lambda: "Kept meanwhile" in facts(village), 30)


def town_url(town):
    return (town.data / "nats" / "url").read_text().strip()


async def eventually_async(holds, seconds=20):
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        await asyncio.sleep(0.02)
