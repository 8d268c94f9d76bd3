"""Streams and consumers as we define them, whatever somebody did to them by hand; and a server that writes at once."""

import contextlib
import json
import re
import subprocess
import time

import nats
import pytest
from nats.js.api import ConsumerConfig, StreamConfig

from deploy.embedded_nats import find_server
from shared import streams
from shared.broker.durability import NOT_ALWAYS, sync_of
from shared.messages.registry import ProblemNamed
from shared.settings import ServiceSettings
from shared.streams import StreamDrift, bring_about, bring_about_durable, durable, service_stream
from tests.system.bus.eventually import eventually
from tests.system.bus.tiny import QUICK, Heard, Outbox, Told, hear, tell

WANTED = service_stream("map")
CONSUMER = durable("map", ["osiedle.map.>"], QUICK)


@pytest.fixture
async def jetstream(nats_server):
    async with _operator(nats_server) as jetstream:
        yield jetstream


@pytest.mark.parametrize(
    "by_hand",
    [
        {"max_msgs": 10},
        {"max_consumers": 5},
        {"max_bytes": 1024**2},
        {"max_msg_size": 100},
        {"no_ack": True},
        {"discard": "old"},
        {"republish": {"src": "osiedle.map.>", "dest": "copy.>"}},
        {"subject_transform": {"src": "osiedle.map.>", "dest": "osiedle.map.x.>"}},
        {"allow_rollup_hdrs": True},
        {"max_msgs_per_subject": 1},
    ],
    ids=str,
)
async def test_a_stream_that_somebody_changed_is_mended(jetstream, by_hand):
    """Fails where only what we set is compared: max_msgs, max_consumers, republish and the transform would stay."""
    plain = _settings((await bring_about(jetstream, "MAP", WANTED)).config)
    await jetstream.delete_stream("MAP")
    await _make_by_hand(jetstream, WANTED, by_hand)
    await bring_about(jetstream, "MAP", WANTED)
    await bring_about(jetstream, "MAP", WANTED)
    assert _settings((await jetstream.stream_info("MAP")).config) == plain


@pytest.mark.parametrize(
    "by_hand",
    [
        {"persist_mode": "async", "allow_atomic": False},
        {"storage": "memory", "max_bytes": 1024**2},
        {"deny_purge": True},
        {"retention": "workqueue"},
    ],
    ids=str,
)
async def test_a_stream_that_cannot_be_mended_is_refused_by_name(jetstream, by_hand):
    """Fails where a refused update is let pass; async persistence acknowledges before it has written."""
    await _make_by_hand(jetstream, WANTED, by_hand)
    with pytest.raises(StreamDrift, match=f"MAP.*{next(iter(by_hand))}"):
        await bring_about(jetstream, "MAP", WANTED)


async def test_a_stream_that_somebody_made_larger_stays_so(jetstream):
    """Fails where every difference is mended: a full stream could be given no room."""
    await bring_about(jetstream, "MAP", WANTED)
    await jetstream.update_stream(WANTED.evolve(max_bytes=2 * WANTED.max_bytes))
    info = await bring_about(jetstream, "MAP", WANTED)
    assert info.config.max_bytes == 2 * WANTED.max_bytes


@pytest.mark.parametrize(
    "by_hand",
    [
        {"ack_wait": 1.0, "max_deliver": 2},
        {"headers_only": True},
        {"inactive_threshold": 60.0},
        {"filter_subject": None, "filter_subjects": ["osiedle.map.x.>"]},
        {"max_ack_pending": 1},
        {"max_deliver": 5, "backoff": [1.0, 2.0]},
    ],
    ids=str,
)
async def test_a_durable_that_somebody_changed_is_mended(jetstream, by_hand):
    """Fails where a durable that is there is kept as it is, as FastStream keeps it."""
    await bring_about(jetstream, "MAP", WANTED)
    await bring_about_durable(jetstream, "MAP", CONSUMER)
    plain = (await jetstream.consumer_info("MAP", "map")).config
    await jetstream.add_consumer("MAP", CONSUMER.evolve(**by_hand))
    assert _settings(plain) != _settings((await jetstream.consumer_info("MAP", "map")).config)
    await bring_about_durable(jetstream, "MAP", CONSUMER)
    await bring_about_durable(jetstream, "MAP", CONSUMER)
    assert _settings(plain) == _settings((await jetstream.consumer_info("MAP", "map")).config)


async def test_a_durable_that_somebody_paused_is_told_of(jetstream, caplog):
    """It may be on purpose, so it stays. Fails where nobody looks: the service just hears nothing until 2100."""
    await bring_about(jetstream, "MAP", WANTED)
    await bring_about_durable(jetstream, "MAP", CONSUMER)
    assert "paused" not in caplog.text
    question = json.dumps({"pause_until": "2100-01-01T00:00:00Z"}).encode()
    await jetstream._nc.request("$JS.API.CONSUMER.PAUSE.MAP.map", question)
    await bring_about_durable(jetstream, "MAP", CONSUMER)
    assert "nats consumer resume MAP map" in caplog.text


@pytest.mark.parametrize("by_hand", [{"deliver_policy": "new"}, {"ack_policy": "none"}, {"mem_storage": True}], ids=str)
async def test_a_durable_that_cannot_be_mended_is_refused_by_name(jetstream, by_hand):
    """Fails where a refused update is let pass: a consumer that acknowledges by itself loses what we refuse."""
    await bring_about(jetstream, "MAP", WANTED)
    await jetstream.add_consumer("MAP", CONSUMER.evolve(**by_hand))
    with pytest.raises(StreamDrift, match="map on MAP"):
        await bring_about_durable(jetstream, "MAP", CONSUMER)


