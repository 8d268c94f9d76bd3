"""What browsers get: refusals as pages, guarded from other sites, in their language."""

from urllib.parse import quote

import pytest

from shared import auth
from tests.builders import a_person
from tests.harness import Running, running
from tests.service import sample
from tests.service.sample import THINGS, settings_for


async def test_a_person_signs_in_by_cookie(on_sqlite: Running):
    async with on_sqlite.browser(a_person(name="Ewa")) as browser:
        assert "Ewa" in (await browser.get("/sample/secret")).text


async def test_a_refusal_is_a_page_for_a_browser_and_json_for_a_program(on_sqlite: Running):
    async with on_sqlite.browser() as browser:
        page = await browser.get("/sample/secret?lang=en")
        data = await browser.get("/sample/api/v1/nothing")
    assert (page.status_code, page.headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert "<h1>Sign in first</h1>" in page.text
    assert data.headers["content-type"] == "application/problem+json"
    missing = await on_sqlite.client.get("/sample/nothing", headers={"Accept": "application/json"})
    assert missing.headers["content-type"] == "application/problem+json"


async def test_the_page_of_a_refusal_knows_who_is_signed_in(on_sqlite: Running):
    async with on_sqlite.browser(a_person(name="Ewa Nowak")) as browser:
        assert "Ewa Nowak" in (await browser.get("/nowhere")).text
    async with on_sqlite.browser() as browser:
        assert "Ewa Nowak" not in (await browser.get("/nowhere")).text


async def test_a_page_with_an_old_token_and_a_session_is_sent_to_the_registry(on_sqlite: Running):
    old = {"osiedle_token": on_sqlite.token(a_person(), seconds=-60), "osiedle_session": "s"}
    async with on_sqlite.browser() as browser:
        browser.cookies.update(old)
        for path in ("/sample/secret?a=b", "/sample/hello?a=b"):
            answer = await browser.get(path)
            assert answer.status_code == 303
            assert answer.headers["location"] == f"/registry/session?next={quote(path, safe='')}"
        sent = await browser.post("/sample/hello?a=b", data={"name": "x"})
        assert (sent.status_code, sent.headers["location"]) == (307, "/registry/session?next=%2Fsample%2Fhello%3Fa%3Db")
        assert (await browser.get("/sample/api/v1/me")).json() == {"name": None}


async def test_who_has_just_got_a_token_that_does_not_hold_either_is_not_sent_round_in_circles(on_sqlite: Running):
    async with on_sqlite.browser() as browser:
        browser.cookies.update({"osiedle_token": "x", "osiedle_session": "s", auth.RENEWED_COOKIE: "yes"})
        assert (await browser.get("/sample/secret")).status_code == 401
        assert (await browser.post("/sample/hello", data={"name": "x"})).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://osiedle.test"}, 403),
        ({"Origin": "http://osiedle.test"}, 200),
        ({"Origin": "http://osiedle.test.evil.example"}, 403),
        ({"Origin": "http://osiedle.test:81"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
async def test_another_site_cannot_act_for_who_is_signed_in(on_sqlite: Running, headers: dict[str, str], status: int):
    cookies = {auth.TOKEN_COOKIE: on_sqlite.token(a_person())}
    async with on_sqlite.http(headers=headers, cookies=cookies) as client:
        assert (await client.post("/sample/hello", data={"name": "x"})).status_code == status
        assert (await client.post(THINGS, json={"name": "x"})).status_code == (201 if status == 200 else status)


async def test_a_program_with_a_token_may_come_from_anywhere(on_sqlite: Running):
    headers = {**on_sqlite.headers(a_person()), "Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    assert (await on_sqlite.client.post(THINGS, json={"name": "x"}, headers=headers)).status_code == 201


@pytest.mark.parametrize(
    "path",
    [
        "/sample/hello",
        "/sample/secret",
        "/nowhere",
        THINGS,
        "/sample/api/v1/broken",
        "/sample/docs",
        "/sample/assets/osiedle.css",
    ],
)
async def test_every_answer_has_the_strict_policy(on_sqlite: Running, path: str):
    async with on_sqlite.browser() as browser:
        headers = (await browser.get(path)).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["form-action"] == policy["base-uri"] == "'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in headers


async def test_over_https_browsers_are_told_to_stay_there(sqlite_database_url: str):
    async with running(sample.create_app, settings_for(sqlite_database_url, address="https://osiedle.example")) as it:
        assert "strict-transport-security" in (await it.client.get("/sample/hello")).headers


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "pl"),
        ("en", "en"),
        ("en-GB,pl;q=0.5", "en"),
        ("de", "pl"),
        ("de, en;q=0.3, pl;q=0.2", "en"),
        ("pl,en", "pl"),
        ("*", "pl"),
        ("en;q=0", "pl"),
        ("en;q=x", "pl"),
    ],
)
async def test_a_program_chooses_its_language_by_header(on_sqlite: Running, accepted: str | None, language: str):
    headers = {"Accept-Language": accepted} if accepted else {}
    answer = await on_sqlite.client.get("/sample/api/v1/nothing", headers=headers)
    assert answer.headers["content-language"] == language
    assert answer.json()["title"] == {"pl": "Tu niczego nie ma", "en": "There is nothing here"}[language]
    assert "accept-language" in answer.headers["vary"].lower()


async def test_a_person_chooses_their_language_once(on_sqlite: Running):
    async with on_sqlite.browser() as browser:
        assert 'lang="pl"' in (await browser.get("/nowhere")).text
        assert 'lang="en"' in (await browser.get("/nowhere?lang=en")).text
        assert 'lang="en"' in (await browser.get("/nowhere")).text
        assert (await browser.get("/sample/api/v1/nothing")).headers["content-language"] == "pl"
        assert "set-cookie" not in (await browser.get("/nowhere?lang=xx")).headers
