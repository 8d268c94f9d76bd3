"""Streams as files and back, with a real server: what services have heard stays heard, and what comes next is heard."""

import os

import pytest

from deploy.backups.manifest import Damaged
from deploy.backups.streams import CHUNK, hold_back, keep_all, own_bus, put_all_back
from shared.pace import Pace
from shared.streams import all_streams, durable

STREAM = "CALENDAR"


async def told(client, number):
    for one in range(number):
        await client.jetstream().publish(f"osiedle.calendar.event.planned.v1.{one}", os.urandom(9000))


async def heard(client, number):
    messages = await (await client.jetstream().pull_subscribe_bind("map", STREAM)).fetch(number, timeout=10)
    for message in messages:
        await message.ack_sync()
    return [message.metadata.sequence.stream for message in messages]


async def filled(client):
    await client.jetstream().add_stream(all_streams(())[STREAM])
    await client.jetstream().add_consumer(STREAM, durable("map", ["osiedle.calendar.>"], Pace()))
    await told(client, 60)
    assert await heard(client, 10) == list(range(1, 11))


async def test_who_has_heard_ten_of_sixty_goes_on_with_the_eleventh_on_another_server(tmp_path):
    """More than one chunk: a chunk that is not acknowledged would be the last one."""
    async with own_bus(tmp_path / "one") as client:
        await filled(client)
        kept = await keep_all(client, tmp_path)
    assert (tmp_path / f"{STREAM}.s2").stat().st_size > 2 * CHUNK
    async with own_bus(tmp_path / "two") as client:
        await put_all_back(client, kept, tmp_path)
        assert await heard(client, 5) == [11, 12, 13, 14, 15]
        info = await client.jetstream().stream_info(STREAM)
        assert (info.state.messages, info.state.last_seq) == (60, 60)


async def test_who_had_heard_more_than_the_stream_has_misses_nothing_that_follows(tmp_path):
    async with own_bus(tmp_path / "one") as client:
        await filled(client)
        await hold_back(client, STREAM, 5)
        assert await heard(client, 2) == [6, 7]


async def test_a_stream_that_was_changed_is_not_put_back(tmp_path):
    async with own_bus(tmp_path / "one") as client:
        await filled(client)
        kept = await keep_all(client, tmp_path)
        file = tmp_path / f"{STREAM}.s2"
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
        await client.jetstream().delete_stream(STREAM)
        with pytest.raises(Damaged, match=STREAM):
            await put_all_back(client, kept, tmp_path)