async def test_a_service_whose_stream_cannot_be_mended_says_so_and_keeps_writing(nats_server, make):
    """Fails where the way a stream persists is not looked at: the service is on a bus that may lose what it tells."""
    async with _operator(nats_server) as jetstream:
        await _make_by_hand(jetstream, service_stream("registry"), {"persist_mode": "async", "allow_atomic": False})
    teller = await make("registry").start()
    await eventually(lambda: _says(teller, "persist_mode async"))
    await teller.database.write(tell, "x")
    assert await teller.count(Told) == 1


async def test_a_full_stream_keeps_nobody_from_writing_and_drains_when_there_is_room(
    nats_server, make, monkeypatch, caplog
):
    """Fails where old messages are discarded (they would be lost), or where the relay passes over what is refused."""
    monkeypatch.setattr(streams, "MEGABYTE", 2048)  # 512 KiB for a stream
    teller, listener = make("registry"), make("map")
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await teller.start()
    text = "x" * 10_000
    ids = [await teller.database.write(tell, text) for _ in range(70)]
    await eventually(lambda: _says(teller, "REGISTRY is full.*--max-bytes"))
    assert len(ids) == await teller.count(Told)
    await eventually(lambda: _is_filled(teller))
    assert any("before it is, give it more room" in record.message for record in caplog.records)
    waiting = await teller.database.read(_number_waiting)
    assert 0 < waiting < 70
    async with _operator(nats_server) as jetstream:
        config = service_stream("registry")
        await jetstream.update_stream(config.evolve(max_bytes=4 * config.max_bytes))
    await eventually(lambda: _heard(listener, 70))
    assert [id for id, _ in sorted(await listener.heard())] == sorted(ids)
    await eventually(lambda: _is_well(teller))


async def test_a_stream_is_told_of_when_seventy_percent_are_used(nats_server, caplog):
    """Fails where the first who notices is the one who is refused."""
    config = service_stream("map").evolve(max_bytes=300_000)
    async with _operator(nats_server) as jetstream:
        await bring_about(jetstream, "MAP", config)
        for number, warned in ((20, False), (2, True)):
            for _ in range(number):
                await jetstream.publish("osiedle.map.x.1", b"x" * 10_000)
            caplog.clear()
            fill = streams.warn_when_filling(await jetstream.stream_info("MAP"))
            assert (fill >= 0.7, "the stream MAP is 7" in caplog.text) == (warned, warned)


@pytest.mark.parametrize(("line", "sync"), [("sync_interval: always", "always"), ("", "not always")])
async def test_a_service_knows_whether_the_server_writes_before_it_answers(tmp_path, make, line, sync, caplog):
    """Fails where nobody asks: the server's default acknowledges what it writes up to two minutes later."""
    with _server(tmp_path, line):
        service = await make("registry").start()
        await eventually(lambda: _knows(service, sync))
        assert service.bus.state["problem"] == (NOT_ALWAYS if line == "" else None)
        assert (NOT_ALWAYS in [record.message for record in caplog.records]) == (line == "")


async def test_who_cannot_ask_does_not_know(tmp_path):
    """Fails where no answer counts as a good one: nobody would look at a server that loses what it acknowledged."""
    assert await sync_of(None) == "unknown"
    assert await sync_of("http://127.0.0.1:1") == "unknown"
    assert await sync_of("no address") == "unknown"
    assert ServiceSettings(data=tmp_path).monitor_address() is None
    set_by_hand = ServiceSettings(data=tmp_path, nats_url="nats://nats:4222", nats_monitor_url="http://nats:8222")
    assert set_by_hand.monitor_address() == "http://nats:8222"


async def _make_by_hand(jetstream, config, by_hand):
    body = json.dumps(config.as_dict() | by_hand).encode()
    answer = json.loads((await jetstream._nc.request(f"$JS.API.STREAM.CREATE.{config.name}", body)).data)
    assert "error" not in answer, answer


def _settings(config: ConsumerConfig | StreamConfig):
    return {name: value for name, value in vars(config).items() if name != "metadata"}


def _number_waiting(session):
    return session.query(Outbox).filter_by(published_at=None).count()


async def _says(service, pattern):
    return re.search(pattern, service.bus.state["problem"] or "")


async def _is_filled(service):
    return 0.9 < service.bus.state["streams"]["REGISTRY"] <= 1


async def _is_well(service):
    return service.bus.state["problem"] is None


async def _heard(listener, number):
    return await listener.count(Heard) >= number


async def _knows(service, sync):
    return service.bus.state["sync"] == sync


@contextlib.contextmanager
def _server(data, line):
    """Run a server of somebody's own, where a service finds it."""
    folder = data / "nats"
    folder.mkdir()
    config = folder / "own.conf"
    config.write_text(
        f'listen: "127.0.0.1:-1"\nhttp: "127.0.0.1:-1"\nports_file_dir: "{folder}"\n'
        f'jetstream {{\n store_dir: "{folder}/store"\n {line}\n}}\n'
    )
    with subprocess.Popen(
        [find_server(), "-c", config, "--ports_file_dir", folder], stderr=subprocess.DEVNULL
    ) as process:
        try:
            ports = _ports(folder)
            (folder / "url").write_text(ports["nats"][0])
            (folder / "monitor").write_text(ports["monitoring"][0])
            yield
        finally:
            process.kill()


def _ports(folder):
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        for file in folder.glob("*.ports"):
            with contextlib.suppress(ValueError):
                return json.loads(file.read_text())
        time.sleep(0.02)
    raise AssertionError("the server did not start")


@contextlib.asynccontextmanager
async def _operator(server):
    login = ServiceSettings(data=server._folder.parent).bus_login("operator")
    client = await nats.connect(server.url, **login, allow_reconnect=False)
    try:
        yield client.jetstream()
    finally:
        await client.close()
