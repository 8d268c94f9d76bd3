"""Every route of every service, walked: the JSON habits of `shared.web` hold without exception."""

import importlib
import inspect
import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from tests.builders import an_administrator
from tests.harness import Running, quiet, running

ROOT = Path(__file__).resolve().parents[2]
SERVICES = sorted(path.parent.name for path in ROOT.glob("services/*/app.py"))
NOWHERE = "01912345-0000-7000-8000-00000000dead"
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
ONCE = re.compile(r"web\.(create|perform|long_work)\(")
DRY_RUNS = {"/calendar/api/v1/events/check", "/calendar/api/v1/slots/search"}
"""A POST that only looks: its body is too long for an address."""
ONCE_BY_ID = {"/calendar/api/v1/municipal/{partner}/messages"}
"""A POST that is done once for one id of a message (ce-id), also when that came by another door."""
AT_THE_ROOT = {
    "calendar": {"/"},
    "registry": {"/developers", "/privacy", "/accessibility"},
    "notifications": {"/status"},
}
"""Pages whose address does not begin with their service's name; the gateways know them."""
ODD_IDS = ("nope", "%00", "%C5%82", "0", NOWHERE.upper(), "a" * 300)
ODD_VALUES = (*ODD_IDS, "", "-1", "NaN", "9" * 30, "2026-13-45", "2026-11-26T14:00:00", "WyJcdTAwMDAiLCAieCJd")
BODIES = [b"", b"{", b"[]", b'{"nothing": 1}', b"\xff\xfe"]


def app_of(service: str, folder: Path) -> FastAPI:
    settings = importlib.import_module(f"services.{service}.settings").Settings(**quiet(data=folder))
    app: FastAPI = importlib.import_module(f"services.{service}.app").create_app(settings)
    return app


