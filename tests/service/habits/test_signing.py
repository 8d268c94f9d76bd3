"""Who asks: tokens, their keys and their time."""

import asyncio
from datetime import timedelta

import pytest

from shared import auth, clock
from shared.messages.registry import KeyPublished
from tests.builders import a_person, an_administrator
from tests.harness import Running, running
from tests.service import sample
from tests.service.sample import settings_for


async def test_an_expired_token_is_refused(on_sqlite: Running):
    token = on_sqlite.token(a_person(), seconds=-60)
    answer = await on_sqlite.client.get("/sample/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer a.b.c", "Bearer ", "Basic YTpi"])
async def test_a_token_that_is_none_is_refused(on_sqlite: Running, header: str):
    answer = await on_sqlite.client.get("/sample/api/v1/me", headers={"Authorization": header})
    assert answer.status_code == 401


async def test_a_token_signed_by_somebody_else_with_our_key_id_is_refused(on_sqlite: Running):
    forged = auth.sign(auth.new_key("test-key"), an_administrator())
    answer = await on_sqlite.client.get("/sample/api/v1/me", headers={"Authorization": f"Bearer {forged}"})
    assert answer.status_code == 401


async def test_a_token_waits_for_its_key_to_arrive(database_url: str):
    async with running(sample.create_app, settings_for(database_url, key_wait_seconds=5), with_key=False) as it:
        asked = asyncio.create_task(it.client.get("/sample/api/v1/me", headers=it.headers(a_person(name="Ewa"))))
        await asyncio.sleep(0.3)
        assert not asked.done()
        message = KeyPublished(
            id="test-key",
            version=1,
            public_key=auth.public_part(it.key),
            not_before_at=clock.now() - timedelta(minutes=1),
            expires_at=clock.now() + timedelta(hours=1),
        )
        await it.database.write(auth.remember_key, sample.KnownKey, message)
        assert (await asked).json() == {"name": "Ewa"}


async def test_a_token_whose_key_never_comes_is_refused_and_the_next_time_at_once(sqlite_database_url: str):
    loop = asyncio.get_running_loop()
    async with running(
        sample.create_app, settings_for(sqlite_database_url, key_wait_seconds=0.5), with_key=False
    ) as it:
        times = [loop.time()]
        for _ in range(2):
            answer = await it.client.get("/sample/api/v1/me", headers=it.headers(a_person()))
            assert answer.status_code == 401
            times.append(loop.time())
        assert times[1] - times[0] >= 0.5 > times[2] - times[1]


async def test_a_key_holds_only_in_its_time(sqlite_database_url: str):
    async with running(sample.create_app, settings_for(sqlite_database_url), with_key=False) as it:
        past, future = clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1)
        for start, end, status in ((past, past, 401), (future, future, 401), (past, future, 200)):
            message = KeyPublished(
                id="test-key", version=1, public_key=auth.public_part(it.key), not_before_at=start, expires_at=end
            )
            await it.database.write(auth.remember_key, sample.KnownKey, message)
            it.app.state.keys = auth.KeyRing(it.database, sample.Base.metadata, 0.1)
            answer = await it.client.get("/sample/api/v1/me", headers=it.headers(a_person()))
            assert answer.status_code == status
