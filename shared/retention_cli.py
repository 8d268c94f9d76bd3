"""The operator's command for retention: `python -m services.<name> retention [--dry-run] [--json]`."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer
from sqlalchemy.exc import OperationalError

from shared import clock, retention
from shared.migrations import migrate
from shared.retention import Outcome

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only count what would go.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def add_retention(cli: typer.Typer, make_app: Callable[[], Any]) -> None:
    """Add the command to one service's; `make_app()` gives its app, whose folder is there; it may run elsewhere."""

    @cli.command(name="retention")
    def retention_command(dry_run: DryRun = False, as_json: AsJson = False) -> None:
        """Forget what was kept long enough, as the service does every hour, and say how much of each class."""
        try:
            outcomes = asyncio.run(_forget(make_app(), dry_run))
        except OperationalError as error:
            typer.echo(f"The database cannot be used: {error.orig}", err=True)
            raise typer.Exit(1) from error
        typer.echo(json.dumps([asdict(one) for one in outcomes], indent=2) if as_json else table(outcomes, dry_run))


async def _forget(app: Any, dry_run: bool) -> list[Outcome]:
    state = app.state
    metadata = state.database.outbox_table.metadata
    await asyncio.to_thread(migrate, state.database.engine, state.name, metadata, state.versions)
    await state.database.start()
    try:
        return await retention.forget(
            state.database, state.forgetting, state.settings.keep, now=clock.now(), dry_run=dry_run
        )
    finally:
        await state.database.stop()


def table(outcomes: Sequence[Outcome], dry_run: bool) -> str:
    """Write the outcomes as lines of text under one another; the ids of those whom it concerns come last."""
    head = ("class", "days", "would go" if dry_run else "went")
    rows = [head, *((one.name, _days(one), str(one.count)) for one in outcomes)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}" for row in rows]
    return "\n".join([*lines, *(f"{one.name}: {', '.join(one.ids)}" for one in outcomes if one.ids)])


def _days(outcome: Outcome) -> str:
    if outcome.days is None:
        return "for ever"
    return str(outcome.days) if outcome.days else "at once"
