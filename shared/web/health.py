"""Whether a service lives and is ready, and its numbers; asked by gateways and operators."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlalchemy.orm import Session

from shared.migrations import stands_at
from shared.problems import Problem

WAIT_SECONDS = 3.0


class NotReady(Problem):
    """The service runs, but it cannot do its work yet (or not now)."""

    status = 503
    type = "not-ready"
    title = "This service is not ready"

    def __init__(self, state: dict[str, Any]) -> None:
        super().__init__(extra=state, headers={"Retry-After": "2"})


def health_router(service: str) -> APIRouter:
    """Make the routes `/<service>/health/live`, `/health/ready` and `/metrics`."""
    router = APIRouter(prefix=f"/{service}", include_in_schema=False)

    @router.get("/health/live")
    async def live() -> Response:
        """Say that the process answers."""
        return JSONResponse({"status": "live"})

    @router.get("/health/ready")
    async def ready(request: Request) -> Response:
        """Say whether the database can be written and is migrated; the bus is reported, not required.

        A bus that acknowledges what it has not written is worse than none: it says so in `bus.problem`.
        """
        bus = bus_state(request)
        state = {**await database_state(request), "bus": bus}
        if state["database"] != "writable" or state["migrations"] != "done" or bus.get("sync") == "not always":
            raise NotReady(state)
        return JSONResponse({"status": "ready", **state})

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        """Give the service's numbers to Prometheus."""
        numbers = {"bus": bus_state(request)}
        return PlainTextResponse(request.app.state.counters.text(numbers), media_type="text/plain; version=0.0.4")

    return router


async def database_state(request: Request) -> dict[str, str]:
    """Write to the database and read its revision."""
    state = request.app.state
    try:
        revision = await asyncio.wait_for(state.database.write(_touch), WAIT_SECONDS)
    except Exception:
        return {"database": "unavailable", "migrations": "unknown"}
    return {"database": "writable", "migrations": "done" if revision == state.revision else "missing"}


def _touch(session: Session) -> str:
    return stands_at(session.connection()) or ""


def bus_state(request: Request) -> dict[str, Any]:
    """Give what the bus says of itself."""
    return dict(request.app.state.bus.state)
