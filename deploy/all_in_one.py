"""The embedded default: the four services in one process on one port, nats-server as its child, all data in one folder.

`make run` starts it. Each service also runs alone from the same code: `python -m services.calendar serve`.
"""

import gc

if __name__ == "__main__":
    gc.disable()  # loading is most of a start, and the collector would find nothing; `make_apps` lets it work again

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from importlib import import_module

import typer
import uvicorn
from fastapi import FastAPI

from deploy.backups.manifest import BackupProblem
from deploy.backups.settings import BackupSettings
from deploy.backups.swapping import finish
from deploy.data_folder import DataFolderProblem, locked
from deploy.embedded_nats import EmbeddedNats, NatsProblem
from deploy.gateway import Gateway
from deploy.lifespans import Lifespans
from shared import collector
from shared.broker.parts import end_all
from shared.cli import fail, make_folder, open_door, read_settings, start_tracing
from shared.migrations import SchemaTooNew
from shared.observability import set_up_logging
from shared.settings import ServiceSettings
from shared.web.heads import BoundedHeads

SERVICES = ("registry", "calendar", "map", "notifications")
STOP_SECONDS = 5


class Server(uvicorn.Server):
    """A uvicorn that leaves the signals to us: we end in order, and without a traceback."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def main() -> None:
    """Start everything and stop it in order on Ctrl-C or SIGTERM; what hinders a start is told in one sentence."""
    set_up_logging("WARNING")
    settings: BackupSettings = read_settings(BackupSettings)
    end_tracing = start_tracing("osiedle")
    make_folder(settings)
    try:
        with locked(settings.data), open_door(settings) as door:
            finish(settings.data)  # a restore that was interrupted at its end
            asyncio.run(run(settings, door))
    except BackupProblem as problem:
        fail(f"No backup could be made before the update: {problem} With OSIEDLE_BACKUPS=no it goes on without one.")
    except (DataFolderProblem, NatsProblem, SchemaTooNew) as problem:
        fail(str(problem))
    finally:
        end_tracing()


async def run(settings: BackupSettings, door: socket.socket) -> None:
    """Serve on `door` until a signal comes; then the port closes first, the services next, NATS last."""
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as stack:
        nats = EmbeddedNats(settings.data, partners=settings.partners)
        stack.push_async_callback(nats.stop)
        # NATS opens its store while we import
        apps, _ = await asyncio.gather(asyncio.to_thread(make_apps, settings), nats.start())
        from deploy.backups import nightly, upgrading  # with what the services have imported by now

        await upgrading.back_up_when_older(settings)
        await stack.enter_async_context(Lifespans(apps.values()))
        if settings.backups:
            backups = asyncio.create_task(nightly.keep_nightly(settings), name="backups")
            stack.push_async_callback(end_all, [backups])
        await serve(settings, apps, door, stopping)


async def serve(
    settings: ServiceSettings, apps: dict[str, FastAPI], door: socket.socket, stopping: asyncio.Event
) -> None:
    """Answer HTTP on `door` and greet, until it is time to stop."""
    from deploy.greeting import greet  # it imports a service: not before the data folder is ours

    config = uvicorn.Config(
        Gateway(apps),
        lifespan="off",
        http=BoundedHeads,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the services believe the proxies that the settings name
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    server = Server(config)
    serving = asyncio.create_task(server.serve(sockets=[door]), name="http")
    greeting = asyncio.create_task(greet(settings, apps["registry"]), name="greeting")
    await asyncio.wait(
        [serving, asyncio.create_task(stopping.wait(), name="signals")], return_when=asyncio.FIRST_COMPLETED
    )
    for app in apps.values():
        app.state.stopping = True
    greeting.cancel()
    server.should_exit = True
    await serving


def make_apps(settings: ServiceSettings) -> dict[str, FastAPI]:
    """Make the four services; what they consist of stays, and the garbage collector need not look at it again."""
    gc.disable()
    try:
        return {name: app_of(name, settings) for name in SERVICES}
    finally:
        collector.settle()


def app_of(name: str, settings: ServiceSettings) -> FastAPI:
    """Make one service as its own command line does, but at the one address; a wrong setting ends the start."""
    create_app = import_module(f"services.{name}.app").create_app
    own_settings = import_module(f"services.{name}.settings").Settings
    app: FastAPI = create_app(read_settings(lambda: own_settings(port=settings.port, address=settings.address)))
    return app


if __name__ == "__main__":
    cli = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    cli.command()(main)
    cli()
