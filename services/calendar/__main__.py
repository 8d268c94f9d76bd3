"""Door: the operator asks, `python -m services.calendar serve | migrate | import | source`."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from sqlalchemy.orm import Session

from services.calendar import commands, queries
from services.calendar.api.imports import import_file
from services.calendar.api.sources import address_of
from services.calendar.app import create_app
from services.calendar.models import Base, Source
from services.calendar.schemas import import_answer, problem_in_words
from services.calendar.settings import Settings
from shared import i18n
from shared.cli import fail, make_folder, read_settings, service_cli
from shared.database import Database
from shared.migrations import migrate
from shared.paging import MOST, Paging
from shared.people import service_person
from shared.problems import Problem

cli = service_cli("calendar", create_app, Settings)
OPERATOR = replace(service_person("calendar"), administrator=True)


sources = typer.Typer(help="Calendars that others publish, and that an organisation subscribed to.")
cli.add_typer(sources, name="source")
T = TypeVar("T")
Organisation = Annotated[str, typer.Option(help="Whose events these are: an organisation's id or name.")]
SourceId = Annotated[str, typer.Argument(help="Its id, as `source list` says.")]


@cli.command(name="import")
def import_calendar(
    file: Annotated[Path, typer.Argument(help="A calendar file (.ics), or a zip of some.")], organisation: Organisation
) -> None:
    """Import events, and say of each item what became of it; importing again changes nothing."""
    from rich.console import Console  # some megabytes, and who serves draws no bar
    from rich.progress import Progress

    try:
        data = file.read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}.")

    async def work(database: Database, settings: Settings) -> commands.Imported:
        organisation_id = await database.read(_organisation_id, organisation)
        console = Console(stderr=True)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task(file.name, total=None)

            async def progress(done: int, total: int) -> None:
                bar.update(task, completed=done, total=total)

            return await import_file(
                database, settings, by=OPERATOR, organisation_id=organisation_id, data=data, progress=progress
            )

    report = import_answer(_run(work))
    for item in report.items:
        place = f"{item.file}:{item.line}" if item.file else str(item.line)
        typer.echo(f"{place}\t{item.result}\t{item.uid}\t{item.reason or ''}".rstrip())
    counts = ("imported", "updated", "unchanged", "repaired", "refused")
    typer.echo(", ".join(f"{name} {getattr(report, name)}" for name in counts))


@sources.command(name="list")
def list_sources() -> None:
    """List the subscribed calendars, with when each was last seen and what is wrong with it."""

    async def work(database: Database, _settings: Settings) -> Sequence[Source]:
        return await database.read(queries.sources, OPERATOR, Paging(limit=MOST))

    for row in _run(work):
        state = "paused" if row.paused else problem_in_words(row.problem) or "well"
        seen = row.seen_at.isoformat(timespec="seconds") if row.seen_at else "never seen"
        typer.echo(f"{row.id}\t{row.name}\t{seen}\t{state}")


@sources.command(name="add")
def add_source(
    url: Annotated[str, typer.Argument(help="Where it is published: https:// or webcal://.")],
    organisation: Organisation,
    name: Annotated[str, typer.Option(help="What people read as where its events are from.")],
) -> None:
    """Subscribe to a calendar; the running service fetches it."""

    async def work(database: Database, settings: Settings) -> Source:
        organisation_id = await database.read(_organisation_id, organisation)
        address = address_of(settings, url)
        return await database.write(
            commands.add_source, by=OPERATOR, organisation_id=organisation_id, name=name, url=address
        )

    typer.echo(_run(work).id)


@sources.command(name="pause")
def pause_source(source_id: SourceId) -> None:
    """Fetch it no more; its events stay."""
    _run(_changing(commands.change_source, source_id=source_id, changes={"paused": True}))


@sources.command(name="resume")
def resume_source(source_id: SourceId) -> None:
    """Fetch it again."""
    _run(_changing(commands.change_source, source_id=source_id, changes={"paused": False}))


@sources.command(name="remove")
def remove_source(source_id: SourceId) -> None:
    """Unsubscribe; the running service takes its events off the calendar."""
    _run(_changing(commands.remove_source, source_id=source_id))


def _changing(command: Callable[..., Source], **values: Any) -> Callable[[Database, Settings], Awaitable[Source]]:
    async def work(database: Database, _settings: Settings) -> Source:
        return await database.write(lambda session: command(session, by=OPERATOR, **values))

    return work


def _run(work: Callable[[Database, Settings], Awaitable[T]]) -> T:
    """Do something in the calendar's database, also beside a running server; a refusal ends it with its words."""
    settings: Settings = read_settings(Settings)
    make_folder(settings)
    i18n.language.set("en")

    async def run() -> T:
        database = Database(settings.url_of("calendar"), Base.metadata, "calendar")
        await asyncio.to_thread(migrate, database.engine, "calendar", Base.metadata)
        await database.start()
        try:
            return await work(database, settings)
        finally:
            await database.stop()

    try:
        return asyncio.run(run())
    except Problem as problem:
        detail = f" {i18n.say(problem.detail, **problem.values)}" if problem.detail else ""
        fail(f"{i18n.say(problem.title)}.{detail}")


def _organisation_id(session: Session, organisation: str) -> str:
    """Find an organisation by its id or name among those that the registry has told of."""
    known = queries.organisations(session)
    found = [one.id for one in known if organisation in (one.id, one.name)]
    if len(found) != 1:
        names = "; ".join(one.name for one in known[:20]) or "none yet: start the services once"
        many = "more than one" if found else "no"
        fail(f"The calendar knows {many} organisation “{organisation}”. Known: {names}.")
    return found[0]


if __name__ == "__main__":
    cli()
