"""A change by HTTP: committed before the answer, once per key, by version, with its history; lists by cursor."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from shared import clock
from tests.builders import a_person
from tests.harness import Running
from tests.service import sample
from tests.service.sample import THINGS


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
    await it.run_job("forget old keys and revocations")
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


async def test_while_the_database_cannot_be_written_a_change_is_asked_to_come_again(on_sqlite: Running):
    """Fails where a database that is away is taken for our fault: 500."""
    on_sqlite.client.headers.update(on_sqlite.headers(a_person()))
    await on_sqlite.database.write(_become_readonly)
    answer = await on_sqlite.client.post(THINGS, json={"name": "ławka"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["content-type"] == "application/problem+json"
    on_sqlite.database.engine.dispose()
    assert (await on_sqlite.client.post(THINGS, json={"name": "ławka"})).status_code == 201


def _become_readonly(session: Session) -> None:
    session.connection().exec_driver_sql("PRAGMA query_only=ON")
