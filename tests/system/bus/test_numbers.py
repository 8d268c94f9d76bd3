"""What an operator sees of a bus that works, waits and fails: the numbers tell it, and traces go through."""

import io
import json
import logging
from typing import ClassVar

import httpx
import nats

from shared import observability, outbox
from shared.messages import Message
from shared.messages.map import MapMessage
from shared.messages.registry import ProblemNamed
from shared.numbers import exposition
from shared.observability import Counters
from shared.pace import Pace
from shared.web.middleware import Traced
from tests.prometheus import parsed, value_of
from tests.system.bus.eventually import eventually
from tests.system.bus.tiny import QUICK, Outbox, hear, tell

TRACE = "0af7651916cd43dd8448eb211c80319c"
PATIENT = Pace(**{**vars(QUICK), "delays": (0.05, 60.0)})
log = logging.getLogger("a.handler")


class PlaceChanged(MapMessage):
    """What the map tells because it heard of a problem."""

    type: ClassVar[str] = "map.place.changed.v1"


async def numbers_of(service):
    waiting = await service.bus.waiting()
    return parsed(exposition(service.bus.numbers(waiting), service=service.bus.service))


async def test_the_numbers_tell_what_was_told_and_heard_and_what_waits(nats_server, make):
    """Fails when a number is left at nought: each is compared with what was really done."""
    teller, listener = make("registry"), make("map", pace=PATIENT)

    def hear_all_but_poison(session, message):
        if message.title == "poison":
            raise ValueError("no")
        hear(session, message)

    listener.bus.hears(ProblemNamed, hear_all_but_poison)
    await listener.start()
    await teller.start()
    for title in ["good"] * 20 + ["poison"]:
        await teller.database.write(tell, title)
    await _publish_rubbish(teller, nats_server.url)

    async def has_settled():
        of_map = await numbers_of(listener)
        return (
            value_of(of_map, "osiedle_bus_heard_total") == 20
            and value_of(of_map, "osiedle_bus_set_aside") == 1
            and _of_consumer(of_map, "redelivered") == 1
        )

    await eventually(has_settled)
    told, heard = await numbers_of(teller), await numbers_of(listener)
    assert value_of(told, "osiedle_bus_told_total", service="registry") == 21
    assert value_of(told, "osiedle_bus_publish_seconds_count") == 21
    assert value_of(told, "osiedle_bus_publish_seconds_sum") > 0
    assert value_of(told, "osiedle_bus_outbox_pending") == 0
    assert value_of(told, "osiedle_bus_outbox_oldest_seconds") == 0
    assert value_of(heard, "osiedle_bus_message_age_seconds_count") == 22, "two attempts of the one that fails"
    assert value_of(heard, "osiedle_bus_handling_seconds_count") == 22
    assert value_of(heard, "osiedle_bus_handling_seconds_sum") > 0
    assert (_of_consumer(heard, "in_hand"), _of_consumer(heard, "pending")) == (1, 0)
    assert value_of(heard, "osiedle_bus_connected", service="map") == 1


async def test_while_the_bus_is_away_the_numbers_and_the_state_say_what_waits_and_since_when(nats_server, make):
    """Fails when they come from the last heartbeat: that was before the bus went away, when nothing waited."""
    teller = make("registry")
    teller.bus.hears(ProblemNamed, lambda session, message: None)
    await teller.start()
    await eventually(lambda: _has_consumers(teller))
    connected_since = teller.bus.state["since"]
    await nats_server.stop()
    await eventually(lambda: _is_away(teller))
    for number in range(3):
        await teller.database.write(tell, str(number))
    samples = await numbers_of(teller)
    assert value_of(samples, "osiedle_bus_connected") == 0
    assert value_of(samples, "osiedle_bus_outbox_pending") == 3
    assert value_of(samples, "osiedle_bus_outbox_oldest_seconds") > 0
    assert not [name for name, _ in samples if name.startswith("osiedle_bus_consumer")]
    assert teller.bus.state["since"] > connected_since
    assert (await teller.bus.waiting())["outbox_oldest_at"] > teller.bus.state["since"]


async def test_one_trace_goes_from_a_request_over_two_services_into_the_log_of_each_handler(nats_server, make):
    """Fails when the trace stays in the header, a thread has no context, or the next message begins anew."""
    registry, map_service, calendar = make("registry"), make("map"), make("calendar")

    def tell_on(session, message):
        log.info("the map heard %s", message.id)
        outbox.publish(session, PlaceChanged(id=message.id, version=1))

    def fail_once(session, message):
        log.info("the calendar heard %s", message.id)
        failures.append(message)
        if len(failures) == 1:
            raise ValueError("not yet")

    failures: list[Message] = []
    map_service.bus.hears(ProblemNamed, tell_on)
    calendar.bus.hears(PlaceChanged, fail_once)
    for service in (registry, map_service, calendar):
        await service.start()

    async def door(scope, receive, send):
        await registry.database.write(tell, "Kałuża", "p1")
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    with _logged() as out:
        transport = httpx.ASGITransport(app=Traced(door, "registry", Counters()))
        async with httpx.AsyncClient(transport=transport, base_url="http://osiedle.test") as client:
            await client.post("/", headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"})
        await eventually(lambda: _is_so(len(failures) == 2))
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    traces = {(line["event"], line["service"]) for line in lines if line.get("trace_id") == TRACE}
    assert {("the map heard p1", "map"), ("the calendar heard p1", "calendar")} <= traces
    assert any("comes again" in event and "not yet" in event for event, _ in traces), "a failure is traced too"
    [first] = await registry.database.read(_parents)
    [second] = await map_service.database.read(_parents)
    assert first.split("-")[1] == second.split("-")[1] == TRACE
    assert first.split("-")[2] != second.split("-")[2], "each hop is a span of its own"


class _logged:  # noqa: N801 — used as a function
    """Collect what the log writes, as JSON."""

    def __enter__(self) -> io.StringIO:
        root = logging.getLogger()
        self.before, self.level = root.handlers[:], root.level
        observability.set_up_logging()
        out = io.StringIO()
        handler = root.handlers[0]
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(out)
        return out

    def __exit__(self, *_: object) -> None:
        root = logging.getLogger()
        root.handlers[:] = self.before
        root.setLevel(self.level)


async def _publish_rubbish(teller, url):
    login = teller.bus._settings.bus_login("registry")
    client = await nats.connect(url, **login, inbox_prefix="_INBOX_registry", allow_reconnect=False)
    await client.jetstream().publish("osiedle.registry.problem.named.v1.x", b"{", headers={"ce-id": "x"})
    await client.close()


def _of_consumer(samples, figure):
    return value_of(samples, f"osiedle_bus_consumer_{figure}", stream="REGISTRY") if samples else None


def _parents(session):
    return [headers["ce-traceparent"] for (headers,) in session.query(Outbox.headers)]


async def _has_consumers(service):
    return service.bus.consumers


async def _is_away(service):
    return not service.bus.is_connected


async def _is_so(value):
    return value
