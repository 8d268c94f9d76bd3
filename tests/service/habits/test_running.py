"""A service while it runs: health, numbers, its description, and two of one kind."""

import json

from sqlalchemy import text

from tests.builders import a_person
from tests.harness import Running, running
from tests.service import sample
from tests.service.sample import THINGS, settings_for


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


async def test_a_service_whose_bus_acknowledges_what_it_has_not_written_is_not_ready(on_sqlite: Running):
    """Fails where the bus is only reported: nobody looks, until a power failure has lost what was acknowledged."""
    state = on_sqlite.app.state.bus.state
    for sync, status in (("always", 200), ("unknown", 200), ("not always", 503)):
        state["sync"] = sync
        answer = await on_sqlite.client.get("/sample/health/ready")
        assert answer.status_code == status, sync


async def test_metrics_count_answers_by_status(on_sqlite: Running):
    await on_sqlite.client.get("/nowhere")
    text = (await on_sqlite.client.get("/sample/metrics")).text
    assert 'osiedle_http_answers_total{service="sample",method="GET",status="404"} 1' in text
    assert 'osiedle_bus_pending{service="sample"} 3' in text


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
