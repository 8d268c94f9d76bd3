"""What a service serves about its messages is committed, is AsyncAPI, and stands where its headers say."""

import copy
import importlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest

from docs.generate_messages import DOCUMENTS, SCHEMAS, moved
from shared import clock, outbox
from shared.messages import TYPES, municipal
from shared.streams import SERVICES
from tests.harness import ADDRESS, quiet

ASYNCAPI = Path(__file__).resolve().parents[2] / "data" / "asyncapi" / "3.0.0.json"


@pytest.fixture(scope="module")
def official() -> Any:
    return jsonschema_rs.validator_for(json.loads(ASYNCAPI.read_text()))


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def client(service: str) -> AsyncIterator[httpx.AsyncClient]:
    """Ask a service that is made and wired, but not started."""
    settings = importlib.import_module(f"services.{service}.settings").Settings(**quiet())
    app = importlib.import_module(f"services.{service}.app").create_app(settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=ADDRESS) as client:
        yield client


async def test_what_is_served_is_what_is_committed(service: str, client: httpx.AsyncClient):
    """Fails when a subscription or a type is added, and `docs/asyncapi` is not made anew."""
    served = (await client.get(f"/{service}/asyncapi.json")).json()
    committed = json.loads((DOCUMENTS / f"{service}.json").read_text())
    assert served == committed, "python -m docs.generate_messages"


def test_every_document_is_asyncapi_3(service: str, official: Any):
    """Fails when a name is used that AsyncAPI 3.0 does not have; its own schema of documents says so."""
    document = json.loads((DOCUMENTS / f"{service}.json").read_text())
    assert [error.message for error in official.iter_errors(document)] == []
    for operation in document["operations"].values():
        operation["action"] = "shout"
    assert not official.is_valid(document)


def test_every_reference_in_a_document_leads_somewhere(service: str):
    document = json.loads((DOCUMENTS / f"{service}.json").read_text())
    for channel in document["channels"].values():
        for reference in (one["$ref"] for one in channel["messages"].values()):
            assert found(document, reference)
    for operation in document["operations"].values():
        for reference in (operation["channel"]["$ref"], *(one["$ref"] for one in operation["messages"])):
            assert found(document, reference)


def found(document: Any, reference: str) -> Any:
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document


async def test_the_schema_stands_where_the_header_says(service: str, client: httpx.AsyncClient):
    """Fails when `ce-dataschema` names an address that nobody serves, or another schema than the committed one."""
    told = [message for message in TYPES.values() if message.owner == service]
    for message in told:
        fact = message.model_construct(id="1", version=1)
        address = outbox.headers_of(fact, service, "m1", clock.now())["ce-dataschema"]
        answer = await client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["content-type"].startswith("application/schema+json")
        assert answer.json() == json.loads((SCHEMAS / f"{message.type}.json").read_text())
    at_the_doors = [name for name in municipal.TYPES if await status_of(client, service, name) == 200]
    assert at_the_doors == (list(municipal.TYPES) if service == "calendar" else [])
    assert await status_of(client, service, "registry.problem.sung.v1") == 404


async def status_of(client: httpx.AsyncClient, service: str, type_name: str) -> int:
    return (await client.get(f"/{service}/schemas/{type_name}.json")).status_code


async def test_the_page_names_everything_that_is_told_and_heard(service: str, client: httpx.AsyncClient):
    page = await client.get(f"/{service}/messages", headers={"Accept": "text/html", "Accept-Language": "pl"})
    assert page.status_code == 200
    assert "Co mówi" in page.text
    for name in json.loads((DOCUMENTS / f"{service}.json").read_text())["channels"]:
        assert f"<code>{name}</code>" in page.text


def test_a_message_that_moves_to_another_subject_or_stream_is_refused():
    """Fails when only bodies are compared: a listener's durable would wait on the old subject for ever."""
    old = json.loads((DOCUMENTS / "calendar.json").read_text())
    new = copy.deepcopy(old)
    assert moved(old, new) == []
    new["channels"]["calendar.event.planned.v1"]["address"] = "osiedle.calendar.happening.planned.v1.{id}"
    new["channels"]["calendar.event.moved.v1"]["x-jetstream"] = {"stream": "PEOPLE"}
    assert moved(old, new) == ["calendar.event.moved.v1", "calendar.event.planned.v1"]
