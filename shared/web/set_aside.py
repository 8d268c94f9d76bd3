"""What a service could not take in, over HTTP: administrators list it, look at it, try it again or discard it."""

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy import Row, Table

from shared import set_aside
from shared.database import Database as Base
from shared.envelope import attributes
from shared.web import creating as web
from shared.web.answers import Page, answer, listing
from shared.web.api import api_router
from shared.web.described import refuses
from shared.web.requests import CurrentPerson, Database, Paging

State = Literal["trying", "waiting", "done", "discarded"]
SORTED_BY = "first_at, oldest first"


class SetAsideShown(BaseModel):
    """A message that could not be taken in yet: `trying` comes again by itself, `waiting` waits for a decision."""

    id: str
    state: State
    stream: str
    stream_sequence: int | None
    subject: str
    type: str
    attempts: int
    error: str
    fingerprint: str
    first_at: datetime
    last_at: datetime


class SetAsideWhole(SetAsideShown):
    """The same with what it said; of messages about people the body is not kept."""

    headers: dict[str, str]
    body: str | None


def set_aside_router(service: str) -> APIRouter:
    """Make the door `/<service>/api/v1/set-aside`."""
    router = api_router(service)
    one: dict[int | str, dict[str, Any]] = {200: {"model": SetAsideWhole}}

    @router.get("/set-aside", response_model=None, responses={200: {"model": Page[SetAsideShown]}})
    async def list_set_aside(
        request: Request, database: Database, person: CurrentPerson, paging: Paging, state: State | None = None
    ) -> Response:
        """List what could not be taken in: what waits or is still being tried, unless a state is asked for."""
        rows = await database.read(set_aside.listed, _table(database), person, paging, state)
        return listing(request, paging, rows, show=_shown, key=_key, sorted_by=SORTED_BY)

    @router.get("/set-aside/{set_aside_id}", response_model=None, responses=one)
    async def get_set_aside(database: Database, person: CurrentPerson, set_aside_id: str) -> Response:
        """Give one message that could not be taken in."""
        return answer(_whole(await database.read(set_aside.one, _table(database), person, set_aside_id)))

    @router.post("/set-aside/{set_aside_id}/retry", response_model=None, responses=one | refuses(409))
    async def retry(request: Request, database: Database, person: CurrentPerson, set_aside_id: str) -> Response:
        """Take a message in again, through the same pipeline; no other service hears it again."""
        bus = request.app.state.bus
        return await web.long_work(request, database, lambda: bus.decisions.retry(set_aside_id, person), show=_whole)

    @router.post("/set-aside/{set_aside_id}/discard", response_model=None, responses=one | refuses(409))
    async def discard(request: Request, database: Database, person: CurrentPerson, set_aside_id: str) -> Response:
        """Decide that a message is not needed."""
        command = set_aside.discard
        return await web.perform(request, database, command, _table(database), person, set_aside_id, show=_whole)

    return router


def _table(database: Base) -> Table:
    return database.outbox_table.metadata.tables["set_aside"]


def _key(row: Row[Any]) -> tuple[datetime, str]:
    return row.first_at, row.id


def _shown(row: Row[Any]) -> SetAsideShown:
    return SetAsideShown(type=attributes(row.headers).get("type", ""), **_values(row, SetAsideShown))


def _whole(row: Row[Any]) -> SetAsideWhole:
    values = _values(row, SetAsideWhole)
    values["body"] = None if row.body is None else row.body.decode(errors="replace")
    return SetAsideWhole(type=attributes(row.headers).get("type", ""), **values)


def _values(row: Row[Any], model: type[BaseModel]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in model.model_fields if name != "type"}
