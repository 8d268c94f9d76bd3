"""Door: the operator keeps backups and updates, `python -m deploy backup create | list | verify | restore …`.

Exit codes: 0 done, 1 it could not be done, 2 wrongly asked, 3 the backup is damaged, 4 something else comes first.
"""

import asyncio
import json
import os
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, TypeVar

import typer

from deploy.backups import making, nightly, restoring, shelf, upgrading, verifying
from deploy.backups.manifest import BackupProblem, Damaged, Refused
from deploy.backups.settings import BackupSettings
from shared.cli import fail, read_settings
from shared.observability import set_up_logging

FAILED, DAMAGED, REFUSED = 1, 3, 4
T = TypeVar("T")
cli = typer.Typer(help="Copies of everything, to be put back.", no_args_is_help=True)
Name = Annotated[str | None, typer.Argument(help="Its name as `backup list` says, or a path; the newest without.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


def add_to(deploy: typer.Typer) -> None:
    """Give the operator's command line what is said here."""
    deploy.add_typer(cli, name="backup")
    deploy.command()(upgrade)


@cli.command()
def create(verify: Annotated[bool, typer.Option(help="Try it out at once.")] = True, as_json: AsJson = False) -> None:
    """Make a backup while everything runs, and try it out."""
    settings = _settings()
    made = _done(making.create(settings))
    if verify:
        _done(verifying.verify(settings, made.file))
    _say(shelf.look(made.file), as_json)


@cli.command(name="list")
def list_(as_json: AsJson = False) -> None:
    """List the backups that there are, and what came of trying them out."""
    found = shelf.shelved(_settings())
    if as_json:
        typer.echo(json.dumps([_as_json(one) for one in found]))
    elif found:
        _table(*found)
    else:
        typer.echo("There is no backup yet: `backup create` makes one.")


@cli.command()
def verify(name: Name = None, as_json: AsJson = False) -> None:
    """Put a backup into temporary databases and a temporary bus, compare, and note what came of it."""
    settings = _settings()
    with _told():
        file = shelf.chosen(settings, name)
    _done(verifying.verify(settings, file))
    _say(shelf.look(file), as_json)


@cli.command()
def restore(
    name: Annotated[str, typer.Argument(help="Its name as `backup list` says, or a path.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup into the place of everything that is there. Nothing may run meanwhile."""
    settings = _settings()
    with _told():
        file = shelf.chosen(settings, name)
        manifest = restoring.check(settings, file)
    if not yes:
        typer.confirm(f"Everything here becomes as it was on {manifest.made_at:%Y-%m-%d %H:%M} UTC. Go on?", abort=True)
    _done(restoring.restore(settings, file))
    if as_json:
        typer.echo(json.dumps({"name": file.name, "made_at": manifest.made_at.isoformat()}))
        return
    start = "docker compose up -d --wait" if settings.postgres else "make run"
    typer.echo(f"Everything is as it was on {manifest.made_at:%Y-%m-%d %H:%M} UTC. Start it: {start}")
    typer.echo("Whom you erased since then is back: erase them again before people come (see deploy/README.md).")


@cli.command(name="nightly")
def nightly_(
    once: Annotated[bool, typer.Option("--once", help="Now, and end.")] = False, as_json: AsJson = False
) -> None:
    """Make a backup each night, try it out, remove old ones (7 days, 4 weeks, 6 months stay), and report."""
    settings = _settings()
    set_up_logging()
    if not once:
        _done(nightly.keep_nightly(settings))
        return
    os.nice(10)  # who works at night goes before
    report = _done(nightly.once(settings))
    if as_json:
        typer.echo(report.model_dump_json())
    if report.problem:
        typer.echo(report.problem, err=True)
        raise typer.Exit(FAILED)


def upgrade(as_json: AsJson = False) -> None:
    """Make a good backup, bring the databases forward, and say how the programs follow."""
    settings = _settings()
    made, schemas = _done(upgrading.upgrade(settings))
    if as_json:
        typer.echo(json.dumps({"backup": made.file.name if made else None, "schemas": dict(schemas)}))
        return
    typer.echo(f"Backup: {made.file.name}" if made else "There was nothing to keep yet.")
    for service, revision in schemas.items():
        typer.echo(f"{service}: {revision}")
    roll = "docker compose up -d --build --wait" if settings.postgres else "stop it, and make run"
    typer.echo(f"The databases are ready. Now the programs: {roll}")


def _say(one: shelf.Shelved, as_json: bool) -> None:
    """Print one backup; a damaged one ends the command."""
    if as_json:
        typer.echo(json.dumps(_as_json(one)))
    else:
        _table(one)
    if one.verified and one.verified.problem:
        typer.echo(one.verified.problem, err=True)
        raise typer.Exit(DAMAGED)


def _table(*found: shelf.Shelved) -> None:
    from rich.console import Console  # some megabytes, and who makes one each night draws no table
    from rich.table import Column, Table

    table = Table(Column("name", no_wrap=True), "made (UTC)", "size", "tried out (UTC)", "result")
    for one in found:
        tried = one.verified
        result = "not tried" if tried is None else tried.problem or "good"
        at = f"{tried.verified_at:%Y-%m-%d %H:%M}" if tried else ""
        table.add_row(one.file.name, f"{one.made_at:%Y-%m-%d %H:%M}", f"{one.bytes / 1e6:.1f} MB", at, result)
    Console().print(table)


def _as_json(one: shelf.Shelved) -> dict[str, Any]:
    return {
        "name": one.file.name,
        "made_at": one.made_at.isoformat(),
        "kind": one.kind or "usual",
        "bytes": one.bytes,
        "verified_at": one.verified.verified_at.isoformat() if one.verified else None,
        "problem": one.verified.problem if one.verified else None,
    }


def _settings() -> BackupSettings:
    settings: BackupSettings = read_settings(BackupSettings)
    return settings


def _done(work: Coroutine[Any, Any, T]) -> T:
    with _told():
        return asyncio.run(work)


@contextmanager
def _told() -> Iterator[None]:
    """End the command with the sentence of a problem, and its exit code."""
    try:
        yield
    except BackupProblem as problem:
        typer.echo(str(problem), err=True)
        code = DAMAGED if isinstance(problem, Damaged) else REFUSED if isinstance(problem, Refused) else FAILED
        raise typer.Exit(code) from None
    except OSError as error:
        fail(f"{error.filename or 'A file'} cannot be read or written: {error.strerror or error}.")
