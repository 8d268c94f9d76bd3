"""One service under test: real HTTP over ASGI, a real database, no bus; messages are delivered by hand."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from shared import auth, clock
from shared.database import Database
from shared.messages import TYPES, Message
from shared.people import Person

ADDRESS = "http://osiedle.test"
KEY_ID = "test-key"
LIMITS = ("writes_per_minute", "sign_ins_per_minute", "sign_ins_per_hour")


class Running:
    """A service that runs, and everything a test does with it."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.database: Database = app.state.database
        self.key = auth.new_key(KEY_ID)
        self.client = self.http()

    def http(self, *, peer: str = "127.0.0.1", **options: Any) -> httpx.AsyncClient:
        """Make another client of this service, which connects from the address `peer`."""
        transport = httpx.ASGITransport(app=self.app, client=(peer, 12345))
        hooks = {"response": [self.check_documented]}
        return httpx.AsyncClient(transport=transport, **{"base_url": ADDRESS, "event_hooks": hooks, **options})

    async def check_documented(self, answer: httpx.Response) -> None:
        """Assert of every answer in every test that the service's OpenAPI document knows its status."""
        known = documented_of(self.app)
        method = answer.request.method.lower().replace("head", "get")
        for path, methods in known:
            if method in methods and path.fullmatch(answer.request.url.path):
                assert str(answer.status_code) in methods[method], (
                    f"{method} {path.pattern} answered {answer.status_code}, which its document does not know"
                )
                return

    def browser(self, person: Person | None = None, **options: Any) -> httpx.AsyncClient:
        """Make a client that asks for pages as a browser does, signed in by cookie when there is a person."""
        headers = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Sec-Fetch-Site": "same-origin"}
        cookies = {auth.TOKEN_COOKIE: self.token(person)} if person else {}
        return self.http(headers=headers, cookies=cookies, **options)

    def token(self, person: Person, seconds: int = auth.LONGEST_SECONDS) -> str:
        """Sign a token that this service accepts."""
        return auth.sign(self.key, person, seconds)

    def headers(self, person: Person) -> dict[str, str]:
        """Give the headers with which a program speaks for this person."""
        return {"Authorization": f"Bearer {self.token(person)}"}

    async def deliver(self, *messages: Message, **options: Any) -> None:
        """Let the service hear messages, through the same pipeline as from the bus."""
        for message in messages:
            await self.app.state.bus.deliver(message, **options)

    async def outgoing(self, *types: type[Message]) -> list[Message]:
        """Give the messages in the outbox, oldest first; only those of `types` when there are any.

        A message of a stream of state (`PEOPLE`) has no body there: it has id and version, nothing else.
        """
        told = [_message_of(row) for row in await self.rows("outbox", order_by="position")]
        return [message for message in told if not types or isinstance(message, types)]

    async def rows(self, table: str, order_by: str | None = None) -> list[Any]:
        """Read all rows of one table."""
        found: Table = self.database.outbox_table.metadata.tables[table]

        def read(session: Session) -> list[Any]:
            query = select(found)
            return list(session.execute(query.order_by(found.c[order_by]) if order_by else query))

        return await self.database.read(read)

    async def run_job(self, name: str) -> object:
        """Run one of the service's jobs now."""
        return await self.app.state.jobs.run(name)

    async def know_key(self) -> None:
        """Give the service the public key of `token`, as a message of the registry would."""
        table = self.database.outbox_table.metadata.tables["known_key"]
        now = clock.now()
        row = {
            "kid": KEY_ID,
            "jwk": auth.public_part(self.key),
            "not_before_at": now - timedelta(hours=1),
            "expires_at": now + timedelta(days=1),
        }
        await self.database.write(lambda session: session.execute(insert(table).values(row)) and None)


Documented = list[tuple[re.Pattern[str], dict[str, frozenset[str]]]]
DOCUMENTED: dict[str, Documented] = {}
"""What each service's OpenAPI document says, by its title: read once, for it takes long."""


def documented_of(app: FastAPI) -> Documented:
    """Give each path of the document, as a pattern, with the statuses that each of its methods may answer."""
    if app.title not in DOCUMENTED:
        DOCUMENTED[app.title] = [
            (
                re.compile(re.sub(r"\\\{[^}]+\}", "[^/]+", re.escape(path))),
                {method: frozenset(operation["responses"]) for method, operation in methods.items()},
            )
            for path, methods in sorted(app.openapi()["paths"].items(), key=lambda one: one[0].count("{"))
            if "/sample/api/v1/b" not in path  # they break on purpose
        ]
    return DOCUMENTED[app.title]


@asynccontextmanager
async def running(
    create_app: Callable[[Any], FastAPI], settings: Any, *, with_key: bool = True
) -> AsyncIterator[Running]:
    """Run a service for the time of a test; give `connected=False, working=False` settings (see `quiet`)."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        service = Running(app)
        if with_key:
            await service.know_key()
        async with service.client:
            yield service


def quiet(**values: Any) -> dict[str, Any]:
    """Give the settings of a service under test: no bus, no clock, no long waits, no limits; `values` win."""
    defaults = {"connected": False, "working": False, "address": ADDRESS, "key_wait_seconds": 0.3, "demo": False}
    return {**defaults, **dict.fromkeys(LIMITS, 0), **values}


def _message_of(row: Any) -> Message:
    if row.body is None:
        headers = row.headers
        told = {"id": headers["ce-subject"], "version": int(headers["ce-sequence"])}
        return TYPES[row.type].model_validate({**told, "name": ""})
    return TYPES[row.type].model_validate_json(row.body)
