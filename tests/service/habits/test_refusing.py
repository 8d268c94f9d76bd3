"""Every refusal is a problem document with a pointer, a sentence and a status that fits."""

from collections.abc import AsyncIterator

import pytest

from tests.builders import a_coordinator, a_person, an_administrator
from tests.harness import Running, running
from tests.service import sample
from tests.service.sample import THINGS, settings_for

ORGANISATION = "01912345-0000-7000-8000-000000000001"


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
    async with running(sample.create_app, settings_for(sqlite_database_url, body_bytes=100, import_bytes=200)) as it:
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
