"""The habits of every service's HTTP door, seen on a tiny service of the tests' own, on both databases."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import event, text

from shared import auth, clock
from shared.messages.registry import KeyPublished
from shared.settings import ServiceSettings
from tests.builders import a_coordinator, a_person, an_administrator
from tests.harness import Running, quiet, running
from tests.service import sample

THINGS = "/sample/api/v1/things"
ORGANISATION = "01912345-0000-7000-8000-000000000001"


def settings(url: str, **values: Any) -> ServiceSettings:
    return ServiceSettings(**quiet(database_url=url, **values))


@pytest_asyncio.fixture
async def it(database_url: str) -> AsyncIterator[Running]:
    async with running(sample.create_app, settings(database_url)) as service:
        service.client.headers.update(service.headers(a_person()))
        yield service


@pytest_asyncio.fixture
async def on_sqlite(sqlite_database_url: str) -> AsyncIterator[Running]:
    async with running(sample.create_app, settings(sqlite_database_url)) as service:
        yield service


async def test_what_is_created_is_committed_when_the_answer_comes(it: Running):
    answer = await it.client.post(THINGS, json={"name": "ławka"})
    assert answer.status_code == 201
    made = answer.json()
    assert answer.headers["location"] == f"{THINGS}/{made['id']}"
    assert answer.headers["etag"] == '"1"'
    again = await it.client.get(answer.headers["location"])
    assert again.json() == made
    assert [message.id for message in await it.outgoing()] == [made["id"]]


async def test_a_refused_command_leaves_nothing_behind(it: Running):
    await it.client.post(THINGS, json={"name": "ławka"})
    before = len(await it.rows("outbox")), len(await it.rows("history"))
    refused = await it.client.post(THINGS, json={"name": "ławka"}, headers={"Idempotency-Key": "k"})
    assert refused.status_code == 409
    assert refused.json()["names"] == ["ławka"]
    assert (len(await it.rows("outbox")), len(await it.rows("history"))) == before
    assert await it.rows("idempotency_key") == []


async def test_twenty_equal_requests_with_one_key_do_it_once(it: Running):
    headers = {"Idempotency-Key": "one"}
    answers = await asyncio.gather(
        *(it.client.post(THINGS, json={"name": "ławka"}, headers=headers) for _ in range(20))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({(answer.content, answer.headers["location"], answer.headers["etag"]) for answer in answers}) == 1
    assert sum(answer.headers.get("idempotency-replayed") == "true" for answer in answers) == 19
    assert len(await it.rows("thing")) == 1
    assert len(await it.outgoing()) == 1


async def test_the_same_key_with_another_body_is_refused(it: Running):
    headers = {"Idempotency-Key": "one"}
    await it.client.post(THINGS, json={"name": "ławka"}, headers=headers)
    other = await it.client.post(THINGS, json={"name": "huśtawka"}, headers=headers)
    assert other.status_code == 422
    assert other.json()["type"] == "urn:osiedle:problem:idempotency-key-reused"
    assert len(await it.rows("thing")) == 1


async def test_two_people_may_use_the_same_key(it: Running):
    for name in ("ławka", "huśtawka"):
        headers = {**it.headers(a_person()), "Idempotency-Key": "one"}
        assert (await it.client.post(THINGS, json={"name": name}, headers=headers)).status_code == 201


async def test_a_refused_request_may_be_repeated_with_its_key(it: Running):
    headers = {"Idempotency-Key": "one"}
    first = (await it.client.post(THINGS, json={"name": "ławka"})).json()
    assert (await it.client.post(THINGS, json={"name": "ławka"}, headers=headers)).status_code == 409
    await it.client.patch(f"{THINGS}/{first['id']}", json={"name": "stół"}, headers={"If-Match": '"1"'})
    assert (await it.client.post(THINGS, json={"name": "ławka"}, headers=headers)).status_code == 201


async def test_a_key_is_forgotten_after_two_days(it: Running):
    await it.client.post(THINGS, json={"name": "ławka"}, headers={"Idempotency-Key": "old"})
    table = sample.Base.metadata.tables["idempotency_key"]
    old = clock.now() - timedelta(days=3)
    await it.database.write(lambda session: session.execute(table.update().values(kept_at=old)) and None)
    await it.client.post(THINGS, json={"name": "stół"}, headers={"Idempotency-Key": "new"})
    await it.run_job("forget old idempotency keys")
    assert [row.key for row in await it.rows("idempotency_key")] == ["new"]


async def test_long_work_with_a_key_answers_the_same_twice(it: Running):
    headers = {"Idempotency-Key": "import"}
    answers = [await it.client.post("/sample/api/v1/imports", content=b"a b c", headers=headers) for _ in range(2)]
    assert [answer.json() for answer in answers] == [{"imported": 3}] * 2
    assert answers[1].headers["idempotency-replayed"] == "true"
    assert len(await it.rows("thing")) == 3


async def test_of_ten_edits_of_one_version_exactly_one_gets_through(it: Running):
    made = (await it.client.post(THINGS, json={"name": "ławka"})).json()
    address, headers = f"{THINGS}/{made['id']}", {"If-Match": '"1"'}
    answers = await asyncio.gather(
        *(it.client.patch(address, json={"name": f"n{number}"}, headers=headers) for number in range(10))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 9
    winner = next(answer for answer in answers if answer.status_code == 200)
    assert winner.headers["etag"] == '"2"'
    history = await it.rows("history", order_by="position")
    assert [(row.version, row.action) for row in history] == [(1, "made"), (2, "renamed")]
    assert history[1].changes == {"name": ["ławka", winner.json()["name"]]}


@pytest.mark.parametrize(
    ("tag", "status"), [(None, 428), ("*", 428), ('W/"1"', 412), ("1", 412), ('"9"', 412), ('"1"', 200)]
)
async def test_an_edit_says_the_version_it_edits(on_sqlite: Running, tag: str | None, status: int):
    who = on_sqlite.headers(a_person())
    made = (await on_sqlite.client.post(THINGS, json={"name": "ławka"}, headers=who)).json()
    headers = {**who, **({"If-Match": tag} if tag else {})}
    answer = await on_sqlite.client.patch(f"{THINGS}/{made['id']}", json={"name": "stół"}, headers=headers)
    assert answer.status_code == status


async def test_who_has_the_newest_version_gets_304(on_sqlite: Running):
    who = on_sqlite.headers(a_person())
    address = (await on_sqlite.client.post(THINGS, json={"name": "ławka"}, headers=who)).headers["location"]
    for tag, status in (('"1"', 304), ('W/"1"', 304), ('"0", "1"', 304), ("*", 304), ('"2"', 200)):
        answer = await on_sqlite.client.get(address, headers={"If-None-Match": tag})
        assert answer.status_code == status
        assert answer.headers["etag"] == '"1"'
        assert (answer.content == b"") is (status == 304)


async def test_commands_that_waited_together_fail_alone(it: Running):
    names = [f"n{number % 5}" for number in range(40)]
    answers = await asyncio.gather(*(it.client.post(THINGS, json={"name": name}) for name in names))
    made = [answer for answer in answers if answer.status_code == 201]
    assert len(made) == len(await it.rows("thing")) == len(await it.outgoing()) == len(await it.rows("history")) == 5


async def test_commands_run_again_when_the_commit_they_shared_fails(it: Running):
    failures: list[int] = []

    def fail_once(_connection: Any) -> None:
        if not failures:
            failures.append(1)
            raise RuntimeError("the disk is full for a moment")

    event.listen(it.database.engine, "commit", fail_once)
    answers = await asyncio.gather(
        *(
            it.client.post(THINGS, json={"name": f"n{number}"}, headers={"Idempotency-Key": f"k{number}"})
            for number in range(20)
        )
    )
    assert failures
    assert {answer.status_code for answer in answers} == {201}
    assert len(await it.rows("thing")) == len(await it.outgoing()) == len(await it.rows("idempotency_key")) == 20
    shown = {answer.json()["id"] for answer in answers}
    assert {str(row.id) for row in await it.rows("thing")} == shown


async def test_head_is_get_without_content(on_sqlite: Running):
    for path, status in (("/sample/hello", 200), (THINGS, 200), ("/nowhere", 404), ("/sample/assets/osiedle.css", 200)):
        head, get = await on_sqlite.client.head(path), await on_sqlite.client.get(path)
        assert head.status_code == get.status_code == status
        assert head.content == b""
        assert head.headers["content-length"] == get.headers["content-length"] != "0"


async def test_files_are_kept_for_ever_under_their_digest(on_sqlite: Running):
    path = "/sample/assets/osiedle.css"
    assert "immutable" in (await on_sqlite.client.get(f"{path}?v=1")).headers["cache-control"]
    assert "immutable" not in (await on_sqlite.client.get(path)).headers["cache-control"]
    assert "cookie" not in (await on_sqlite.client.get(path)).headers["vary"].lower()


async def test_pages_of_a_list_are_stable_while_it_grows(it: Running):
    for number in range(7):
        await it.client.post(THINGS, json={"name": f"n{number}"})
    seen: list[str] = []
    address: Any = f"{THINGS}?limit=3&only=x"
    while address:
        answer = await it.client.get(address)
        page = answer.json()
        assert page["sorted_by"] == "name"
        assert answer.headers.get("link") == (f'<{page["next"]}>; rel="next"' if page["next"] else None)
        assert page["next"] is None or "only=x" in page["next"]
        seen += [item["name"] for item in page["items"]]
        await it.client.post(THINGS, json={"name": f"a{len(seen)}"})
        address = page["next"]
    assert seen == [f"n{number}" for number in range(7)]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "cursor=%21", "cursor=W10", "cursor=eyJ9", "nope=1"]
)
async def test_a_query_that_makes_no_sense_is_refused_with_a_pointer(on_sqlite: Running, query: str):
    answer = await on_sqlite.client.get(f"{THINGS}?{query}")
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert (fault["in"], fault["pointer"]) == ("query", "/" + query.split("=")[0])


async def test_every_fault_of_a_body_has_a_pointer_and_a_sentence(on_sqlite: Running):
    body = {"name": "", "at": "2026-11-26T14:00:00", "counts": [1, "x"], "odd/field~": 1}
    headers = {**on_sqlite.headers(a_person()), "Accept-Language": "pl"}
    answer = await on_sqlite.client.post(THINGS, json=body, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    faults = {fault["pointer"]: fault["detail"] for fault in answer.json()["errors"]}
    assert set(faults) == {"/name", "/at", "/counts/1", "/odd~1field~0"}
    assert faults["/counts/1"] == "Tu ma być liczba całkowita"


@pytest.mark.parametrize("content", [b"{", b"", b"\xff", b"[" * 100_000])
async def test_what_is_not_json_is_refused(on_sqlite: Running, content: bytes):
    headers = {**on_sqlite.headers(a_person()), "Content-Type": "application/json"}
    answer = await on_sqlite.client.post(THINGS, content=content, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/sample/api/v1/nothing", 404),
        ("GET", "/nowhere", 404),
        ("GET", f"{THINGS}/{ORGANISATION}", 404),
        ("DELETE", THINGS, 405),
        ("POST", THINGS, 401),
        ("GET", "/sample/api/v1/broken", 500),
        ("GET", "/sample/api/v1/busy", 503),
    ],
)
async def test_every_refusal_is_a_problem_document(on_sqlite: Running, method: str, path: str, status: int):
    answer = await on_sqlite.client.request(method, path, headers={"Accept-Language": "en"})
    document = answer.json()
    assert answer.status_code == status == document["status"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert document["type"].startswith("urn:osiedle:problem:")
    assert document["title"]
    assert answer.headers["content-language"] == "en"


async def test_an_unexpected_error_tells_its_trace_id_and_nothing_else(on_sqlite: Running):
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    answer = await on_sqlite.client.get("/sample/api/v1/broken", headers=headers)
    assert set(answer.json()) == {"type", "title", "status", "trace_id"}
    assert answer.json()["trace_id"] == answer.headers["trace-id"] == trace
    assert "secret" not in answer.text
    assert "content-security-policy" in answer.headers


async def test_a_busy_service_says_when_to_come_again(on_sqlite: Running):
    assert (await on_sqlite.client.get("/sample/api/v1/busy")).headers["retry-after"] == "1"


async def test_405_says_what_is_allowed(on_sqlite: Running):
    assert (await on_sqlite.client.delete(f"{THINGS}/x")).headers["allow"]


async def test_the_trace_of_a_request_goes_on_in_its_messages(it: Running):
    trace = "0af7651916cd43dd8448eb211c80319c"
    await it.client.post(THINGS, json={"name": "a"}, headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    [row] = await it.rows("outbox")
    assert row.headers["ce-correlationid"] == trace
    assert trace in row.headers["ce-traceparent"]


async def test_a_body_that_is_too_large_is_refused_announced_or_not(sqlite_database_url: str):
    async with running(sample.create_app, settings(sqlite_database_url, body_bytes=100, import_bytes=200)) as it:
        headers = it.headers(a_person())

        async def in_pieces() -> AsyncIterator[bytes]:
            for _ in range(30):
                yield b"x" * 10

        for content in (b"x" * 101, in_pieces()):
            answer = await it.client.post(THINGS, content=content, headers=headers)
            assert answer.status_code == 413
            assert answer.json()["type"] == "urn:osiedle:problem:too-large"
        assert (await it.client.post("/sample/api/v1/imports", content=b"x" * 150, headers=headers)).status_code == 200
        assert (await it.client.post("/sample/api/v1/imports", content=in_pieces(), headers=headers)).status_code == 413


async def test_a_permission_is_asked_in_the_command(on_sqlite: Running):
    body = {"name": "a", "owner_id": ORGANISATION}
    for person, status in (
        (a_person(), 403),
        (a_person(roles={ORGANISATION: "member"}), 403),
        (a_coordinator("01912345-0000-7000-8000-00000000ffff"), 403),
        (a_coordinator(ORGANISATION), 201),
        (an_administrator(), 409),
    ):
        answer = await on_sqlite.client.post(THINGS, json=body, headers=on_sqlite.headers(person))
        assert answer.status_code == status


# Who asks


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
    async with running(sample.create_app, settings(database_url, key_wait_seconds=5), with_key=False) as it:
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
    async with running(sample.create_app, settings(sqlite_database_url, key_wait_seconds=0.5), with_key=False) as it:
        times = [loop.time()]
        for _ in range(2):
            answer = await it.client.get("/sample/api/v1/me", headers=it.headers(a_person()))
            assert answer.status_code == 401
            times.append(loop.time())
        assert times[1] - times[0] >= 0.5 > times[2] - times[1]


async def test_a_key_holds_only_in_its_time(sqlite_database_url: str):
    async with running(sample.create_app, settings(sqlite_database_url), with_key=False) as it:
        past, future = clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1)
        for start, end, status in ((past, past, 401), (future, future, 401), (past, future, 200)):
            message = KeyPublished(
                id="test-key", version=1, public_key=auth.public_part(it.key), not_before_at=start, expires_at=end
            )
            await it.database.write(auth.remember_key, sample.KnownKey, message)
            it.app.state.keys = auth.KeyRing(it.database, sample.Base.metadata.tables["known_key"], 0.1)
            answer = await it.client.get("/sample/api/v1/me", headers=it.headers(a_person()))
            assert answer.status_code == status


# Pages


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


async def test_a_page_with_an_old_token_and_a_session_is_sent_to_the_registry(on_sqlite: Running):
    old = {"osiedle_token": on_sqlite.token(a_person(), seconds=-60), "osiedle_session": "s"}
    async with on_sqlite.browser() as browser:
        browser.cookies.update(old)
        for path in ("/sample/secret?a=b", "/sample/hello?a=b"):
            answer = await browser.get(path)
            assert answer.status_code == 303
            assert (
                answer.headers["location"]
                == f"/registry/session?next={path.replace('/', '%2F').replace('?', '%3F').replace('=', '%3D')}"
            )
        assert (await browser.post("/sample/hello", data={"name": "x"})).status_code == 401
        assert (await browser.get("/sample/api/v1/me")).json() == {"name": None}


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
    async with running(sample.create_app, settings(sqlite_database_url, address="https://osiedle.example")) as it:
        assert "strict-transport-security" in (await it.client.get("/sample/hello")).headers


# Language


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


# Health


async def test_a_service_is_ready_without_the_bus(it: Running):
    assert (await it.client.get("/sample/health/live")).json() == {"status": "live"}
    ready = await it.client.get("/sample/health/ready")
    assert ready.status_code == 200
    assert ready.json()["bus"] == {"connected": False, "pending": 3}


async def test_a_service_whose_database_is_not_migrated_is_not_ready(it: Running):
    await it.database.write(lambda session: session.execute(text("DELETE FROM alembic_version")) and None)
    answer = await it.client.get("/sample/health/ready")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.json()["migrations"] == "missing"


async def test_metrics_count_answers_by_status(on_sqlite: Running):
    await on_sqlite.client.get("/nowhere")
    text = (await on_sqlite.client.get("/sample/metrics")).text
    assert 'osiedle_http_answers_total{service="sample",method="GET",status="404"} 1' in text
    assert 'osiedle_bus_pending{service="sample"} 3' in text


async def test_the_api_describes_itself(on_sqlite: Running):
    description = (await on_sqlite.client.get("/sample/openapi.json")).json()
    post = description["paths"][THINGS]["post"]
    assert "Idempotency-Key" in [parameter["name"] for parameter in post["parameters"]]
    assert "application/problem+json" in post["responses"]["default"]["content"]
    assert "HTTPValidationError" not in json.dumps(description)
    page = await on_sqlite.client.get("/sample/docs", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert THINGS in page.text


async def test_two_of_one_service_live_in_one_process(tmp_path):
    urls = [f"sqlite:///{tmp_path}/{name}/db.sqlite" for name in ("one", "two")]
    async with (
        running(sample.create_app, settings(urls[0])) as one,
        running(sample.create_app, settings(urls[1])) as two,
    ):
        person = a_person()
        assert (await one.client.post(THINGS, json={"name": "a"}, headers=one.headers(person))).status_code == 201
        assert (await two.client.get(THINGS)).json()["items"] == []
        assert (await two.client.post(THINGS, json={"name": "a"}, headers=one.headers(person))).status_code == 401


async def test_the_bus_and_the_jobs_run_only_while_the_service_does(sqlite_database_url: str):
    ready = settings(sqlite_database_url, connected=True, working=True)
    app = sample.create_app(ready)
    async with app.router.lifespan_context(app):
        assert app.state.bus.events == ["start"]
    assert app.state.bus.events == ["start", "stop"]
