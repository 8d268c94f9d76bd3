"""Door: the operator asks (`python -m services.registry …`)."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from sqlalchemy.orm import Session

from services.registry import commands, queries
from services.registry.api.imports import import_table
from services.registry.app import create_app
from services.registry.models import Base
from services.registry.schemas import import_answer
from services.registry.settings import Settings
from shared import i18n
from shared.cli import fail, make_folder, read_settings, service_cli
from shared.database import Database
from shared.migrations import migrate
from shared.problems import Problem

T = TypeVar("T")

cli = service_cli("registry", create_app, Settings)


class Role(StrEnum):
    """For whom the operator asks."""

    administrator = "administrator"
    coordinator = "coordinator"


ForRole = Annotated[Role, typer.Option(help="Whoever was registered first with this role.")]
ForPerson = Annotated[str | None, typer.Option(help="Somebody by name, instead of by role.")]


@cli.command()
def token(role: ForRole = Role.administrator, person: ForPerson = None) -> None:
    """Print a bearer token, valid for 15 minutes, and nothing else."""

    def sign(session: Session) -> str:
        found = commands.chosen_person(session, role=role.value, name=person)
        return commands.sign_token(session, person_id=found.id)

    typer.echo(_run(lambda database, _: database.write(sign)))


@cli.command(name="sign-in-link")
def sign_in_link(role: ForRole = Role.administrator, person: ForPerson = None) -> None:
    """Print a link that signs somebody in, once, within seven days."""

    def make(session: Session) -> str:
        found = commands.chosen_person(session, role=role.value, name=person)
        return commands.make_sign_in_link(session, person_id=found.id)

    async def link(database: Database, settings: Settings) -> str:
        return commands.sign_in_address(settings.address, await database.write(make))

    typer.echo(_run(link))


@cli.command(name="import")
def import_file(file: Annotated[Path, typer.Argument(help="A CSV file of organisations.")]) -> None:
    """Import organisations, and say of each row what became of it; importing again changes nothing."""
    try:
        data = file.read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}.")

    async def work(database: Database, _: Settings) -> list[commands.ImportedRow]:
        operator = await database.write(lambda session: queries.actor(commands.ensure_administrator(session)))
        return await import_table(database, operator, data)

    report = import_answer(_run(work))
    for item in report.items:
        typer.echo(f"{item.line}\t{item.result}\t{item.uid}\t{item.reason or ''}".rstrip())
    counts = ("imported", "updated", "unchanged", "repaired", "refused")
    typer.echo(", ".join(f"{name} {getattr(report, name)}" for name in counts))


def _run(work: Callable[[Database, Settings], Awaitable[T]]) -> T:
    """Do something in the registry's database, also beside a running server; a refusal ends with one sentence."""
    settings: Settings = read_settings(Settings)
    make_folder(settings)
    i18n.language.set("en")
    try:
        return asyncio.run(_in_database(settings, work))
    except Problem as problem:
        detail = f" {i18n.say(problem.detail, **problem.values)}" if problem.detail else ""
        return fail(f"{i18n.say(problem.title)}.{detail}")


async def _in_database(settings: Settings, work: Callable[[Database, Settings], Awaitable[T]]) -> T:
    database = Database(settings.url_of("registry"), Base.metadata, "registry")
    await asyncio.to_thread(migrate, database.engine, "registry", Base.metadata)
    await database.start()
    try:
        return await work(database, settings)
    finally:
        await database.stop()


if __name__ == "__main__":
    cli()
