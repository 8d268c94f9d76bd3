"""Makes one service's app: its frame, its health, its refusals, and the order in which it starts and stops."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from fastapi import APIRouter, FastAPI
from sqlalchemy.orm import Session
from starlette.middleware import Middleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from shared import idempotency, retention
from shared.auth import ApiKeys, KeyRing, NoteUse, forget_revocations, telling_use
from shared.database import Database
from shared.limits import limits_of
from shared.migrations import migrate
from shared.numbers import Number
from shared.observability import Counters, Pulse
from shared.pages import ASSETS, Pages
from shared.settings import ServiceSettings
from shared.web import refusals
from shared.web.assets import Assets
from shared.web.described import describe_problems
from shared.web.docs import docs_router
from shared.web.health import health_router
from shared.web.jobs import Job, Jobs
from shared.web.middleware import Guarded, Headed, Secured, Spoken, Traced
from shared.web.set_aside import set_aside_router


class Hears(Protocol):
    """What an app needs of its service's bus."""

    @property
    def state(self) -> dict[str, Any]:
        """What the bus says of itself."""

    async def waiting(self) -> dict[str, Any]:
        """Count what waits for it."""

    def numbers(self, waiting: Mapping[str, Any] | None) -> Iterable[Number]:
        """Name its numbers."""

    async def start(self) -> object:
        """Begin to listen and to tell."""

    async def stop(self) -> object:
        """Finish what is in hand and close."""


def service_app(
    name: str,
    settings: ServiceSettings,
    database: Database,
    bus: Hears,
    *,
    jobs: Iterable[Job] = (),
    forgetting: Iterable[retention.Rule] = (),
    starting: Sequence[Callable[[], Awaitable[object]]] = (),
    versions: Path | None = None,
    note_use: NoteUse | None = None,
    uploads: Collection[str] = (),
    routers: Iterable[APIRouter] = (),
    numbers: Callable[[Session], Iterable[Number]] | None = None,
) -> FastAPI:
    """Make a service's app with the service's own `routers`, whose routes are taken as they stand.

    It starts in this order: migrations, database, `starting` (each awaited once), bus, jobs; it stops in reverse.
    `forgetting` are the rules of what is kept for a time only.
    `app.state` holds `name, settings, database, bus, jobs, forgetting, pages, limits, keys, api_keys, counters, pulse,
    versions, revision`, and `stopping`, which whoever stops the app sets first.
    `versions` is the folder of the migrations where it is not `services/<name>/migrations`.
    `note_use` is done when a program's key was used; by default the registry is told.
    `uploads` are the paths to which a page sends a file. `numbers` counts for Prometheus what no other service has.
    """
    metadata = database.outbox_table.metadata
    app = FastAPI(
        title=f"Osiedle {name}",
        version="1",
        openapi_url=f"/{name}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lambda app: _running(app, starting),
        middleware=_middleware(name, settings, counters := Counters(), uploads),
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.name, app.state.settings, app.state.database, app.state.bus = name, settings, database, bus
    app.state.counters, app.state.pages, app.state.versions, app.state.revision = counters, Pages(name), versions, None
    app.state.pulse, app.state.stopping = Pulse(), False
    app.state.numbers = numbers
    app.state.limits = limits_of(settings)
    app.state.keys = KeyRing(database, metadata, settings.key_wait_seconds)
    use = note_use or telling_use(name)
    app.state.api_keys = ApiKeys(database, metadata, settings.key_wait_seconds, use)
    app.state.forgetting = (*forgetting, retention.known_keys_rule(metadata.tables["known_api_key"]))
    by_age = _forget_by_age(settings, database, app.state.forgetting)
    app.state.jobs = Jobs([*jobs, _forget_what_is_over(database), by_age])
    refusals.install(app)
    describe_problems(app)
    app.mount(f"/{name}/assets", Assets(directory=ASSETS), name="assets")
    own = [health_router(name), docs_router(name)]
    if "set_aside" in metadata.tables:
        own.append(set_aside_router(name))
    for router in (*own, *routers):
        # `include_router` would look at each route a second time at the start, and at two routers at each request
        app.router.routes.extend(router.routes)
    return app


def _middleware(name: str, settings: ServiceSettings, counters: Counters, uploads: Collection[str]) -> list[Middleware]:
    """List what every request passes, outermost first."""
    proxies = [Middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.proxies))] if settings.proxies else []
    return [
        *proxies,
        Middleware(Traced, service=name, counters=counters),
        Middleware(Headed),
        Middleware(Secured, settings=settings),
        Middleware(Spoken, settings=settings),
        Middleware(Guarded, settings=settings, uploads=uploads),
    ]


@asynccontextmanager
async def _running(app: FastAPI, starting: Sequence[Callable[[], Awaitable[object]]]) -> AsyncIterator[None]:
    state = app.state
    metadata = state.database.outbox_table.metadata
    if state.database.is_sqlite and state.database.url.database:
        Path(state.database.url.database).parent.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        stack.callback(asyncio.create_task(state.pulse.beat(), name=f"{state.name}-pulse").cancel)
        state.revision = await asyncio.to_thread(migrate, state.database.engine, state.name, metadata, state.versions)
        await state.database.start()
        stack.push_async_callback(state.database.stop)
        for step in starting:
            await step()
        if state.settings.connected:
            await state.bus.start()
            stack.push_async_callback(state.bus.stop)
        if state.settings.working:
            state.jobs.start()
            stack.push_async_callback(state.jobs.stop)
        yield
        state.stopping = True


def _forget_what_is_over(database: Database) -> Job:
    tables = database.outbox_table.metadata.tables

    async def forget() -> None:
        await database.write(idempotency.forget_old, tables["idempotency_key"])
        await database.write(forget_revocations, tables["revoked_access"])

    return Job("forget old keys and revocations", timedelta(hours=1), forget)


def _forget_by_age(settings: ServiceSettings, database: Database, rules: Sequence[retention.Rule]) -> Job:
    """Make the job of retention; hourly, so that a machine that is off at night forgets too."""

    async def forget() -> None:
        await retention.forget_by_the_clock(database, rules, settings)

    return Job("forget what was kept long enough", timedelta(hours=1), forget)
