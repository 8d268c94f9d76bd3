"""Whether a service lives and is ready, and its numbers; asked by gateways and operators."""

import asyncio
import platform
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlalchemy.orm import Session

from shared.migrations import stands_at
from shared.numbers import Number, exposition
from shared.problems import Problem
from shared.version import VERSION
from shared.web.api import page_router

T = TypeVar("T")
WAIT_SECONDS = 3.0


class NotReady(Problem):
    """The service runs, but it cannot do its work yet (or not now)."""

    status = 503
    type = "not-ready"
    title = "This service is not ready"

    def __init__(self, state: dict[str, Any]) -> None:
        super().__init__(extra=state, headers={"Retry-After": "2"})


class Probe:
    """A question that may hang: it is waited for a short time, and not asked again while it hangs."""

    def __init__(self) -> None:
        self._asking: asyncio.Future[Any] | None = None

    async def ask(self, question: Callable[[], Awaitable[T]]) -> T:
        """Give the answer; raises what the question raised, or `TimeoutError`."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.ensure_future(question())
            self._asking.add_done_callback(lambda asked: asked.cancelled() or asked.exception())
        answer: T = await asyncio.wait_for(asyncio.shield(self._asking), WAIT_SECONDS)
        return answer


def health_router(service: str) -> APIRouter:
    """Make the routes `/<service>/health/live`, `/health/ready` and `/metrics`."""
    router = page_router(f"/{service}")
    writing, counting, looking = Probe(), Probe(), Probe()

    @router.get("/health/live")
    async def live() -> Response:
        """Say that the process answers."""
        return JSONResponse({"status": "live"})

    @router.get("/health/ready")
    async def ready(request: Request) -> Response:
        """Say whether the database can be written and is migrated; the bus is reported, not required to be there.

        But one that acknowledges what it has not written (`sync` is "not always") loses it in a power cut: not ready.
        """
        database, waiting = await asyncio.gather(database_state(request, writing), waiting_in(request, counting))
        state = {**database, "bus": {**request.app.state.bus.state, **(waiting or {})}}
        if request.app.state.stopping:
            raise NotReady({**state, "stopping": True})
        if (state["database"], state["migrations"]) != ("writable", "done") or state["bus"].get("sync") == "not always":
            raise NotReady(state)
        return JSONResponse({"status": "ready", **state})

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        """Give the service's numbers to Prometheus."""
        state = request.app.state
        waiting, own = await asyncio.gather(waiting_in(request, counting), own_numbers(request, looking))
        ours = (state.counters, state.pulse, state.database, state.jobs)
        numbers = [build(state.revision), *(number for one in ours for number in one.numbers())]
        numbers += [*state.bus.numbers(waiting), *own]
        return PlainTextResponse(exposition(numbers, service=service), media_type="text/plain; version=0.0.4")

    return router


async def database_state(request: Request, probe: Probe) -> dict[str, str]:
    """Write to the database and read its revision; it is "full" where there was no room for something just now."""
    state = request.app.state
    if state.database.is_full:
        return {"database": "full", "migrations": "unknown"}
    try:
        revision = await probe.ask(lambda: state.database.write(_touch))
    except Exception:
        return {"database": "unavailable", "migrations": "unknown"}
    # a newer release may have migrated already while this one still serves: what it expanded hinders nobody
    return {"database": "writable", "migrations": "done" if revision >= state.revision else "missing"}


async def waiting_in(request: Request, probe: Probe) -> dict[str, Any] | None:
    """Count what waits in the database; none when it cannot be counted now."""
    try:
        return await probe.ask(request.app.state.bus.waiting)
    except Exception:
        return None


async def own_numbers(request: Request, probe: Probe) -> Iterable[Number]:
    """Ask the service for what it alone counts; nothing when it cannot be counted now."""
    state = request.app.state
    if state.numbers is None:
        return ()
    try:
        return await probe.ask(lambda: state.database.read(lambda session: list(state.numbers(session))))
    except Exception:
        return ()


def build(revision: str | None) -> Number:
    """Say which release runs, on which Python, over which revision of the database."""
    about = {"version": VERSION, "python": platform.python_version(), "revision": revision or ""}
    return Number("osiedle_build_info", "gauge", "What runs here; always 1.", [(about, 1)])


def _touch(session: Session) -> str:
    return stands_at(session.connection()) or ""
