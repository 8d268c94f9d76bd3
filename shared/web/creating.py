"""POST: a command that is done once for one Idempotency-Key, and the answer to it."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import Request, Response
from pydantic_core import to_json
from sqlalchemy import Table
from sqlalchemy.orm import Session

from shared import idempotency
from shared.database import Database
from shared.idempotency import Answer, Key
from shared.web.answers import JSON, etag_of
from shared.web.refusals import Fault, refused

T = TypeVar("T")
HEADER = "Idempotency-Key"


async def create(
    request: Request,
    database: Database,
    command: Callable[..., T],
    *args: Any,
    show: Callable[[T], Any],
    show_once: Callable[[T], Any] | None = None,
    location: Callable[[T], str] | None = None,
    status: int = 201,
    **kwargs: Any,
) -> Response:
    """Run `command(session, *args, **kwargs)` once per Idempotency-Key; answer 201 with Location and ETag.

    `show` renders what the command returned, inside its transaction; its `version` becomes the ETag.
    `show_once` renders the first answer where a secret stands in it: a repeat gets what `show` gives, which is kept.
    `location` gives the new thing's address; the request's path and its `id` when absent.
    A refusal keeps nothing: the key may be used again.
    """
    base = request.url.path.rstrip("/")

    def headers_of(made: T) -> dict[str, str]:
        if status != 201:
            return {}
        return {"Location": location(made) if location else f"{base}/{getattr(made, 'id', '')}"}

    def work(session: Session) -> Answer:
        made = command(session, *args, **kwargs)
        session.flush()
        headers = headers_of(made)
        version = getattr(made, "version", None)
        if isinstance(version, int):
            headers["ETag"] = etag_of(version)
        once = None if show_once is None else to_json(show_once(made))
        return Answer(status, headers, to_json(show(made)), shown_once=once)

    return await _once(request, database, work)


async def perform(
    request: Request,
    database: Database,
    command: Callable[..., T],
    *args: Any,
    show: Callable[[T], Any],
    status: int = 200,
    **kwargs: Any,
) -> Response:
    """Run a command that makes nothing new, once per Idempotency-Key; answer 200 with the ETag of what it returned."""
    return await create(request, database, command, *args, show=show, status=status, **kwargs)


async def long_work(
    request: Request, database: Database, work: Callable[[], Awaitable[T]], *, show: Callable[[T], Any]
) -> Response:
    """Do work that takes many transactions, each idempotent by itself, and keep its answer for the Idempotency-Key."""
    key, table = await key_of(request), _table_of(database)
    if key is None:
        return _response(Answer(200, {}, to_json(show(await work()))))
    kept = await database.read(idempotency.recall, table, key)
    if kept is None:
        answer = Answer(200, {}, to_json(show(await work())))
        kept = await database.write(idempotency.claim_and_keep, table, key, answer)
    return _response(kept)


async def key_of(request: Request) -> Key | None:
    """Read the request's Idempotency-Key, or none; a key is 1 to 255 visible ASCII characters."""
    text = request.headers.get(HEADER)
    if text is None:
        return None
    if not 1 <= len(text) <= idempotency.LONGEST_KEY or not text.isascii() or not text.isprintable():
        raise refused([Fault("header", f"/{HEADER}", "A key has 1 to 255 visible ASCII characters")])
    person = getattr(request.state, "person", None)
    body = await request.body()
    fingerprint = idempotency.fingerprint_of(request.method, request.url.path, request.url.query, body)
    return Key(person.id if person else "", text, fingerprint)


async def _once(request: Request, database: Database, work: Callable[[Session], Answer]) -> Response:
    key, table = await key_of(request), _table_of(database)

    def command(session: Session) -> Answer:
        return work(session) if key is None else idempotency.once(session, table, key, lambda: work(session))

    return _response(await database.write(command))


def _table_of(database: Database) -> Table:
    return database.outbox_table.metadata.tables["idempotency_key"]


def _response(answer: Answer) -> Response:
    body = answer.body if answer.shown_once is None else answer.shown_once
    response = Response(body, status_code=answer.status, headers=answer.headers, media_type=JSON)
    if answer.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response
