"""The operator's command that rebuilds a service's copies: `python -m services.<name> rebuild [--json]`."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import nats.errors
import typer
from sqlalchemy.exc import SQLAlchemyError

from shared.migrations import migrate
from shared.rebuild import AnotherRebuild, Incomplete, NeverQuiet, Outcome, rebuild
from shared.replay import connected

if TYPE_CHECKING:  # who serves draws no bars: what draws them takes some megabytes
    from rich.progress import Progress, TaskID

NOT_ALL = 3
"""The command's status when all was rebuilt but for messages that could not be taken in."""
MOST_NAMED = 50
LINE_EVERY = 50_000
Anyway = Annotated[bool, typer.Option("--anyway", help="Even if a stream holds less than was heard from it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def add_rebuild(cli: typer.Typer, make_app: Callable[[], Any]) -> None:
    """Add the command to one service's; `make_app()` gives its app, whose folder is there; it may run elsewhere."""

    @cli.command(name="rebuild")
    def rebuild_command(as_json: AsJson = False, anyway: Anyway = False) -> None:
        """Make the copies of what others told again from all they ever told; the service may run meanwhile.

        Nothing is told or sent. Status 1: nothing was changed; 3: some messages could not be taken in.
        """
        app = make_app()
        name, count = app.state.name, len(app.state.bus.copies.keepers)
        if not count:
            _fail(f"The {name} copies nothing from others: there is nothing to rebuild.")
        try:
            outcome = asyncio.run(_rebuild(app, as_json, anyway))
        except AnotherRebuild:
            _fail("The copies are being rebuilt already. Nothing was changed.")
        except Incomplete as stream:
            _fail(
                f"The stream {stream} holds less than was heard from it; what it lost would be lost here too. Nothing "
                "was changed. Let the services that tell on it publish it again, or give --anyway."
            )
        except NeverQuiet:
            _fail("The live tables are always in use. Nothing was changed. Try again when less is going on.")
        except SQLAlchemyError as error:
            _fail(f"The database cannot be used: {getattr(error, 'orig', None) or error}. Nothing was changed.")
        except (nats.errors.Error, OSError) as error:
            _fail(f"The bus cannot be read: {str(error) or type(error).__name__}. Nothing was changed.")
        typer.echo(json.dumps(asdict(outcome), indent=2) if as_json else summary(outcome))
        if outcome.failures:
            raise typer.Exit(NOT_ALL)


async def _rebuild(app: Any, as_json: bool, anyway: bool) -> Outcome:
    state = app.state
    metadata = state.database.outbox_table.metadata
    try:
        await asyncio.to_thread(migrate, state.database.engine, state.name, metadata, state.versions)
        async with connected(state.settings, state.name) as client:
            with shown(quiet=as_json) as progress:
                return await rebuild(state.database, state.bus.copies, client, progress, anyway=anyway)
    finally:
        await state.database.stop()


@contextmanager
def shown(*, quiet: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """Show how far a rebuild is: a bar for each stream on a terminal, a line now and then elsewhere, or nothing.

    Gives what is to be told a stream, how many of its messages are done, and how many there are.
    """
    if quiet:
        yield lambda *_: None
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True)) as bars:
            yield partial(_move_bar, bars, {})
    else:
        yield partial(_write_line, {})


def _move_bar(bars: "Progress", tasks: "dict[str, TaskID]", stream: str, done: int, total: int) -> None:
    if stream not in tasks:
        tasks[stream] = bars.add_task(stream, total=total)
    bars.update(tasks[stream], completed=done, total=total)


def _write_line(next_line: dict[str, int], stream: str, done: int, total: int) -> None:
    if done == total or done >= next_line.get(stream, 0):
        next_line[stream] = done + LINE_EVERY
        typer.echo(f"{stream}: {done} of {total}", err=True)


def summary(outcome: Outcome) -> str:
    """Write what was done; the messages that could not be taken in come last, by their places."""
    lines = [f"{outcome.messages} messages were taken in again; the copies are as of now."]
    if outcome.failures:
        lines[0] = f"{outcome.messages} messages were read again; {len(outcome.failures)} could not be taken in:"
        lines += [f"{one.stream} {one.sequence} {one.subject}: {one.error}" for one in outcome.failures[:MOST_NAMED]]
    if len(outcome.failures) > MOST_NAMED:
        lines.append(f"… and {len(outcome.failures) - MOST_NAMED} more.")
    return "\n".join(lines)


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
