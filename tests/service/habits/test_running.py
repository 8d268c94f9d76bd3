"""A service while it runs: health, numbers, its description, and two of one kind."""

import asyncio
import json

from sqlalchemy import create_engine, text

from tests.builders import a_person
from tests.harness import Running, running
from tests.prometheus import parsed, value_of
from tests.service import sample
from tests.service.sample import THINGS, settings_for
from tests.system.bus.eventually import eventually


async def test_a_service_is_ready_without_the_bus(it: Running):
    assert (await it.client.get("/sample/health/live")).json() == {"status": "live"}
    ready = await it.client.get("/sample/health/ready")
    assert ready.status_code == 200
    assert ready.json()["bus"] == {"connected": False, "outbox_pending": 3}


async def test_a_service_whose_database_is_not_migrated_is_not_ready(it: Running):
    await it.database.write(lambda session: session.execute(text("DELETE FROM alembic_version")) and None)
    answer = await it.client.get("/sample/health/ready")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.json()["migrations"] == "missing"


async def test_a_service_goes_on_while_a_newer_release_has_migrated_its_database(it: Running):
    """Fails when an upgrade takes the old containers out before the new ones are ready."""
    await it.database.write(
        lambda session: session.execute(text("UPDATE alembic_version SET version_num = '9'")) and None
    )
    answer = await it.client.get("/sample/health/ready")
    assert (answer.status_code, answer.json()["migrations"]) == (200, "done")


async def test_a_bus_that_acknowledges_before_it_wrote_is_not_ready_and_one_that_is_away_is(on_sqlite: Running):
    """Fails when the bus is only reported: the server then forgets what everybody believes is kept."""
    state = on_sqlite.app.state.bus.state
    for sync, status in (("not always", 503), ("unknown", 200), ("always", 200)):
        state["sync"] = sync
        answer = await on_sqlite.client.get("/sample/health/ready")
        assert (answer.status_code, answer.json()["bus"]["sync"]) == (status, sync)


async def test_a_database_that_hangs_makes_not_ready_in_time_and_takes_no_thread_from_others(it: Running):
    """Fails without a limit of time (it hangs), and when each question takes one more of the writers that are left."""
    person = a_person()
    lock = "BEGIN IMMEDIATE" if it.database.is_sqlite else "BEGIN; LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"
    other = create_engine(it.database.engine.url, isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        connection.exec_driver_sql(lock)
        asked = (it.client.get("/sample/health/ready") for _ in range(6))
        answers = await asyncio.wait_for(asyncio.gather(*asked), 30)
        assert {answer.status_code for answer in answers} == {503}
        assert {answer.json()["database"] for answer in answers} == {"unavailable"}
        assert (await it.client.get("/sample/health/live")).status_code == 200
        if not it.database.is_sqlite:
            made = it.client.post(THINGS, json={"name": "x"}, headers=it.headers(person))
            assert (await asyncio.wait_for(made, 10)).status_code == 201
        connection.exec_driver_sql("ROLLBACK")
    other.dispose()
    await eventually(lambda: _is_ready(it))


async def test_whoever_is_about_to_stop_is_alive_and_not_ready(on_sqlite: Running):
    on_sqlite.app.state.stopping = True
    answer = await on_sqlite.client.get("/sample/health/ready")
    assert (answer.status_code, answer.json()["stopping"], answer.json()["database"]) == (503, True, "writable")
    assert (await on_sqlite.client.get("/sample/health/live")).status_code == 200


async def test_metrics_count_answers_by_status(on_sqlite: Running):
    await on_sqlite.client.get("/nowhere")
    samples = parsed((await on_sqlite.client.get("/sample/metrics")).text)
    assert value_of(samples, "osiedle_http_answers_total", service="sample", method="GET", status="404") == 1
    assert value_of(samples, "osiedle_bus_outbox_pending", service="sample") == 3
    assert value_of(samples, "osiedle_bus_loop_alive_seconds", service="sample") < 60


async def test_the_api_describes_itself(on_sqlite: Running):
    description = (await on_sqlite.client.get("/sample/openapi.json")).json()
    post = description["paths"][THINGS]["post"]
    assert "Idempotency-Key" in [parameter["name"] for parameter in post["parameters"]]
    assert set(post["responses"]) == {"201", "400", "401", "403", "409", "413", "415", "422", "429", "503"}
    assert "application/problem+json" in post["responses"]["422"]["content"]
    one = description["paths"][f"{THINGS}/{{thing_id}}"]
    assert set(one["get"]["responses"]) == {"200", "304", "404", "422"}
    assert set(one["patch"]["responses"]) == set(post["responses"]) - {"201", "409"} | {"200", "404", "412", "428"}
    assert "ProblemDocument" in description["components"]["schemas"]
    assert "HTTPValidationError" not in json.dumps(description)
    page = await on_sqlite.client.get("/sample/docs", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert THINGS in page.text


async def test_two_of_one_service_live_in_one_process(tmp_path):
    urls = [f"sqlite:///{tmp_path}/{name}/db.sqlite" for name in ("one", "two")]
    async with (
        running(sample.create_app, settings_for(urls[0])) as one,
        running(sample.create_app, settings_for(urls[1])) as two,
    ):
        person = a_person()
        assert (await one.client.post(THINGS, json={"name": "a"}, headers=one.headers(person))).status_code == 201
        assert (await two.client.get(THINGS)).json()["items"] == []
        assert (await two.client.post(THINGS, json={"name": "a"}, headers=one.headers(person))).status_code == 401


async def test_the_bus_and_the_jobs_run_only_while_the_service_does(sqlite_database_url: str):
    ready = settings_for(sqlite_database_url, connected=True, working=True)
    app = sample.create_app(ready)
    async with app.router.lifespan_context(app):
        assert app.state.bus.events == ["start"]
    assert app.state.bus.events == ["start", "stop"]


async def _is_ready(it: Running) -> bool:
    return (await it.client.get("/sample/health/ready")).status_code == 200


async def test_a_full_disk_is_called_so_by_its_refusal_and_by_readiness_until_there_is_room(on_sqlite: Running):
    """Fails where people are told that too much waits: nobody would make room."""
    person = a_person()
    with on_sqlite.database.engine.connect() as connection:  # the one that writes; then it is full
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    async def make(number):
        return await on_sqlite.client.post(THINGS, json={"name": f"x{number}"}, headers=on_sqlite.headers(person))

    refused = [await make(number) for number in range(60)][-1]  # some fit into what is half full
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:osiedle:problem:no-room")
    assert refused.headers["retry-after"]
    ready = await on_sqlite.client.get("/sample/health/ready")
    assert (ready.status_code, ready.json()["database"]) == (503, "full")
    with on_sqlite.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    assert (await make(100)).status_code == 201
    assert await _is_ready(on_sqlite)
