"""Door: the operator asks (`python -m services.registry …`)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from sqlalchemy.orm import Session

from services.registry import commands, queries
from services.registry.api.imports import import_table
from services.registry.app import create_app
from services.registry.models import Base
from services.registry.schemas import ImportAnswer
from services.registry.settings import Settings
from shared import i18n
from shared.cli import fail, make_folder, read_settings, service_cli
from shared.database import Database
from shared.migrations import migrate
from shared.problems import Problem

T = TypeVar("T")
OPERATOR = replace(commands.OPERATOR, administrator=True)
"""Who acts at this command line."""

cli = service_cli("registry", create_app, Settings)


class Role(StrEnum):
    """For whom the operator asks."""

    administrator = "administrator"
    coordinator = "coordinator"


class Kind(StrEnum):
    """What a table is of."""

    organisations = "organisations"
    venues = "venues"
    resources = "resources"
    needs = "needs"


ForRole = Annotated[Role, typer.Option(help="Whoever was registered first with this role.")]
ForPerson = Annotated[str | None, typer.Option(help="Somebody by name, instead of by role.")]


@cli.command()
def token(role: ForRole = Role.administrator, person: ForPerson = None) -> None:
    """Print a bearer token, valid for 15 minutes, and nothing else."""

    def sign(session: Session) -> str:
        found = commands.chosen_person(session, role=role.value, name=person)
        _note(session, found.id, "token")
        return commands.sign_token(session, person_id=found.id)

    typer.echo(_run(lambda database, _: database.write(sign)))


@cli.command(name="sign-in-link")
def sign_in_link(role: ForRole = Role.administrator, person: ForPerson = None) -> None:
    """Print a link that signs somebody in, once, within seven days."""

    def make(session: Session) -> str:
        found = commands.chosen_person(session, role=role.value, name=person)
        _note(session, found.id, "sign-in-link")
        return commands.make_sign_in_link(session, person_id=found.id)

    async def link(database: Database, settings: Settings) -> str:
        return commands.sign_in_address(settings.address, await database.write(make))

    typer.echo(_run(link))


@cli.command(name="own-data-link")
def own_data_link(person: Annotated[str, typer.Option(help="Whose data, by name.")]) -> None:
    """Print a link that shows somebody what is held of them, for who has no mail; it works for some days."""

    async def link(database: Database, settings: Settings) -> str:
        def make(session: Session) -> str:
            found = commands.chosen_person(session, role="administrator", name=person)
            how: dict[str, Any] = {"by": OPERATOR, "person_id": found.id, "lifetime": settings.own_data_lifetime}
            return commands.make_own_link(session, **how)

        return commands.own_data_address(settings.address, await database.write(make))

    typer.echo(_run(link))


@cli.command()
def erasures() -> None:
    """List everybody who was erased, one id a line: keep it with the backups, for `erase-again`."""
    for person_id in _run(lambda database, _: database.read(queries.erased_ids)):
        typer.echo(person_id)


@cli.command(name="erase-again")
def erase_again(file: Annotated[Path, typer.Argument(help="What `erasures` printed.")]) -> None:
    """Erase again whom a backup brought back; who is erased already, or not here, stays so."""
    try:
        wanted = file.read_text().split()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}.")

    def erase(session: Session) -> int:
        back = queries.brought_back(session, wanted)
        for person_id in back:
            commands.erase_person(session, by=OPERATOR, person_id=person_id, reason="erased again after a backup")
        return len(back)

    typer.echo(f"{_run(lambda database, _: database.write(erase))} people were erased again.")


@cli.command(name="import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file, one thing in a row.")],
    table: Annotated[Kind, typer.Option(help="What the table is of.")] = Kind.organisations,
) -> None:
    """Import a table, and say of each row what became of it; importing again changes nothing."""
    try:
        data = file.read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}.")

    async def work(database: Database, settings: Settings) -> ImportAnswer:
        operator = await database.write(lambda session: queries.actor(session, commands.ensure_administrator(session)))
        return await import_table(database, operator, data, kind=table.value, zone=settings.zone)

    report = _run(work)
    for item in report.items:
        typer.echo(f"{item.line}\t{item.result}\t{item.uid}\t{item.reason or ''}".rstrip())
    counts = ("imported", "updated", "unchanged", "repaired", "refused")
    typer.echo(", ".join(f"{name} {getattr(report, name)}" for name in counts))


def _note(session: Session, person_id: str, command: str) -> None:
    """Note that the operator can now see what this person sees of themselves."""
    fields = ["name", "roles", "contacts"]
    commands.note(
        session, subject_id=person_id, action="read", fields=fields, by=commands.OPERATOR, reason=f"command {command}"
    )


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
