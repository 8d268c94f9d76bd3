"""The door through which the operator asks: `python -m services.<name> serve | migrate | migration`."""

import asyncio
import logging
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from shared import collector, migrations
from shared.database import Database, sqlite_url
from shared.observability import is_logging, set_up_logging
from shared.rebuild_cli import add_rebuild
from shared.retention_cli import add_retention
from shared.set_aside_cli import set_aside_cli
from shared.settings import ServiceSettings
from shared.tracing import TracingUnavailable, set_up_tracing
from shared.web.heads import BoundedHeads

log = logging.getLogger(__name__)

STOP_SECONDS = 15


class Server(uvicorn.Server):
    """A uvicorn that a signal ends in order: not ready first, then the door, and status 0 at the end.

    uvicorn's own way closes the door at once and ends by the signal itself, which looks like a failure.
    """

    def __init__(self, config: uvicorn.Config, app: FastAPI, leave_seconds: float) -> None:
        super().__init__(config)
        self._app = app
        self._leave_seconds = leave_seconds

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave at a signal; a second one does not wait."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._leave)
        yield

    def _leave(self) -> None:
        if self._app.state.stopping:
            self.should_exit = True
        self._app.state.stopping = True
        asyncio.get_running_loop().call_later(self._leave_seconds, setattr, self, "should_exit", True)


def service_cli(name: str, create_app: Callable[[Any], FastAPI], settings: Callable[[], Any]) -> typer.Typer:
    """Make one service's command line, to which the service adds its own commands.

    `settings()` is called when a command runs.
    """
    cli = typer.Typer(help=f"The {name} service.", no_args_is_help=True, pretty_exceptions_enable=False)

    @cli.command()
    def serve() -> None:
        """Serve this one service over HTTP until it is stopped."""
        set_up_logging()
        chosen = read_settings(settings)
        end_tracing = start_tracing(f"osiedle-{name}")
        make_folder(chosen)
        try:
            with open_door(chosen) as door:
                app = create_app(chosen)
                _refuse_newer_schema(app)
                collector.settle()
                config = uvicorn.Config(
                    app,
                    http=BoundedHeads,
                    log_config=None,
                    access_log=False,
                    timeout_graceful_shutdown=STOP_SECONDS,
                    server_header=False,
                    proxy_headers=False,
                )
                Server(config, app, chosen.leave_seconds).run(sockets=[door])
        finally:
            end_tracing()

    @cli.command()
    def migrate() -> None:
        """Bring this service's database to the newest revision, and say which that is."""
        chosen = read_settings(settings)
        make_folder(chosen)
        state = create_app(chosen).state
        try:
            metadata = state.database.outbox_table.metadata
            typer.echo(migrations.migrate(state.database.engine, name, metadata, state.versions))
        except migrations.SchemaTooNew as problem:
            fail(str(problem))
        except SQLAlchemyError as error:
            fail(f"The database cannot be migrated: {error}")
        finally:
            state.database.engine.dispose()

    def app_in_its_folder() -> FastAPI:
        chosen = read_settings(settings)
        make_folder(chosen)
        return create_app(chosen)

    @cli.command(hidden=True)
    def migration(title: Annotated[str, typer.Argument(help="One word or two: what it brings.")]) -> None:
        """Write the next revision from the models (for developers)."""
        chosen = read_settings(settings)
        state = create_app(chosen).state
        metadata = state.database.outbox_table.metadata
        with tempfile.TemporaryDirectory() as folder:
            scratch = Database(sqlite_url(Path(folder) / "scratch.sqlite"), metadata, name)
            typer.echo(migrations.write_revision(scratch.engine, name, metadata, title, state.versions))
            scratch.engine.dispose()

    add_retention(cli, app_in_its_folder)
    add_rebuild(cli, app_in_its_folder)
    cli.add_typer(set_aside_cli(lambda: create_app(read_settings(settings))), name="set-aside")
    return cli


def read_settings(settings: Callable[[], Any]) -> Any:
    """Read the settings; one that is wrong ends the command with one sentence."""
    try:
        return settings()
    except ValidationError as error:
        fault = error.errors()[0]
        fail(f"The setting {'.'.join(map(str, fault['loc']))} is not right: {fault['msg']}")


def start_tracing(name: str) -> Callable[[], None]:
    """Begin to export spans where that is asked for; where it cannot be done the command ends with one sentence."""
    try:
        return set_up_tracing(name)
    except TracingUnavailable as problem:
        fail(str(problem))


def _refuse_newer_schema(app: FastAPI) -> None:
    """End the command with one sentence where a newer release migrated the database; one that is away is waited for."""
    state = app.state
    with suppress(SQLAlchemyError):
        try:
            migrations.refuse_newer(state.database.engine, state.name, state.versions)
        except migrations.SchemaTooNew as problem:
            fail(str(problem))


def make_folder(settings: ServiceSettings) -> None:
    """Make the data folder; one that cannot be written ends the command with one sentence."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.data):
            pass
    except OSError as error:
        fail(f"The data folder {settings.data} cannot be written: {error.strerror}. Set DATA to another folder.")


def open_door(settings: ServiceSettings) -> socket.socket:
    """Take the port before anything else starts; a busy one ends the command with one sentence."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # asyncio turns Nagle's algorithm off where the protocol is named; else an answer on a kept connection waits 40 ms
    door = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((settings.host, settings.port))
    except OSError as error:
        door.close()
        fail(f"Port {settings.port} of {settings.host} cannot be used: {error.strerror}. Set PORT to another one.")
    return door


def fail(sentence: str) -> NoReturn:
    """End the command with one sentence on standard error, a log line where all are, and status 1."""
    if is_logging():
        log.critical(sentence)
    else:
        typer.echo(sentence, err=True)
    raise typer.Exit(1)
