"""Every route of every service, walked by who means harm: from other sites, too often, with bodies nobody wants."""

import asyncio
import importlib
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from services.calendar.pages import UPLOADS as CALENDAR_UPLOADS
from services.map.pages import UPLOADS as MAP_UPLOADS
from services.notifications.pages import UPLOADS as NOTIFICATIONS_UPLOADS
from services.registry.pages import UPLOADS as REGISTRY_UPLOADS
from shared import auth
from shared.web.api import known_parameters
from tests.builders import an_administrator
from tests.harness import Running, quiet, running
from tests.service.permissions.rules import ADMINISTRATOR
from tests.service.permissions.worlds import OURS, WORLDS, actors_of
from tests.service.test_openapi import IDS
from tests.service.test_routes import NOWHERE, SERVICES, WRITES

HTML = "text/html,application/xhtml+xml,*/*;q=0.8"
HTTPS = "https://osiedle.example.org"
UNHEARD = "urn:osiedle:problem:foreign-origin"
NOTED = {"secret"}
"""Who reads a feed by its secret address is noted there, as used: its owner shall know."""
OF_EVERY_ANSWER = {
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "cache-control",
}
POLICY = {"default-src 'self'", "script-src 'self'", "style-src 'self'", "object-src 'none'", "frame-ancestors 'self'"}

UPLOADS = {*CALENDAR_UPLOADS, *MAP_UPLOADS, *NOTIFICATIONS_UPLOADS, *REGISTRY_UPLOADS}


async def run(name: str, folder: Path, **values: object) -> AsyncIterator[Running]:
    settings = importlib.import_module(f"services.{name}.settings").Settings(**quiet(data=folder, **values))
    async with running(importlib.import_module(f"services.{name}.app").create_app, settings) as service:
        yield service


@pytest.fixture(params=SERVICES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest_asyncio.fixture
async def it(name: str, tmp_path: Path) -> AsyncIterator[Running]:
    async for service in run(name, tmp_path):
        yield service


@pytest_asyncio.fixture
async def over_https(name: str, tmp_path: Path) -> AsyncIterator[Running]:
    async for service in run(name, tmp_path / "https", address=HTTPS):
        yield service


def routes(it: Running) -> Iterator[tuple[str, str]]:
    """Give method and a filled path of every route, of programs and of people."""
    for route in iter_route_contexts(it.app.routes):
        if isinstance(route.original_route, APIRoute):
            for method in sorted(route.methods or ()):
                yield method, re.sub(r"\{[^}]+\}", NOWHERE, str(route.path))


def unsafe_routes(it: Running) -> list[tuple[str, str]]:
    return [(method, path) for method, path in routes(it) if method in WRITES]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://osiedle.test"},
        {"Sec-Fetch-Site": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "http://sub.osiedle.test"},
        {"Origin": "http://osiedle.test.evil.example"},
        {"Origin": "http://osiedle.test:8080"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "osiedle.test"},
        {"Origin": "null", "Host": ""},
        {"Authorization": "Basic eDp5", "Origin": "http://evil.example"},
        {},
    ],
)
async def test_no_other_site_writes_in_the_name_of_who_is_signed_in(it: Running, headers: dict[str, str]):
    async with it.http(cookies={auth.TOKEN_COOKIE: it.token(an_administrator())}) as browser:
        for method, path in unsafe_routes(it):
            answer = await browser.request(method, path, headers=headers, json={})
            assert answer.status_code == 403, f"{method} {path}"
            assert answer.json()["type"] == UNHEARD


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://osiedle.test"},
    ],
)
async def test_our_own_pages_and_programs_may_write(it: Running, headers: dict[str, str]):
    cookies = {auth.TOKEN_COOKIE: it.token(an_administrator())}
    for cookie, sent in ((cookies, headers), ({}, it.headers(an_administrator()))):
        async with it.http(cookies=cookie, headers=sent) as browser:
            for method, path in unsafe_routes(it):
                answer = await browser.request(method, path, json={})
                assert UNHEARD not in answer.text, f"{method} {path}"


