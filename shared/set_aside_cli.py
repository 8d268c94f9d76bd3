"""The operator's commands for messages that were set aside: `python -m services.<name> set-aside list | show | …`."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, Any, TypeVar

import typer
from sqlalchemy import Row
from sqlalchemy.exc import OperationalError

from shared import set_aside
from shared.broker import Bus
from shared.database import Database
from shared.paging import Paging
from shared.people import service_person
from shared.problems import Problem

Answer = TypeVar("Answer")
Ask = Callable[[Bus, Database], Awaitable[Answer]]
OPERATOR = replace(service_person("operator"), administrator=True)
ALL = Paging(limit=1000)
Given = Annotated[str, typer.Argument(help="The id that `list` shows.")]


def set_aside_cli(make_app: Callable[[], Any]) -> typer.Typer:
    """Make the commands of one service; `make_app()` gives its app, which need not run and may run elsewhere."""
    cli = typer.Typer(help="Messages that could not be taken in and wait for a decision.", no_args_is_help=True)

    def ask(question: Ask[Answer]) -> Answer:
        try:
            return asyncio.run(asked(make_app(), question))
        except OperationalError as error:
            typer.echo(f"The database cannot be read: {error.orig}", err=True)
            raise typer.Exit(1) from error
        except Problem as problem:
            reason = problem.extra.get("error") or problem.detail
            typer.echo(f"{problem.title}{': ' if reason else '.'}{reason}", err=True)
            raise typer.Exit(1) from problem

    @cli.command("list")
    def list_waiting() -> None:
        """List what waits or is still being tried, the oldest first."""
        for row in ask(lambda _, database: database.read(set_aside.listed, table_of(database), OPERATOR, ALL)):
            counted = f"{row.attempts} ×  {row.state}"
            typer.echo(f"{row.id}  {row.last_at:%Y-%m-%d %H:%M}  {counted}  {row.subject}  {row.error}")

    @cli.command()
    def show(set_aside_id: Given) -> None:
        """Show one with its headers and body."""
        row = ask(lambda _, database: database.read(set_aside.one, table_of(database), OPERATOR, set_aside_id))
        typer.echo(json.dumps(shown(row), indent=2, ensure_ascii=False))

    @cli.command()
    def retry(set_aside_id: Given) -> None:
        """Take one in again, through the same pipeline; touches no other service."""
        ask(lambda bus, _: bus.decisions.retry(set_aside_id, OPERATOR))
        typer.echo("taken in")

    @cli.command()
    def discard(set_aside_id: Given) -> None:
        """Decide that one is not needed."""
        ask(lambda bus, _: bus.decisions.discard(set_aside_id, OPERATOR))
        typer.echo("discarded")

    return cli


async def asked(app: Any, question: Ask[Answer]) -> Answer:
    """Ask one service's database, whether the service runs or not; raises what the question raises."""
    database: Database = app.state.database
    await database.start()
    try:
        return await question(app.state.bus, database)
    finally:
        await database.stop()


def table_of(database: Database) -> Any:
    """Give a service's table of what was set aside."""
    return database.outbox_table.metadata.tables["set_aside"]


def shown(row: Row[Any]) -> dict[str, Any]:
    """Give one as programs read it, with its headers and body."""
    body = row.body.decode(errors="replace") if row.body is not None else None
    return {
        **{name: str(getattr(row, name)) for name in ("id", "state", "consumer", "stream", "subject", "error")},
        **{name: getattr(row, name) for name in ("stream_sequence", "attempts", "headers")},
        "first_at": row.first_at.isoformat(),
        "last_at": row.last_at.isoformat(),
        "body": body,
    }
