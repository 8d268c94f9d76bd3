"""A program that shows a key: whom it speaks for, how far it gets in each service, and when it gets nowhere."""

import asyncio
import importlib
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from fastapi import FastAPI, Response
from fastapi.routing import iter_route_contexts
from sqlalchemy import event
from sqlalchemy.orm import Session

from shared import auth, clock, people, web
from shared.auth import key_parts, key_text
from shared.database import note
from shared.identifiers import new_id
from shared.messages import TYPES
from shared.messages.registry import ApiKeyChanged
from tests.builders import a_feed, a_key, a_person, a_role, changed_key
from tests.harness import Running, quiet, running
from tests.service import sample
from tests.service.sample import THINGS, settings_for

READS: dict[str, str] = {
    "registry": "/registry/api/v1/people",
    "calendar": "/calendar/inbox",
    "map": "/map/",
    "notifications": "/notifications/api/v1/alerts",
}
"""Of each service something that asks who reads."""
WRITES: dict[str, tuple[str, str]] = {
    "registry": ("POST", "/registry/api/v1/organisations"),
    "calendar": ("POST", "/calendar/api/v1/events"),
    "notifications": ("PUT", "/notifications/api/v1/channels/email"),
}
"""… and something that writes; on the map nobody does."""
TELLING = ("calendar", "map", "notifications")


async def known(it: Running, message: ApiKeyChanged) -> None:
    """Let a service know a key as its listener would."""
    await it.database.write(auth.remember_api_key, _known_api_key(it.app.state.name), message)


def _known_api_key(name: str) -> Any:
    return sample.KnownApiKey if name == "sample" else importlib.import_module(f"services.{name}.models").KnownApiKey


