"""The numbers of one bus: what waits in its database and in its consumers, and all of them by name for Prometheus."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from nats.aio.client import Client
from sqlalchemy.orm import Session

from shared import clock, outbox, set_aside
from shared.numbers import Number

if TYPE_CHECKING:
    from shared.broker.bus import Bus

Waiting = Mapping[str, Any]
INFO_SECONDS = 2.0


def waiting(session: Session, outbox_table: Any, set_aside_table: Any) -> dict[str, Any]:
    """Count what waits in the database: for the relay, since when, and for a person's decision."""
    pending, oldest = outbox.pending(session, outbox_table)
    aside = set_aside.count(session, set_aside_table) if set_aside_table is not None else 0
    return {
        "outbox_pending": pending,
        "outbox_oldest_at": oldest.isoformat() if oldest else None,
        "set_aside": aside,
    }


def server_version(client: Client) -> str:
    """Say which NATS a client is connected to: `2.15.1`."""
    version = client.connected_server_version
    return f"{version.major}.{version.minor}.{version.patch}"


async def consumers(client: Client, durable: str, streams: Iterable[str]) -> dict[str, dict[str, int]]:
    """Ask the server what waits for one durable on each stream, is in hand, and came more than once."""
    found = {}
    for stream in streams:
        info = await client.jetstream(timeout=INFO_SECONDS).consumer_info(stream, durable)
        found[stream] = {
            "pending": info.num_pending or 0,
            "in_hand": info.num_ack_pending or 0,
            "redelivered": info.num_redelivered or 0,
        }
    return found


def numbers_of(bus: "Bus", waiting: Waiting | None) -> Iterator[Number]:
    """Name every number of a bus; `waiting` is what the function above counted, none when it could not.

    A number that is not known at this moment is left out: no value is better than an old one.
    """
    yield Number("osiedle_bus_connected", "gauge", "Whether the bus is there.", int(bus.is_connected))
    if waiting is not None:
        yield Number(
            "osiedle_bus_outbox_pending", "gauge", "Messages that wait for the relay.", waiting["outbox_pending"]
        )
        yield Number("osiedle_bus_outbox_oldest_seconds", "gauge", "How long the oldest of them waits.", _age(waiting))
        yield Number(
            "osiedle_bus_set_aside", "gauge", "Messages set aside that wait for a decision.", waiting["set_aside"]
        )
    yield from _of_telling(bus)
    yield from _of_hearing(bus)


def _of_telling(bus: "Bus") -> Iterator[Number]:
    relay = bus.relay
    yield Number("osiedle_bus_told_total", "counter", "Messages that the stream acknowledged.", relay.published)
    took = relay.publish_seconds
    yield Number("osiedle_bus_publish_seconds", "histogram", "From publish to acknowledgement; a batch is one.", took)
    fill = [({"stream": stream}, part) for stream, part in sorted(relay.fill.items())]
    yield Number("osiedle_bus_stream_fill_ratio", "gauge", "How full a stream is: at 1 it takes nothing more.", fill)


def _of_hearing(bus: "Bus") -> Iterator[Number]:
    pipeline = bus.pipeline
    yield Number("osiedle_bus_heard_total", "counter", "Messages taken in.", pipeline.taken)
    yield Number("osiedle_bus_repeated_total", "counter", "Messages that came again, to no effect.", pipeline.repeated)
    age, took = pipeline.age_seconds, pipeline.handling_seconds
    yield Number("osiedle_bus_message_age_seconds", "histogram", "From the stream to the handler, each attempt.", age)
    yield Number("osiedle_bus_handling_seconds", "histogram", "From the handler to the commit, each attempt.", took)
    for figure, what in (
        ("pending", "Messages of a stream that were not delivered yet."),
        ("in_hand", "Messages of a stream that were delivered and not acknowledged yet."),
        ("redelivered", "Those of them that were delivered more than once."),
    ):
        known = [({"stream": stream}, figures[figure]) for stream, figures in sorted(bus.consumers.items())]
        yield Number(f"osiedle_bus_consumer_{figure}", "gauge", what, known)


def _age(waiting: Waiting) -> float:
    since = waiting["outbox_oldest_at"]
    return max(0.0, (clock.now() - datetime.fromisoformat(since)).total_seconds()) if since else 0
