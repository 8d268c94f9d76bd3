"""The permission matrix: every endpoint of every service, each role, for what is its own and for what is another's.

A new endpoint needs one line in `tests/service/permissions/table.py`.
"""

import importlib
import json
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from shared import auth
from shared.asyncapi import told_by
from shared.database import sqlite_url
from shared.identifiers import new_id
from shared.people import Person
from tests.harness import Running, quiet, running
from tests.service.permissions.rules import COORDINATOR, PROGRAMS, ROLES, SAFE, STRANGER, Rule, anybody
from tests.service.permissions.table import OF_EVERY_SERVICE, TABLE
from tests.service.permissions.worlds import OTHERS, OURS, WORLDS, World, actors_of, keys_of

SERVICES = sorted(path.parent.name for path in (Path(__file__).resolve().parents[2] / "services").glob("*/app.py"))
NAMED = re.compile(r"\{(\w+)\}")
WHERE_TO_ADD = "give {0!r} a rule in tests/service/permissions/table.py"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Sec-Fetch-Site": "same-origin"}
NOT_UNDERSTOOD = (404, 405, 415, 422, 428, 429)
"""Answers that would say nothing about a permission: the door was not reached, or did not understand."""


def app_of(service: str, database_url: str, folder: Path) -> FastAPI:
    settings = importlib.import_module(f"services.{service}.settings").Settings(
        **quiet(database_url=database_url, data=folder, apprise_schemes="ntfys")
    )
    app: FastAPI = importlib.import_module(f"services.{service}.app").create_app(settings)
    return app


def endpoints(app: FastAPI) -> Iterator[str]:
    """Name every endpoint, `METHOD /path`; HEAD is GET without its content."""
    for route in iter_route_contexts(app.routes):
        for method in sorted(set(getattr(route, "methods", None) or ()) - {"HEAD"}):
            yield f"{method} {route.path}"


def rules_of(service: str) -> dict[str, Rule]:
    return TABLE[service] | {f"GET /{service}/{path}": anybody for path in OF_EVERY_SERVICE}


@dataclass(frozen=True)
class Cell:
    """One question: may this role ask this endpoint for what is its own, or another's?"""

    endpoint: str
    rule: Rule
    role: str
    whose: str

    @property
    def method(self) -> str:
        return self.endpoint.split(" ")[0]

    @property
    def path(self) -> str:
        return self.endpoint.split(" ")[1]

    @property
    def is_allowed(self) -> bool:
        return self.rule.lets_in(self.role, own=self.whose == OURS, method=self.method)

    def fault(self, answer: httpx.Response) -> str | None:
        """Say what is wrong with an answer, or None."""
        status = answer.status_code
        if self.rule.by_secret:
            wrong = status >= 500 or status in (404, 405, 422)
        elif self.is_allowed:
            wrong = status in (401, 403) or status >= 500 or status in NOT_UNDERSTOOD
        elif self.rule.is_hidden:
            wrong = status not in (401, 403, 404)
        else:
            wrong = status != (401 if self.role == STRANGER else 403)
        if not wrong:
            return None
        said = answer.text[:300] if "json" in answer.headers.get("content-type", "") else ""
        expected = "let in" if self.is_allowed else "refused"
        return f"{self.endpoint}: {self.role} is not {expected}, {self.whose} ({self.rule.name}): {status} {said}"


def cells(service: str) -> Iterator[Cell]:
    """Give every cell of a service's matrix; one case is enough where nothing of an organisation is named."""
    for endpoint, rule in rules_of(service).items():
        for role in ROLES:
            for whose in (OURS,) if rule.ours == rule.others else (OURS, OTHERS):
                cell = Cell(endpoint, rule, role, whose)
                if not (rule.is_endless and cell.is_allowed):
                    yield cell


class Asking:
    """Asks the questions of one service; what an answer changed is put back before the next one."""

    def __init__(
        self, it: Running, file: Path, world: World, actors: Mapping[str, Person], keys: Mapping[str, str]
    ) -> None:
        self.it = it
        self.file = file
        self.world = world
        self.actors = actors
        self.keys = keys
        self.before = sqlite3.connect(":memory:", check_same_thread=False)
        self._copy(sqlite3.connect(file), self.before)

    async def ask(self, cell: Cell) -> httpx.Response:
        a_type = told_by(self.it.app.state.name)[0].type
        names = {"type_name": a_type, **self.world(cell.role, cell.whose, cell.rule.is_personal)}
        names |= {name: names[other] for name, other in cell.rule.instead.items()}
        path = NAMED.sub(lambda found: names[found[1]], cell.path)
        async with self.it.http(headers=self._headers(cell)) as client:
            answer = await client.request(
                cell.method,
                path,
                params=filled(cell.rule.query, names),
                json=filled(cell.rule.json, names),
                data=filled(cell.rule.form, names),
                content=cell.rule.content,
            )
        if cell.method not in SAFE and answer.status_code < 400:
            self._copy(self.before, sqlite3.connect(self.file))
        return answer

    def _headers(self, cell: Cell) -> dict[str, str]:
        is_page = "/api/" not in cell.path
        headers = dict(BROWSER) if is_page else {"If-Match": '"1"'}
        if cell.role in PROGRAMS:
            return headers | {"Authorization": f"Bearer {self.keys[cell.role]}"}
        if cell.role == STRANGER:
            return headers
        token = self.it.token(self.actors[cell.role])
        return headers | (
            {"Cookie": f"{auth.TOKEN_COOKIE}={token}"} if is_page else {"Authorization": f"Bearer {token}"}
        )

    @staticmethod
    def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
        source.backup(target)
        for connection in (source, target):
            if connection.execute("PRAGMA database_list").fetchone()[2]:
                connection.close()


def filled(value: Any, names: Any) -> Any:
    """Put what they stand for in the place of names in braces."""
    if value is None:
        return None
    return json.loads(NAMED.sub(lambda found: names[found[1]], json.dumps(value)))


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def asking(service: str, sqlite_database_url: str, tmp_path: Path) -> AsyncIterator[Asking]:
    ids = {OURS: new_id(), OTHERS: new_id()}
    actors = actors_of(ids[OURS])
    async with running(lambda _: app_of(service, sqlite_database_url, tmp_path), None) as it:
        world = await WORLDS[service](it, ids, actors)
        keys = await keys_of(it, actors[COORDINATOR])
        yield Asking(it, tmp_path / "database.sqlite", world, actors, keys)


def test_every_endpoint_has_a_rule_and_every_rule_an_endpoint(service: str, tmp_path: Path):
    there = set(endpoints(app_of(service, sqlite_url(tmp_path / "unused.sqlite"), tmp_path)))
    ruled = set(rules_of(service))
    assert not there - ruled, "; ".join(WHERE_TO_ADD.format(one) for one in sorted(there - ruled))
    assert not ruled - there, f"no such endpoint any more: {sorted(ruled - there)}"


async def test_everybody_is_let_in_or_refused_as_the_rule_says(asking: Asking, service: str):
    faults = []
    for cell in cells(service):
        fault = cell.fault(await asking.ask(cell))
        faults += [fault] if fault else []
    assert not faults, "\n".join(faults)
