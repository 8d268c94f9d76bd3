"""Who asks too often is told when to come again; who is counted cannot be chosen by who asks."""

import pytest

from shared.settings import ServiceSettings
from tests.builders import a_person
from tests.harness import Running, running
from tests.service import sample
from tests.service.sample import THINGS, settings_for

WRITES = 3


async def write(it: Running, **headers: str) -> int:
    """Try to write something that is not valid: what counts is the attempt."""
    answer = await it.client.post(THINGS, json={}, headers=headers)
    return answer.status_code


async def test_somebody_who_writes_too_often_is_told_when_to_come_again(sqlite_database_url: str):
    async with running(sample.create_app, settings_for(sqlite_database_url, writes_per_minute=WRITES)) as it:
        mine, yours = it.headers(a_person()), it.headers(a_person())
        assert [await write(it, **mine) for _ in range(WRITES)] == [422] * WRITES
        answer = await it.client.post(THINGS, json={"name": "a"}, headers={**mine, "Accept-Language": "pl"})
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 61
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:osiedle:problem:too-many-requests"
        assert "minutę" in answer.json()["detail"]
        assert (await it.client.get(THINGS, headers=mine)).status_code == 200
        assert await write(it, **yours) == 422
        assert await it.rows("thing") == []


async def test_a_page_says_when_to_try_again(sqlite_database_url: str):
    async with running(sample.create_app, settings_for(sqlite_database_url, writes_per_minute=1)) as it:
        browser = it.browser(a_person())
        assert (await browser.post("/sample/hello", data={"name": "x"})).status_code == 200
        answer = await browser.post("/sample/hello", data={"name": "x"})
        assert answer.status_code == 429
        assert answer.headers["retry-after"]
        assert "minutę" in answer.text


async def test_strangers_and_false_keys_are_counted_by_address(sqlite_database_url: str):
    async with running(sample.create_app, settings_for(sqlite_database_url, writes_per_minute=WRITES)) as it:
        assert [await write(it) for _ in range(2)] == [401] * 2
        assert await write(it, Authorization="Bearer x") == 401
        assert await write(it, Authorization="Bearer y") == 429
        assert await write(it, Authorization="Basic eDp5") == 429
        assert await write(it) == 429
        assert await write(it, **it.headers(a_person())) == 422


async def test_nobody_is_counted_where_the_operator_switched_it_off(sqlite_database_url: str):
    async with running(sample.create_app, settings_for(sqlite_database_url, writes_per_minute=0)) as it:
        assert {await write(it) for _ in range(30)} == {401}


@pytest.mark.parametrize(
    ("peer", "proxies", "forwarded", "counted_together"),
    [
        # a client that names addresses itself is not believed
        ("198.51.100.7", "", ["1.1.1.1", "2.2.2.2"], True),
        ("198.51.100.7", "10.0.0.0/8", ["1.1.1.1", "2.2.2.2"], True),
        ("127.0.0.1", "", ["1.1.1.1", "2.2.2.2"], True),
        # the proxy's own word is the last one
        ("10.0.0.2", "10.0.0.0/8", ["1.1.1.1, 198.51.100.7", "2.2.2.2, 198.51.100.7"], True),
        ("10.0.0.2", "10.0.0.0/8", ["198.51.100.7", "198.51.100.8"], False),
        ("10.0.0.2", "10.0.0.0/8, 192.0.2.1", ["198.51.100.7, 192.0.2.1", "198.51.100.8, 192.0.2.1"], False),
        # rubbish is one more name
        ("10.0.0.2", "10.0.0.0/8", ["", ""], True),
        ("10.0.0.2", "10.0.0.0/8", ["[::1", "[::1"], True),
        ("10.0.0.2", "10.0.0.0/8", ["2001:db8::1", "2001:db8::2"], True),
    ],
)
async def test_a_client_cannot_choose_its_address(
    sqlite_database_url: str, peer: str, proxies: str, forwarded: list[str], counted_together: bool
):
    settings = settings_for(sqlite_database_url, writes_per_minute=1, proxies=proxies)
    async with running(sample.create_app, settings) as it:
        async with it.http(peer=peer) as client:
            statuses = [
                (await client.post(THINGS, json={}, headers={"X-Forwarded-For": one})).status_code for one in forwarded
            ]
        assert statuses == [401, 429 if counted_together else 401]


@pytest.mark.parametrize("proxies", ["everywhere", "*", "10.0.0.0/99", "10.0.0.1/8"])
def test_a_proxy_that_is_misspelt_ends_the_start(proxies: str):
    with pytest.raises(ValueError, match="proxies"):
        ServiceSettings(proxies=proxies)