def endpoints(app: FastAPI) -> Iterator[tuple[str, str, Any]]:
    """Give method, path and function of every endpoint under `/<service>/api/`."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute) and "/api/" in str(route.path):
            for method in route.methods or ():
                yield method, str(route.path), route.endpoint


def filled(path: str) -> str:
    return re.sub(r"\{[^}]+\}", NOWHERE, path)


@pytest.fixture(params=SERVICES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest_asyncio.fixture
async def it(name: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(lambda folder: app_of(name, folder), tmp_path) as service:
        service.client.headers.update(service.headers(an_administrator()))
        yield service


async def test_every_route_refuses_a_query_parameter_nobody_knows(it: Running):
    for method, path, _ in endpoints(it.app):
        answer = await it.client.request(method, f"{filled(path)}?nobody_knows=1", json={})
        assert answer.status_code == 422, f"{method} {path}"
        assert answer.json()["errors"][0]["pointer"] == "/nobody_knows", f"{method} {path}"


async def test_every_refusal_is_a_problem_document_and_none_is_our_fault(it: Running):
    refused = 0
    for method, path, _ in endpoints(it.app):
        for body in BODIES if method in WRITES else [b""]:
            for headers in ({"If-Match": '"1"'}, {"Authorization": "Bearer x"}):
                if path.endswith("/stream") and "Authorization" not in headers:
                    continue
                sent = {"Content-Type": "application/json", **headers}
                answer = await it.client.request(method, filled(path), content=body, headers=sent)
                assert answer.status_code < 500, f"{method} {path} {body!r}: {answer.text}"
                if answer.status_code >= 400:
                    refused += 1
                    assert answer.headers["content-type"] == "application/problem+json", f"{method} {path}"
                    document = answer.json()
                    assert document["status"] == answer.status_code
                    assert document["type"].startswith("urn:osiedle:problem:")
    assert refused


async def test_an_address_that_is_none_is_not_our_fault(name: str, database_url: str):
    settings = importlib.import_module(f"services.{name}.settings").Settings(**quiet(database_url=database_url))
    async with running(importlib.import_module(f"services.{name}.app").create_app, settings) as it:
        headers = {**it.headers(an_administrator()), "If-Match": '"1"'}
        for method, path, _ in endpoints(it.app):
            for odd in ODD_IDS if "{" in path else ():
                answer = await it.client.request(method, re.sub(r"\{[^}]+\}", odd, path), headers=headers)
                assert 400 <= answer.status_code < 500, f"{method} {path} {odd}: {answer.text}"


async def test_a_question_that_makes_no_sense_is_not_our_fault(name: str, database_url: str):
    settings = importlib.import_module(f"services.{name}.settings").Settings(**quiet(database_url=database_url))
    async with running(importlib.import_module(f"services.{name}.app").create_app, settings) as it:
        it.client.headers.update(it.headers(an_administrator()))
        for path, methods in it.app.openapi()["paths"].items():
            asked = methods.get("get", {}).get("parameters", [])
            for parameter in [one["name"] for one in asked if one["in"] == "query" and not path.endswith("/stream")]:
                for odd in ODD_VALUES:
                    address = f"{filled(path)}?{parameter}={odd}"
                    answer = await it.client.get(address)
                    assert answer.status_code < 500, f"{address}: {answer.text}"


async def test_every_post_is_done_once_for_one_key(it: Running):
    for method, path, endpoint in endpoints(it.app):
        if method == "POST" and path not in DRY_RUNS | ONCE_BY_ID:
            assert ONCE.search(written(endpoint)), f"{path} does not go through web.create or its like"
            parameters = it.app.openapi()["paths"][path]["post"]["parameters"]
            assert "Idempotency-Key" in [parameter["name"] for parameter in parameters], path


async def test_every_edit_demands_the_version_it_edits(it: Running):
    for method, path, _ in endpoints(it.app):
        if method in ("PUT", "PATCH"):
            answer = await it.client.request(method, filled(path), json={})
            assert answer.status_code == 428, f"{method} {path}: {answer.text}"


async def test_every_list_has_pages_and_says_how_it_is_sorted(it: Running):
    for method, path, _ in endpoints(it.app):
        if method != "GET" or "{" in path or path.endswith(("/stream", ".csv", ".vcf", ".xlsx")):
            continue
        answer = await it.client.get(path)
        if answer.status_code == 200 and "items" in answer.json():
            assert set(answer.json()) >= {"items", "next", "sorted_by"}, path
            described = it.app.openapi()["paths"][path]["get"].get("parameters", [])
            names = {parameter["name"] for parameter in described}
            assert {"limit", "cursor"} <= names or answer.json()["next"] is None, path


async def test_every_endpoint_says_what_it_does(it: Running):
    for method, path, endpoint in endpoints(it.app):
        assert inspect.getdoc(endpoint), f"{method} {path}"


async def test_the_service_stands_by_itself(name: str, it: Running):
    for path in (
        "health/live",
        "health/ready",
        "metrics",
        "openapi.json",
        "docs",
        "messages",
        "asyncapi.json",
        "assets/osiedle.css",
    ):
        answer = await it.client.get(f"/{name}/{path}", headers={"Accept": "*/*"})
        assert answer.status_code == 200, f"{path}: {answer.text}"
    page = await it.client.get(f"/{name}/docs", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")


async def test_every_route_begins_with_the_name_of_its_service(name: str, it: Running):
    paths = {str(route.path) for route in iter_route_contexts(it.app.routes)}
    assert {path for path in paths if not f"{path}/".startswith(f"/{name}/")} <= AT_THE_ROOT.get(name, set())


def written(endpoint: Callable[..., Any]) -> str:
    """Give the source of an endpoint, and of what its module keeps for itself and the endpoint names."""
    source = inspect.getsource(endpoint)
    own = vars(inspect.getmodule(endpoint)).items()
    named = [one for name, one in own if name.startswith("_") and re.search(rf"\b_?{name.strip('_')}\b", source)]
    return "".join(
        [source, *(inspect.getsource(one) for one in named if inspect.isroutine(one) or inspect.isclass(one))]
    )
