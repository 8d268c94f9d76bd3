"""Every thing that can be made and edited by HTTP, made and edited: once per key, by version, with history, told."""

import importlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from shared.people import Person
from tests.builders import an_administrator
from tests.harness import Running, quiet, running

ROOT = Path(__file__).resolve().parents[2]
ORGANISATION = {"name": "Klub Seniora", "kind": "informal_group"}
"""Made first; its id stands in the bodies below as `{organisation_id}`."""
OURS = {"organisation_id": "{organisation_id}"}

EXAMPLES: list[tuple[str, dict[str, Any], dict[str, Any] | None]] = [
    ("/registry/api/v1/organisations", {"name": "Szkoła nr 1", "kind": "school"}, {"name": "Szkoła nr 2"}),
    ("/registry/api/v1/venues", {**OURS, "name": "Sala"}, {"capacity": 40}),
    ("/registry/api/v1/resources", {**OURS, "name": "Namiot", "kind": "equipment"}, {"quantity": 3}),
    ("/registry/api/v1/needs", {**OURS, "title": "Ktoś z gitarą", "kind": "skill"}, {"title": "Ktoś z akordeonem"}),
    ("/registry/api/v1/problems", {"title": "Ciemny przystanek"}, {"title": "Ciemna ulica"}),
    (
        "/registry/api/v1/initiatives",
        {"title": "Park kieszonkowy", "organisation_ids": ["{organisation_id}"]},
        {"goal": "Zieleń"},
    ),
    ("/registry/api/v1/people", {"name": "Anna Kowalska"}, {"name": "Anna Nowak"}),
    (
        "/calendar/api/v1/events",
        {
            "title": "Festyn",
            "starts_at": "2026-11-26T14:00:00+01:00",
            "ends_at": "2026-11-26T16:00:00+01:00",
            "zone": "Europe/Warsaw",
        },
        {"title": "Festyn rodzinny"},
    ),
]
IDS = [path.split("/api/v1/")[1] for path, _, _ in EXAMPLES]


@pytest.fixture
def administrator() -> Person:
    return an_administrator()


@pytest_asyncio.fixture
async def it(request: pytest.FixtureRequest, database_url: str, administrator: Person) -> AsyncIterator[Running]:
    path = request.node.callspec.params["example"][0]
    name = path.split("/")[1]
    values = quiet(database_url=database_url)
    settings = importlib.import_module(f"services.{name}.settings").Settings(**values)
    create_app = importlib.import_module(f"services.{name}.app").create_app
    async with running(create_app, settings) as service:
        service.client.headers.update(service.headers(administrator))
        yield service


async def completed(it: Running, body: dict[str, Any]) -> dict[str, Any]:
    """Give a body with the id of an organisation that there is."""
    if "{organisation_id}" not in str(body):
        return body
    made = await it.client.post("/registry/api/v1/organisations", json=ORGANISATION)
    filled: dict[str, Any] = json.loads(json.dumps(body).replace("{organisation_id}", made.json()["id"]))
    return filled


async def history_of(it: Running, made_id: str) -> list[Any]:
    return [row for row in await it.rows("history", order_by="position") if str(row.aggregate_id) == made_id]


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
async def test_what_is_made_is_made_once_told_and_remembered(
    it: Running, administrator: Person, example: tuple[str, dict[str, Any], Any]
):
    path, body = example[0], await completed(it, example[1])
    headers = {"Idempotency-Key": "made-once"}
    first = await it.client.post(path, json=body, headers=headers)
    assert first.status_code == 201, first.text
    assert first.headers["etag"] == '"1"'
    made_id = first.json()["id"]
    assert first.headers["location"] == f"{path}/{made_id}"
    told = await it.outgoing()
    again = await it.client.post(path, json=body, headers=headers)
    assert (again.status_code, again.content) == (201, first.content)
    assert await it.outgoing() == told
    assert (made_id, 1) in {(message.id, message.version) for message in told}
    [remembered] = await history_of(it, made_id)
    assert (remembered.version, remembered.by_person_id) == (1, administrator.id)
    seen = await it.client.get(first.headers["location"], headers={"If-None-Match": first.headers["etag"]})
    assert seen.status_code == 304


@pytest.mark.parametrize(
    "example", [one for one in EXAMPLES if one[2]], ids=[i for i, e in zip(IDS, EXAMPLES, strict=True) if e[2]]
)
async def test_what_is_edited_has_a_new_version_that_is_told_and_remembered(
    it: Running, administrator: Person, example: tuple[str, dict[str, Any], dict[str, Any]]
):
    path, body = example[0], await completed(it, example[1])
    made = await it.client.post(path, json=body)
    address, made_id = made.headers["location"], made.json()["id"]
    edited = await it.client.patch(address, json=example[2], headers={"If-Match": '"1"'})
    assert edited.status_code == 200, edited.text
    assert edited.headers["etag"] == '"2"'
    assert edited.json()["id"] == made_id
    assert edited.json() | example[2] == edited.json()
    late = await it.client.patch(address, json=example[2], headers={"If-Match": '"1"'})
    assert late.status_code == 412
    assert (made_id, 2) in {(message.id, message.version) for message in await it.outgoing()}
    assert [row.version for row in await history_of(it, made_id)] == [1, 2]
    assert (await history_of(it, made_id))[1].changes
