"""Streams as they are defined: who keeps what, how much, and for how long."""

from types import SimpleNamespace

import pytest
from nats.js import api

from shared.messages import TYPES
from shared.pace import Pace
from shared.streams import StreamDrift, _differences, all_streams, bring_about_durable, durable

STREAMS = all_streams(["roads", "culture"])


def test_there_is_a_stream_for_each_service_for_people_and_for_each_partner():
    services = {"REGISTRY", "CALENDAR", "MAP", "NOTIFICATIONS"}
    assert set(STREAMS) == services | {"PEOPLE", "INVITED", "MUNICIPAL_ROADS", "MUNICIPAL_CULTURE"}


@pytest.mark.parametrize("name", sorted(STREAMS))
def test_streams_keep_everything_on_the_disk_and_refuse_when_full(name):
    stream = STREAMS[name]
    assert (stream.storage, stream.retention) == (api.StorageType.FILE, api.RetentionPolicy.LIMITS)
    assert (stream.discard, stream.max_age) == (api.DiscardPolicy.NEW, 0)
    assert stream.max_msgs_per_subject == (1 if name in ("PEOPLE", "INVITED") else -1)
    assert stream.persist_mode is None


def test_every_message_travels_on_the_stream_that_it_names():
    for message in TYPES.values():
        if message.stream != "MUNICIPAL":
            [subject] = STREAMS[message.stream].subjects or []
            assert f"osiedle.{message.type}.1".startswith(subject.removesuffix(">"))


def test_a_difference_is_named():
    ours = durable("map", ["b.*", "a.*"], Pace())
    assert _differences(ours, durable("map", ["a.*", "b.*"], Pace())) == []
    assert _differences(ours, durable("map", ["a.*"], Pace(ack_wait=1))) == ["ack_wait", "filter_subjects"]


async def test_a_durable_that_the_server_kept_as_it_was_is_refused_by_name():
    """Fails where the answer is not compared: a server need not refuse what it does not change."""
    ours = durable("map", ["a.*"], Pace())

    class Keeping:
        async def add_consumer(self, stream, config):
            return SimpleNamespace(config=config.evolve(ack_wait=1.0, max_deliver=2), paused=None)

    with pytest.raises(StreamDrift, match="map on MAP keeps other settings: ack_wait, max_deliver"):
        await bring_about_durable(Keeping(), "MAP", ours)
