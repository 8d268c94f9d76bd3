"""Door: the operator asks, `python -m services.calendar serve | migrate | import`."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from services.calendar import commands, queries
from services.calendar.api.imports import import_file
from services.calendar.app import create_app
from services.calendar.models import Base
from services.calendar.schemas import import_answer
from services.calendar.settings import Settings
from shared import i18n
from shared.cli import fail, make_folder, read_settings, service_cli
from shared.database import Database
from shared.migrations import migrate
from shared.people import service_person
from shared.problems import Problem

cli = service_cli("calendar", create_app, Settings)
OPERATOR = replace(service_person("calendar"), administrator=True)


@cli.command(name="import")
def import_calendar(
    file: Annotated[Path, typer.Argument(help="A calendar file (.ics).")],
    organisation: Annotated[str, typer.Option(help="Whose events these are: an organisation's id or name.")],
) -> None:
    """Import events, and say of each item what became of it; importing again changes nothing."""
    try:
        data = file.read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}.")
    settings: Settings = read_settings(Settings)
    make_folder(settings)
    i18n.language.set("en")
    try:
        report = import_answer(asyncio.run(_import(settings, organisation, data)))
    except Problem as problem:
        detail = f" {i18n.say(problem.detail, **problem.values)}" if problem.detail else ""
        fail(f"{i18n.say(problem.title)}.{detail}")
    for item in report.items:
        typer.echo(f"{item.line}\t{item.result}\t{item.uid}\t{item.reason or ''}".rstrip())
    counts = ("imported", "updated", "unchanged", "repaired", "refused")
    typer.echo(", ".join(f"{name} {getattr(report, name)}" for name in counts))


async def _import(settings: Settings, organisation: str, data: bytes) -> list[commands.Outcome]:
    """Import into the calendar's database, also beside a running server."""
    database = Database(settings.url_of("calendar"), Base.metadata, "calendar")
    await asyncio.to_thread(migrate, database.engine, "calendar", Base.metadata)
    await database.start()
    try:
        organisation_id = await database.read(_organisation_id, organisation)
        return await import_file(database, settings, by=OPERATOR, organisation_id=organisation_id, data=data)
    finally:
        await database.stop()


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
