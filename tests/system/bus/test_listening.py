"""What a service listens to: partners that come and go while it runs, and the policy of every listener."""

import asyncio
import contextlib
import importlib
import json
import urllib.request

import nats

from shared.broker import Pace
from shared.messages.municipal import ClosureAnnounced
from shared.nkeys import sign_in
from shared.streams import SERVICES
from tests.harness import quiet, running
from tests.system.bus.eventually import eventually
from tests.system.bus.tiny import Heard, hear_closure

CLOSURE = {
    "id": "closure-1",
    "title": {"pl": "Ulica zamknięta"},
    "starts_at": "2026-11-25T08:00:00+01:00",
    "ends_at": "2026-11-25T16:00:00+01:00",
    "latitude": 50.08,
    "longitude": 19.92,
}


async def test_a_partner_that_comes_while_the_service_runs_is_heard_and_one_that_goes_is_not(nats_server, make):
    """Fails where listeners are made once, at the start."""
    listener = make("calendar", partners=())
    listener.bus.hears_partner(ClosureAnnounced, hear_closure)
    await listener.start()
    await eventually(lambda: _is_connected(listener))
    await listener.bus.listen_to_partner("roads")
    await listener.bus.listen_to_partner("roads")
    await _announce(nats_server, listener, "roads", "1")
    await eventually(lambda: _has(listener, 1))

    await listener.bus.stop_listening_to_partner("roads")
    await listener.bus.stop_listening_to_partner("roads")
    await _announce(nats_server, listener, "roads", "2")
    await listener.bus.listen_to_partner("culture")
    await _announce(nats_server, listener, "culture", "1")
    await eventually(lambda: _has(listener, 2))
    assert await listener.count(Heard) == 2

    await listener.bus.listen_to_partner("roads")
    await eventually(lambda: _has(listener, 3))
    assert await listener.count(Heard) == 3


async def test_a_partner_that_comes_before_the_bus_is_there_is_heard_once_it_is(nats_server, make):
    """Fails where only a connection that is there is told of a partner: the next one would know of none."""
    await nats_server.stop()
    listener = make("calendar", partners=())
    listener.bus.hears_partner(ClosureAnnounced, hear_closure)
    await listener.start()
    await listener.bus.listen_to_partner("roads")
    await nats_server.start()
    await eventually(lambda: _is_connected(listener))
    await _announce(nats_server, listener, "roads", "1")
    await eventually(lambda: _has(listener, 1))


async def test_every_consumer_on_the_server_has_the_policy_that_we_chose(nats_server, tmp_path):
    """All four services as they are. Fails where a listener is declared elsewhere, with the defaults of a library."""
    found: dict[str, dict] = {}
    async with contextlib.AsyncExitStack() as stack:
        for service in SERVICES:
            module = importlib.import_module(f"services.{service}.app")
            settings = importlib.import_module(f"services.{service}.settings").Settings(
                **quiet(data=tmp_path, connected=True)
            )
            it = await stack.enter_async_context(running(module.create_app, settings, with_key=False))
            await eventually(lambda it=it: _is_connected(it.app.state), 60)
            wanted = {f"{stream}/{service}" for stream in it.app.state.bus._listeners}
            assert wanted, service
            found |= {name: {} for name in wanted}
        for name, config in await asyncio.to_thread(_consumers, nats_server.monitoring_url):
            found[name] = config
    pace = Pace()
    for name, config in found.items():
        assert config.get("ack_policy") == "explicit", name
        assert config["ack_wait"] == pace.ack_wait * 1e9, name
        assert config["max_deliver"] == -1, name
        assert config["max_ack_pending"] == pace.pending, name
        assert config.get("deliver_subject") is None, name
        assert config.get("filter_subject") or config.get("filter_subjects"), name


async def test_a_reply_address_of_a_stranger_is_never_written_to(nats_server, make):
    """A partner names a reply address, in headers and in the message itself; the server confirms in its own account.

    Fails where a listener answers whoever a message names: it would speak there with our rights. And where partners
    share our account: the server's own confirmation then lands in the stream whose subject the partner named.
    """
    listener = make("calendar")
    listener.bus.hears_partner(ClosureAnnounced, hear_closure)
    await listener.start()
    await eventually(lambda: _is_connected(listener))
    said = []

    async def note(message):
        said.append(message.subject)

    login = listener.bus._settings.bus_login("operator")
    overhearing = await nats.connect(nats_server.url, **login, allow_reconnect=False)
    await overhearing.subscribe("stranger.>", cb=note)
    await overhearing.flush()
    ours = "osiedle.calendar.event.planned.v1"
    for number, (header, reply) in enumerate((("stranger.a", "stranger.b"), (f"{ours}.a", f"{ours}.b")), start=1):
        headers = {"reply_to": header, "Reply-To": header}
        await _announce(nats_server, listener, "roads", str(number), headers=headers, reply=reply)
    await eventually(lambda: _has(listener, 2))
    await listener.bus.stop()
    await overhearing.flush()
    assert said == []
    assert (await overhearing.jetstream().stream_info("CALENDAR")).state.messages == 0
    await overhearing.close()


async def test_an_old_message_that_is_replayed_has_no_second_effect(nats_server, make):
    """Outside the dedupe window: the same id under another `Nats-Msg-Id`. Fails without an inbox row."""
    listener = make("calendar")
    listener.bus.hears_partner(ClosureAnnounced, hear_closure)
    await listener.start()
    await eventually(lambda: _is_connected(listener))
    for window in ("1", "2"):
        await _announce(nats_server, listener, "roads", "1", headers={"Nats-Msg-Id": window})
    await eventually(lambda: _has_repeated(listener))
    assert await listener.count(Heard) == 1


def _consumers(url):
    for stream in _details(url):
        for consumer in stream.get("consumer_detail") or ():
            yield f"{stream['name']}/{consumer['name']}", consumer["config"]


def _details(url):
    with urllib.request.urlopen(f"{url}/jsz?streams=true&consumers=true&config=true") as answer:
        found = json.load(answer)
    return [stream for account in found["account_details"] for stream in account.get("stream_detail") or ()]


async def _has_repeated(listener):
    return listener.bus.pipeline.repeated == 1


async def _announce(server, service, partner, message_id, *, headers=None, reply=""):
    login = sign_in((service.bus._settings.data / "partners" / f"{partner}.creds").read_text())
    client = await nats.connect(server.url, **login, allow_reconnect=False)
    closure = ClosureAnnounced.model_validate(CLOSURE)
    subject = f"municipal.{partner}.closure.announced.v1.{closure.id}"
    all_headers = {"ce-type": closure.type, "ce-id": message_id, **(headers or {})}
    body = closure.model_dump_json().encode()
    if reply:
        await client.publish(subject, body, reply=reply, headers=all_headers)
        await client.flush()
    else:
        await client.jetstream().publish(subject, body, headers=all_headers)
    await client.close()


async def _has(listener, number):
    return await listener.count(Heard) >= number


async def _is_connected(service):
    return service.bus.is_connected
