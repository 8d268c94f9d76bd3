"""The operator's commands for messages that were set aside: `python -m services.<name> set-aside list | show | …`."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer
from sqlalchemy import Row
from sqlalchemy.exc import OperationalError

from shared import set_aside
from shared.broker import Bus
from shared.database import Database

Answer = TypeVar("Answer")
Ask = Callable[[Bus, Database], Awaitable[Answer]]
Given = Annotated[str, typer.Argument(help="The id that `list` shows.")]


def set_aside_cli(make_app: Callable[[], Any]) -> typer.Typer:
    """Make the commands of one service; `make_app()` gives its app, which need not run and may run elsewhere."""
    cli = typer.Typer(help="Messages that could not be taken in and wait for a decision.", no_args_is_help=True)

    def ask(question: Ask[Answer]) -> Answer:
        try:
            return asyncio.run(_asked(make_app(), question))
        except OperationalError as error:
            typer.echo(f"The database cannot be read: {error.orig}", err=True)
            raise typer.Exit(1) from error

    @cli.command("list")
    def list_waiting() -> None:
        """List what waits, the oldest first."""
        for row in ask(lambda bus, _: bus.set_aside()):
            typer.echo(f"{row.id}  {row.last_at:%Y-%m-%d %H:%M}  {row.attempts} ×  {row.subject}  {row.error}")

    @cli.command()
    def show(set_aside_id: Given) -> None:
        """Show one with its headers and body."""
        row = ask(lambda _, database: database.read(_one, database, set_aside_id))
        if row is None:
            raise _unknown(set_aside_id)
        typer.echo(json.dumps(_shown(row), indent=2, ensure_ascii=False))

    @cli.command()
    def retry(set_aside_id: Given) -> None:
        """Take one in again, through the same pipeline; touches no other service."""
        try:
            is_done = ask(lambda bus, _: bus.retry(set_aside_id))
        except Exception as error:
            typer.echo(f"It still cannot be taken in: {type(error).__name__}: {error}", err=True)
            raise typer.Exit(1) from error
        if not is_done:
            raise _unknown(set_aside_id)
        typer.echo("taken in")

    @cli.command()
    def discard(set_aside_id: Given) -> None:
        """Decide that one is not needed."""
        if not ask(lambda bus, _: bus.discard(set_aside_id)):
            raise _unknown(set_aside_id)
        typer.echo("discarded")

    return cli


async def _asked(app: Any, question: Ask[Answer]) -> Answer:
    database: Database = app.state.database
    await database.start()
    try:
        return await question(app.state.bus, database)
    finally:
        await database.stop()


def _one(session: Any, database: Database, set_aside_id: str) -> Row[Any] | None:
    return set_aside.one(session, database.outbox_table.metadata.tables["set_aside"], set_aside_id)


def _shown(row: Row[Any]) -> dict[str, Any]:
    body = row.body.decode(errors="replace") if row.body is not None else None
    return {
        **{name: str(getattr(row, name)) for name in ("id", "state", "consumer", "stream", "subject", "error")},
        **{name: getattr(row, name) for name in ("stream_sequence", "attempts", "headers")},
        "first_at": row.first_at.isoformat(),
        "last_at": row.last_at.isoformat(),
        "body": body,
    }


def _unknown(set_aside_id: str) -> typer.BadParameter:
    return typer.BadParameter(f"Nothing with the id {set_aside_id} waits here with its body.")