async def test_over_https_a_page_without_it_may_not_write(over_https: Running):
    headers = {"Origin": HTTPS.replace("https", "http"), "Host": "osiedle.example.org"}
    cookies = {auth.cookie_name(auth.TOKEN_COOKIE, secure=True): over_https.token(an_administrator())}
    async with over_https.http(base_url=HTTPS, cookies=cookies) as browser:
        for method, path in unsafe_routes(over_https):
            answer = await browser.request(method, path, headers=headers, json={})
            assert answer.status_code == 403, f"{method} {path}"
            assert UNHEARD not in (await browser.request(method, path, headers={"Origin": HTTPS}, json={})).text


async def test_over_https_only_a_cookie_that_no_other_host_could_set_counts(over_https: Running):
    token = over_https.token(an_administrator())
    statuses = []
    for secure in (False, True):
        async with over_https.http(
            base_url=HTTPS, cookies={auth.cookie_name(auth.TOKEN_COOKIE, secure=secure): token}
        ) as it:
            for _, path in unsafe_routes(over_https)[:1]:
                statuses.append((await it.post(path, json={}, headers={"Origin": HTTPS})).status_code)
    if statuses:
        assert statuses[0] != statuses[1]


async def test_every_answer_has_the_security_headers(it: Running, over_https: Running):
    for service, address in ((it, "http://osiedle.test"), (over_https, HTTPS)):
        async with service.http(base_url=address, headers={"Accept": HTML}) as browser:
            for method, path in [*routes(service), ("GET", "/nowhere")]:
                if path.endswith("/stream"):
                    continue
                answer = await browser.request(method, path)
                assert set(answer.headers) >= OF_EVERY_ANSWER, f"{method} {path}"
                assert set(answer.headers["content-security-policy"].split("; ")) >= POLICY, f"{method} {path}"
                assert "unsafe-inline" not in answer.headers["content-security-policy"]
                assert "access-control-allow-origin" not in answer.headers, f"{method} {path}"
                assert ("strict-transport-security" in answer.headers) is (address == HTTPS), f"{method} {path}"


async def test_every_route_that_writes_is_limited(name: str, tmp_path: Path):
    async for it in run(name, tmp_path, writes_per_minute=1):
        for number, (method, path) in enumerate(unsafe_routes(it)):
            async with it.http(peer=f"10.1.{number // 250}.{number % 250}") as stranger:
                for wanted in (False, True):
                    answer = await stranger.request(method, path, json={})
                    assert (answer.status_code == 429) is wanted, f"{method} {path}: {answer.status_code}"
                assert answer.headers["retry-after"], f"{method} {path}"


async def test_no_get_changes_anything(name: str, it: Running):
    """Whose data was read is noted, nothing else."""
    actors = actors_of(IDS[OURS])
    world = await WORLDS[name](it, IDS, actors)
    known = {one: text for one, text in world(ADMINISTRATOR, OURS, False).items() if one not in NOTED}
    tables = set(it.database.outbox_table.metadata.tables) - {"idempotency_key", "audit"}
    before = {table: await it.rows(table) for table in tables}
    for headers in ({}, {"Accept": HTML}):
        async with it.http(headers={**it.headers(actors[ADMINISTRATOR]), **headers}) as client:
            for route in iter_route_contexts(it.app.routes):
                path = re.sub(r"\{(\w+)[^}]*\}", lambda one: known.get(one[1], NOWHERE), str(route.path))
                if "GET" in (getattr(route, "methods", None) or ()) and not path.endswith("/stream"):
                    await client.get(path)
    assert {table: await it.rows(table) for table in tables} == before


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "Multipart/Mixed"])
async def test_no_route_takes_a_body_in_parts_but_a_page_that_takes_a_file(it: Running, kind: str):
    for method, path in unsafe_routes(it):
        if path in UPLOADS:
            continue
        body = b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\nc\r\n--x--\r\n'
        headers = {**it.headers(an_administrator()), "Content-Type": kind}
        answer = await it.client.request(method, path, content=body, headers=headers)
        assert answer.status_code == 415, f"{method} {path}"


