"""Messages that were set aside, over all services: `python -m deploy set-aside list | show | retry | discard`."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Annotated, Any, TypeVar

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from sqlalchemy import Row
from sqlalchemy.exc import SQLAlchemyError

from deploy.doctor.probes import words_of
from deploy.services import SERVICES, app_of, settings_of
from deploy.settings import OperatorSettings
from shared import set_aside
from shared.broker import Bus
from shared.cli import fail, read_settings
from shared.database import Database
from shared.problems import NotFound, Problem
from shared.set_aside_cli import ALL, OPERATOR, asked, shown, table_of

T = TypeVar("T")
cli = typer.Typer(help="Messages that a service could not take in, over all services.", no_args_is_help=True)
Given = Annotated[str, typer.Argument(help="The id that `list` shows.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
Question = Callable[[Bus, Database], Awaitable[T]]


@cli.command(name="list")
def list_(
    service: Annotated[str | None, typer.Argument(help="Only of this service.")] = None, as_json: AsJson = False
) -> None:
    """List what waits or is still being tried, the oldest first."""
    if service is not None and service not in SERVICES:
        fail(f"There is no service {service}; there are {', '.join(SERVICES)}.")
    rows = sorted(_run(_listed((service,) if service else SERVICES)), key=lambda pair: pair[1].first_at)
    if as_json:
        typer.echo(json.dumps([{"service": name, **shown(row)} for name, row in rows], ensure_ascii=False))
        return
    table = Table("service", "id", "last tried", "tries", "state", "subject", "why", box=None, pad_edge=False)
    for name, row in rows:
        last = f"{row.last_at:%Y-%m-%d %H:%M}"
        table.add_row(name, row.id, last, str(row.attempts), row.state, row.subject, row.error)
    if rows:
        Console().print(table, markup=False)
    else:
        typer.echo("Nothing was set aside.")


@cli.command()
def show(set_aside_id: Given) -> None:
    """Show one with its headers and body."""
    name, row = _run(_of_whoever_has(set_aside_id, None))
    typer.echo(json.dumps({"service": name, **shown(row)}, indent=2, ensure_ascii=False))


@cli.command()
def retry(set_aside_id: Given) -> None:
    """Take one in again, through the same pipeline; touches no other service."""
    name, _ = _run(_of_whoever_has(set_aside_id, lambda bus, _: bus.decisions.retry(set_aside_id, OPERATOR)))
    typer.echo(f"{name}: taken in")


@cli.command()
def discard(set_aside_id: Given) -> None:
    """Decide that one is not needed."""
    name, _ = _run(_of_whoever_has(set_aside_id, lambda bus, _: bus.decisions.discard(set_aside_id, OPERATOR)))
    typer.echo(f"{name}: discarded")


async def _listed(services: Sequence[str]) -> list[tuple[str, Row[Any]]]:
    def rows(_: Bus, database: Database) -> Awaitable[Sequence[Row[Any]]]:
        return database.read(set_aside.listed, table_of(database), OPERATOR, ALL)

    return [(name, row) for name in services for row in await _ask(name, rows)]


async def _of_whoever_has(set_aside_id: str, then: Question[Any] | None) -> tuple[str, Row[Any]]:
    """Find the service that has this one, and do something there. Raises `NotFound` where none has it."""

    def one(_: Bus, database: Database) -> Awaitable[Row[Any]]:
        return database.read(set_aside.one, table_of(database), OPERATOR, set_aside_id)

    for name in SERVICES:
        try:
            row = await _ask(name, one)
        except NotFound:
            continue
        if then is not None:
            await _ask(name, then)
        return name, row
    raise NotFound


async def _ask(service: str, question: Question[T]) -> T:
    settings: OperatorSettings = read_settings(OperatorSettings)
    return await asked(app_of(service, settings_of(service, settings.secrets)), question)


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except ValidationError as error:
        fault = error.errors()[0]
        fail(f"The setting {'.'.join(map(str, fault['loc']))} is not right: {fault['msg']}")
    except SQLAlchemyError as error:
        fail(f"A database cannot be read: {words_of(error)}. `doctor` says which.")
    except Problem as problem:
        reason = problem.extra.get("error") or problem.detail
        fail(f"{problem.title}{': ' if reason else '.'}{reason}")