def shown(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def a_sample_that_tells(settings: Any) -> FastAPI:
    """Make the sample with an address that tells what is known of who asks."""
    app, router = sample.create_app(settings), web.api_router("sample")

    @router.get("/who")
    async def who(person: web.CurrentPerson) -> Response:
        """Say who asks."""
        told = {"id": person.id, "roles": dict(person.roles), "administrator": person.administrator}
        return web.answer({**told, "scopes": None if person.scopes is None else sorted(person.scopes)})

    app.include_router(router)
    return app


@pytest_asyncio.fixture
async def things(database_url: str) -> AsyncIterator[Running]:
    async with running(a_sample_that_tells, settings_for(database_url)) as service:
        yield service


@pytest_asyncio.fixture(params=sorted(READS))
async def each(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Running]:
    name = str(request.param)
    settings = importlib.import_module(f"services.{name}.settings").Settings(**quiet(database_url=database_url))
    async with running(importlib.import_module(f"services.{name}.app").create_app, settings) as it:
        yield it


async def test_a_key_speaks_for_its_person_with_their_roles_and_its_scopes(things: Running):
    message, text = a_key(memberships=(a_role("01980000-0000-7000-8000-00000000000a"),), scopes=("sample:read",))
    await known(things, message)
    answer = await things.client.get("/sample/api/v1/who", headers=shown(text))
    assert answer.json() == {
        "id": message.person_id,
        "roles": {"01980000-0000-7000-8000-00000000000a": "coordinator"},
        "administrator": False,
        "scopes": ["sample:read"],
    }


async def test_who_loses_a_role_has_a_key_that_can_do_less_at_once(things: Running):
    organisation_id = new_id()
    message, text = a_key(memberships=(a_role(organisation_id),), scopes=("sample:write",))
    await known(things, message)
    body = {"name": "Lampa", "owner_id": organisation_id}
    assert (await things.client.post(THINGS, json=body, headers=shown(text))).status_code == 201
    await known(things, changed_key(message, memberships=(a_role(organisation_id, "member"),)))
    refused = await things.client.post(THINGS, json=body | {"name": "Stół"}, headers=shown(text))
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:osiedle:problem:not-allowed")


async def test_a_key_ends_at_its_time_and_at_once_when_it_is_revoked(things: Running):
    message, text = a_key(scopes=("sample:read",), expires_at=clock.now() + timedelta(seconds=1))
    await known(things, message)
    assert (await things.client.get("/sample/api/v1/who", headers=shown(text))).status_code == 200
    await asyncio.sleep(1.1)
    over = await things.client.get("/sample/api/v1/who", headers=shown(text))
    longer = changed_key(message, expires_at=None)
    await known(things, longer)
    again = await things.client.get("/sample/api/v1/who", headers=shown(text))
    await known(things, changed_key(longer, revoked_at=clock.now()))
    revoked = await things.client.get("/sample/api/v1/who", headers=shown(text))
    assert [one.status_code for one in (over, again, revoked)] == [401, 200, 401]
    assert over.json() == revoked.json()


async def test_an_older_message_brings_no_revoked_key_back(things: Running):
    message, text = a_key(scopes=("sample:read",))
    await known(things, changed_key(message, revoked_at=clock.now()))
    await known(things, message)
    assert (await things.client.get("/sample/api/v1/who", headers=shown(text))).status_code == 401


@pytest.mark.parametrize("forgery", ["another secret", "another id", "a feed", "cut short", "in capitals", "a letter"])
async def test_a_forged_key_is_refused_as_every_other(things: Running, forgery: str):
    message, text = a_key(scopes=("sample:read",))
    feed, feed_text = a_feed(scopes=("sample:read",))
    await known(things, message)
    await known(things, feed)
    parts = key_parts(text)
    assert parts is not None
    forged = {
        "another secret": key_text(message.id, auth.new_key_secret()),
        "another id": key_text(new_id(), parts[1]),
        "a feed": feed_text,
        "cut short": text[:-1],
        "in capitals": f"osk_{text[4:].upper()}",
        "a letter": f"{text[:-1]}ł".encode().decode("latin-1"),
    }[forgery]
    headers = [(b"Authorization", f"Bearer {forged}".encode("latin-1"))]
    answer = await things.client.get("/sample/api/v1/who", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:osiedle:problem:key-refused")


async def test_a_key_in_a_cookie_is_no_sign_in(things: Running):
    message, text = a_key(scopes=("sample:read",))
    await known(things, message)
    async with things.http(cookies={auth.TOKEN_COOKIE: text}) as browser:
        assert (await browser.get("/sample/api/v1/who")).status_code == 401


async def test_a_revoked_key_is_not_waited_for(sqlite_database_url: str):
    async with running(sample.create_app, settings_for(sqlite_database_url, key_wait_seconds=5)) as it:
        message, text = a_key(scopes=("sample:read",), revoked_at=clock.now())
        await known(it, message)
        asked = it.client.get("/sample/api/v1/me", headers=shown(text))
        assert (await asyncio.wait_for(asked, 2)).status_code == 401


async def test_a_key_that_was_just_made_is_waited_for(sqlite_database_url: str):
    async with running(sample.create_app, settings_for(sqlite_database_url, key_wait_seconds=5)) as it:
        message, text = a_key(scopes=("sample:read",))
        asked = asyncio.create_task(it.client.get("/sample/api/v1/me", headers=shown(text)))
        await asyncio.sleep(0.2)
        assert not asked.done()
        await known(it, message)
        assert (await asked).status_code == 200


async def test_guessing_keys_costs_hardly_any_work_in_the_database_and_is_refused_fast(sqlite_database_url: str):
    async with running(sample.create_app, settings_for(sqlite_database_url, key_wait_seconds=0.5)) as it:
        asked: list[str] = []
        event.listen(it.database._reader, "before_cursor_execute", lambda *args: asked.append(args[2]))
        texts = [key_text(new_id(), auth.new_key_secret()) for _ in range(300)]
        loop = asyncio.get_running_loop()
        started = loop.time()
        tries = [it.client.get("/sample/api/v1/me", headers=shown(text)) for text in texts]
        assert {answer.status_code for answer in await asyncio.gather(*tries)} == {401}
        assert loop.time() - started < 5
        assert len([one for one in asked if "known_api_key" in one]) <= 10 * (loop.time() - started) + 2
        before = len(asked)
        garbage = [it.client.get("/sample/api/v1/me", headers=shown(f"osk_{number}")) for number in range(100)]
        assert {answer.status_code for answer in await asyncio.gather(*garbage)} == {401}
        assert len(asked) == before


async def test_each_service_asks_for_its_own_scope_and_names_it(each: Running):
    name = each.app.state.name
    message, text = a_key(scopes=[one for one in auth.SCOPES if not one.startswith(f"{name}:")], administrator=True)
    await known(each, message)
    doors = [("GET", READS[name], "read"), *([(*WRITES[name], "write")] if name in WRITES else [])]
    for method, path, verb in doors:
        refused = await each.client.request(method, path, json={}, headers=shown(text))
        assert refused.status_code == 403, refused.text
        assert refused.json()["type"] == "urn:osiedle:problem:scope-missing"
        assert refused.json()["scope"] == f"{name}:{verb}"
        assert f"{name}:{verb}" in refused.json()["detail"]
        assert refused.headers["www-authenticate"] == f'Bearer error="insufficient_scope", scope="{name}:{verb}"'


async def test_a_key_that_reads_cannot_write_in_any_service(each: Running):
    name = each.app.state.name
    message, text = a_key(scopes=(f"{name}:read",), administrator=True)
    await known(each, message)
    assert (await each.client.get(READS[name], headers=shown(text))).status_code == 200
    walked = 0
    for route in iter_route_contexts(each.app.routes):
        for method in set(getattr(route, "methods", None) or ()) & {"POST", "PUT", "PATCH", "DELETE"}:
            address = re.sub(r"\{[^}]+\}", new_id(), str(route.path))
            stranger = await each.client.request(method, address, json={})
            answer = await each.client.request(method, address, json={}, headers=shown(text))
            if stranger.status_code != 401:
                assert answer.status_code in (403, stranger.status_code), f"{method} {address}: {answer.text}"
                continue
            assert answer.status_code == 403, f"{method} {address}: {answer.text}"
            assert answer.json()["scope"] == f"{name}:write", f"{method} {address}"
            walked += 1
    assert walked


async def test_a_key_that_writes_also_reads(each: Running):
    name = each.app.state.name
    message, text = a_key(scopes=(f"{name}:write",), administrator=True)
    await known(each, message)
    assert (await each.client.get(READS[name], headers=shown(text))).status_code == 200
    if name in WRITES:
        method, path = WRITES[name]
        assert (await each.client.request(method, path, json={}, headers=shown(text))).status_code in (422, 428)


async def test_a_page_asks_for_the_scope_too(things: Running):
    message, text = a_key(scopes=("sample:read",))
    await known(things, message)
    headers = {**shown(text), "Accept": "text/html"}
    assert (await things.client.get("/sample/secret", headers=headers)).status_code == 200
    refused = await things.client.post("/sample/hello", data={"name": "x"}, headers=headers)
    assert refused.status_code == 403


async def test_what_strangers_may_read_needs_no_key(things: Running):
    assert (await things.client.get(THINGS)).status_code == 200
    assert (await things.client.get("/sample/api/v1/me")).json() == {"name": None}


@pytest.mark.parametrize("name", TELLING)
async def test_use_is_told_once_an_hour(name: str, database_url: str):
    settings = importlib.import_module(f"services.{name}.settings").Settings(**quiet(database_url=database_url))
    used = TYPES[f"{name}.api_key.used.v1"]
    async with running(importlib.import_module(f"services.{name}.app").create_app, settings) as it:
        message, text = a_key()
        await it.deliver(message)
        await asyncio.gather(*(it.client.get(READS[name], headers=shown(text)) for _ in range(5)))
        [told] = await it.outgoing(used)
        assert told.id == message.id
        await it.database.write(_an_hour_ago, it.database.outbox_table.metadata.tables["known_api_key"])
        for _ in range(3):
            await it.client.get(READS[name], headers=shown(text))
        first, second = await it.outgoing(used)
        assert (first.id, second.id) == (message.id, message.id)


def _an_hour_ago(session: Session, table: Any) -> None:
    session.execute(table.update().values(used_at=clock.now() - timedelta(hours=1)))
    note(session, "access")


def test_a_human_and_a_program_are_told_apart():
    assert people.is_human(a_person())
    assert not people.is_human(a_person(scopes=frozenset(auth.SCOPES)))
    assert not people.is_human(None)