DEEP = (
    b"[" * 300_000,
    b'{"a":' * 150_000,
    b'{"name": ' + b"9" * 900_000 + b"}",
    b'{"name": "' + b"\\ud800" * 1000 + b'"}',
)
WIDE = b"a=1&" * 240_000, b"&" * 900_000, b"%" * 900_000, b"a[" * 400_000


@pytest.mark.parametrize("body", range(4))
async def test_no_body_stalls_or_breaks_a_route(it: Running, body: int):
    headers = it.headers(an_administrator())
    for method, path in unsafe_routes(it):
        is_api = "/api/" in path
        kind = "application/json" if is_api else "application/x-www-form-urlencoded"
        content = DEEP[body] if is_api else WIDE[body]
        answer = await it.client.request(
            method, path, content=content, headers={**headers, "Content-Type": kind, "If-Match": '"1"'}
        )
        assert 400 <= answer.status_code < 500 or (answer.status_code < 400 and not is_api), f"{method} {path}"


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 30, "²", "٣", "-1", ""])
async def test_no_number_in_a_form_breaks_a_page(name: str, it: Running, number: str):
    actors = actors_of(IDS[OURS])
    world = await WORLDS[name](it, IDS, actors)
    known = world(ADMINISTRATOR, OURS, False)
    async with it.browser(actors[ADMINISTRATOR]) as browser:
        for route in iter_route_contexts(it.app.routes):
            if "POST" in (getattr(route, "methods", None) or ()) and "/api/" not in str(route.path):
                path = re.sub(r"\{(\w+)[^}]*\}", lambda one: known.get(one[1], NOWHERE), str(route.path))
                form = {"version": number, f"came_{IDS[OURS]}": number, "code": number, "expected_participants": number}
                form |= {"name": "x", "title": "x", "starts_on": number, "due_on": number, "because": "x", "text": "x"}
                answer = await browser.post(path, data=form)
                assert answer.status_code < 500, f"{path}: {answer.text[:300]}"


async def test_a_length_that_is_none_is_not_our_fault(it: Running):
    async with it.http() as client:
        for length in (b"\xb2", b"9" * 5000, b"-1", b"x"):
            for method, path in unsafe_routes(it)[:2]:
                answer = await client.request(method, path, headers=[(b"content-length", length)], content=b"")
                assert answer.status_code < 500


ODD_QUERIES = (
    "9999-12-31",
    "0001-01-01",
    "9999-12",
    "9" * 5000,
    "²",
    "%00",
    "nan",
    "-1",
    "../x",
    "%F0%9F%92%A9",
    "a,b",
    "x" * 1900,
)


def is_page(route: RouteContext) -> bool:
    return "/api/" not in str(route.path)


@pytest.mark.parametrize("odd", ODD_QUERIES)
async def test_no_question_in_an_address_breaks_a_page(name: str, it: Running, odd: str):
    async with it.browser(an_administrator()) as browser:
        for route in iter_route_contexts(it.app.routes):
            if isinstance(route.original_route, APIRoute) and "GET" in (route.methods or ()) and is_page(route):
                path = re.sub(r"\{[^}]+\}", NOWHERE, str(route.path))
                for parameter in [*known_parameters(route.original_route), "cursor", "next"]:
                    answer = await browser.get(f"{path}?{parameter}={odd}")
                    if path.endswith("/health/ready") and answer.status_code == 503:
                        # on a busy machine that may be true for a moment, and it says when to ask again
                        await asyncio.sleep(int(answer.headers["Retry-After"]))
                        answer = await browser.get(f"{path}?{parameter}={odd}")
                    assert answer.status_code < 500, f"{path}?{parameter}={odd[:40]}"
