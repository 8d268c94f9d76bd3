"""What a service listens to: partners that come and go while it runs, and the policy of every listener."""

import nats

from shared.messages.municipal import ClosureAnnounced
from shared.nkeys import sign_in
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
    await nats_server.stop()
    listener = make("calendar", partners=())
    listener.bus.hears_partner(ClosureAnnounced, hear_closure)
    await listener.start()
    await listener.bus.listen_to_partner("roads")
    await nats_server.start()
    await eventually(lambda: _is_connected(listener))
    await _announce(nats_server, listener, "roads", "1")
    await eventually(lambda: _has(listener, 1))


async def _announce(server, service, partner, message_id):
    login = sign_in((service.bus._settings.data / "partners" / f"{partner}.creds").read_text())
    client = await nats.connect(server.url, **login, allow_reconnect=False)
    closure = ClosureAnnounced.model_validate(CLOSURE)
    subject = f"municipal.{partner}.closure.announced.v1.{closure.id}"
    headers = {"ce-type": closure.type, "ce-id": message_id}
    await client.jetstream().publish(subject, closure.model_dump_json().encode(), headers=headers)
    await client.close()


async def _has(listener, number):
    return await listener.count(Heard) >= number


async def _is_connected(service):
    return service.bus.is_connected
