"""All four OpenAPI documents hold: whatever is sent, no answer is our fault, undocumented, or of another shape.

schemathesis makes the requests from the documents, right ones and wrong ones, always the same ones; most of the ids in
them are exchanged for those of things that are there, so that requests get past the first look.
"""

import asyncio
import importlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, closing, nullcontext, suppress
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.people import Person
from tests.harness import Running, quiet, running
from tests.service.permissions.rules import ADMINISTRATOR, LEADER, STRANGER
from tests.service.permissions.table import TABLE
from tests.service.permissions.worlds import OTHERS, OURS, WORLDS, actors_of
from tests.service.test_permissions import filled

SERVICES = tuple(WORLDS)
ENDLESS = {"/notifications/api/v1/stream"}
"""Server-sent events: the answer lasts ten minutes. tests/service/notifications/test_stream.py reads it."""
NEVER_DONE = {
    "POST /notifications/api/v1/alerts/{alert_id}/read",
    "POST /calendar/api/v1/municipal/{partner}/messages",
}
"""An alert is read by those it concerns, a partner has a key; else an administrator gets everything done once here."""
ROLES = (ADMINISTRATOR, LEADER, STRANGER)
EXAMPLES = {ADMINISTRATOR: 10, LEADER: 4, STRANGER: 2}
IDS = {OURS: "01912345-0000-7000-8000-0000000000a1", OTHERS: "01912345-0000-7000-8000-0000000000b2"}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OF_ANOTHER = {
    "inside_venue_id": "venue_id",
    "venue": "venue_id",
    "organisation": "organisation_id",
    "owner_id": "self_id",
}
"""Fields whose name does not say whose id they hold."""


class Asked:
    """One service that runs in a loop of its own, with something in it, and whoever asks it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.it, self.world, self.actors = self.runner.run(self._start(name, folder))
        self.client = self.it.http(event_hooks={})
        self.file = folder / f"{name}.sqlite"
        self.before = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(self.file)) as stored:
            stored.backup(self.before)

    async def _start(self, name: str, folder: Path) -> Any:
        module = importlib.import_module(f"services.{name}.app")
        settings = importlib.import_module(f"services.{name}.settings").Settings(
            **quiet(data=folder, key_wait_seconds=0)
        )
        it: Running = await self.stack.enter_async_context(running(module.create_app, settings))
        actors: Mapping[str, Person] = actors_of(IDS[OURS])
        return it, await WORLDS[name](it, IDS, actors), actors

    def exchange(self, case: Any, role: str, whose: str, usual: int) -> None:
        """Exchange inventions for things that are there, and for (`usual` 1: some, 2: all of) what is usually sent."""
        rule = TABLE[self.name].get(case.operation.label)
        names = dict(self.world(role, whose, rule is not None and rule.is_personal))
        names |= {name: names[other] for name, other in rule.instead.items()} if rule else {}
        case.path_parameters = known(dict(case.path_parameters or {}), names)
        case.query = known(dict(case.query or {}), names)
        case.body = known(case.body, names)
        if rule is not None and usual:
            sent = filled(rule.json, names)
            case.query |= filled(dict(rule.query), names)
            if rule.content is not None:
                case.body = rule.content.decode()
            elif isinstance(sent, dict):
                case.body = {**case.body, **sent} if usual == 1 and isinstance(case.body, dict) else sent

    def send(self, role: str, case: Any, is_fresh: bool) -> tuple[dict[str, Any], httpx.Response]:
        """Send what schemathesis made, as this role, with the newest ETag if `is_fresh`; gives also what was sent."""
        request = case.as_transport_kwargs()
        body = request.pop("data", None)
        content = {"content": body} if isinstance(body, bytes | str) else {"data": body}
        headers = {**request["headers"], **(self.it.headers(self.actors[role]) if role in self.actors else {})}
        if is_fresh and "If-Match" in [one.name for one in case.operation.headers]:
            headers["If-Match"] = self.runner.run(self._etag(request["url"], headers))
        wanted = {"method": request["method"], "url": request["url"], "params": request.get("params")}
        sent = {**wanted, **content, "json": request.get("json"), "headers": headers}
        answer = self.runner.run(self.client.request(**sent))
        if answer.status_code < 300 and request["method"] != "GET":
            self._put_back()
        return sent, answer

    def _put_back(self) -> None:
        """Undo what was done, so that the next request finds what the first one found."""
        with closing(sqlite3.connect(self.file)) as stored:
            self.before.backup(stored)

    async def _etag(self, path: str, headers: Mapping[str, str]) -> str:
        """Read the newest ETag of what stands at an address, or at the nearest one above it that has one."""
        while path.count("/") >= len(f"/{self.name}/api/v1/x".split("/")) - 1:
            answer = await self.client.get(path, headers={"Authorization": headers.get("Authorization", "")})
            if "etag" in answer.headers:
                return answer.headers["etag"]
            path = path.rpartition("/")[0]
        return '"1"'

    def close(self) -> None:
        self.runner.run(self.client.aclose())
        self.runner.run(self.stack.aclose())
        self.runner.close()


@pytest.fixture(scope="module", params=SERVICES)
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    service = Asked(request.param, tmp_path_factory.mktemp(request.param))
    yield service
    service.close()


def known(value: Any, names: Mapping[str, str], field: str = "") -> Any:
    """Exchange the ids in a value for those of things that are there."""
    if isinstance(value, dict):
        return {name: known(one, names, name) for name, one in value.items()}
    if isinstance(value, list):
        return [known(one, names, field.removesuffix("s")) for one in value]
    there = names.get(OF_ANOTHER.get(field, field))
    return there if there and isinstance(value, str) else value


def shown(request: Mapping[str, Any], answer: httpx.Response) -> str:
    return f"{json.dumps(request, default=str, ensure_ascii=False)[:2000]}\n→ {answer.status_code} {answer.text[:600]}"


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("role", ROLES)
def test_every_operation_answers_as_its_document_says(asked: Asked, role: str, mode: GenerationMode):
    schema = schemathesis.openapi.from_dict(asked.it.app.openapi())
    broken: dict[str, str] = {}
    done: defaultdict[str, bool] = defaultdict(bool)
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]
        if operation.path in ENDLESS:
            continue

        @hypothesis.settings(
            max_examples=EXAMPLES[role],
            derandomize=True,
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(
            case=operation.as_strategy(mode),
            is_known=st.booleans(),
            whose=st.sampled_from([OURS, OURS, OTHERS]),
            usual=st.integers(0, 2),
        )
        def ask(case: Any, is_known: bool, whose: str, usual: int) -> None:
            if is_known or mode is GenerationMode.POSITIVE:
                asked.exchange(case, role, whose, usual if mode is GenerationMode.POSITIVE else 0)
            request, answer = asked.send(role, case, is_fresh=mode is GenerationMode.POSITIVE)
            done[case.operation.label] |= answer.status_code < 300
            try:
                case.validate_response(answer, checks=CHECKS)
            except FailureGroup as failures:
                for failure in failures.exceptions:
                    broken.setdefault(f"{case.operation.label}: {failure}", shown(request, answer))

        # what takes any text cannot be asked wrongly
        with suppress(hypothesis.errors.Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext():
            ask()
    assert not broken, "\n\n".join(f"{fault}\n{how}" for fault, how in broken.items())
    if role == ADMINISTRATOR and mode is GenerationMode.POSITIVE:
        assert {label for label, was_done in done.items() if not was_done} <= NEVER_DONE
