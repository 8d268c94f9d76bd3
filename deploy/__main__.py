"""Door: the operator asks for what no single service can do: `python -m deploy doctor | partner | …`."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Annotated, Any, Literal, TypeVar

import typer

from deploy import inviting, partners, set_aside
from deploy.backups.cli import add_to as add_backups_to
from deploy.demo.cli import cli as demo
from deploy.doctor.cli import doctor
from deploy.settings import OperatorSettings
from shared import i18n
from shared.cli import fail, make_folder, read_settings
from shared.problems import Problem
from shared.settings import ServiceSettings

T = TypeVar("T")
cli = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
partner = typer.Typer(help="Municipal systems that may tell us facts.", no_args_is_help=True)
cli.add_typer(partner, name="partner")
add_backups_to(cli)
cli.add_typer(set_aside.cli, name="set-aside")
cli.add_typer(demo, name="demo")
cli.command()(doctor)
Name = Annotated[str, typer.Argument(help="The name in the partner's subjects: 2 to 32 of a-z, 0-9 and -.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@cli.callback()
def deploy() -> None:
    """The whole installation."""


@partner.command()
def add(
    name: Name,
    title: Annotated[str | None, typer.Option(help="Who that is, in words.")] = None,
    new_key: Annotated[bool, typer.Option("--new-key", help="Replace its key for HTTP.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let a municipal system in, at once and without a restart; print what to hand over."""
    added = _done(partners.add(_settings(), name, title, new_key=new_key))
    if as_json:
        typer.echo(json.dumps(partners.as_json(added)))
        return
    typer.echo(f"{name} may come in{'' if added.in_effect else ' once the bus runs'}. Hand over in private:")
    typer.echo(f"  for NATS:  {added.credentials}  (`partner creds {name}` prints it)")
    typer.echo(f"  for HTTP:  {added.key or 'the key it has; --new-key makes another one'}")
    if added.key:
        typer.echo("The key is shown this once. How they join: docs/partners.md")


@partner.command(name="list")
def list_(as_json: AsJson = False) -> None:
    """List them: since when, when last heard, what waits, what was set aside."""
    rows = _done(partners.listed(_settings()))
    if as_json:
        typer.echo(json.dumps([partners.as_json(row) for row in rows]))
        return
    typer.echo("name\tsince\tlast heard\twaiting\tset aside\tHTTP key\ttitle")
    for row in rows:
        heard = f"{row.last_heard:%Y-%m-%d %H:%M}" if row.last_heard else "never"
        state = f"revoked {row.revoked:%Y-%m-%d}" if row.revoked else f"{row.since:%Y-%m-%d}"
        waiting = "?" if row.waiting is None else row.waiting
        key = "yes" if row.has_key else "no"
        typer.echo(f"{row.partner}\t{state}\t{heard}\t{waiting}\t{row.set_aside}\t{key}\t{row.title}".rstrip())


@partner.command()
def revoke(name: Name) -> None:
    """Let a municipal system in no more: its connections end within seconds; what it told stays."""
    told = _done(partners.revoke(_settings(), name))
    typer.echo(f"{name} may come in no more{'' if told else ', also once the bus runs'}.")


@partner.command()
def creds(name: Name) -> None:
    """Print the login for NATS of a municipal system that is let in."""
    file = partners.login_of(_settings(), name)
    if not file.is_file():
        fail(f"There is no login for {name}; `partner add {name}` makes one.")
    typer.echo(file.read_text(), nl=False)


@partner.command()
def ca() -> None:
    """Print the certificate by which partners know the bus, where it speaks TLS (Docker Compose)."""
    file = _settings().nats_ca
    if file is None or not file.is_file():
        fail("This bus speaks no TLS: it listens on this machine only.")
    typer.echo(file.read_text(), nl=False)


@cli.command()
def invite(
    email: Annotated[str, typer.Argument(help="Their mail address.")],
    role: Annotated[inviting.Role, typer.Option(help="The last three are of an organisation.")] = "administrator",
    organisation: Annotated[str | None, typer.Option(help="Its name or id, for a role in it.")] = None,
    name: Annotated[str, typer.Option(help="Their name; what stands before the @ where it is not known.")] = "",
    language: Annotated[Literal["pl", "en"], typer.Option(help="Of the letter.")] = "pl",
    as_json: AsJson = False,
) -> None:
    """Invite somebody: a letter takes it there; where mail is not set, the link is printed, to be handed over."""
    settings: OperatorSettings = read_settings(OperatorSettings)
    make_folder(settings)
    i18n.language.set("en")
    try:
        asked = asyncio.run(inviting.invite(settings, email, name, role, organisation, language))
    except inviting.NoSuchOrganisation as problem:
        fail(str(problem))
    except Problem as problem:
        errors = "; ".join(str(one["detail"]) for one in problem.extra.get("errors", ()))
        fail(f"{problem.title}: {errors or problem.detail}".rstrip(": "))
    if as_json:
        typer.echo(json.dumps(asked._asdict()))
    else:
        typer.echo(
            f"Hand this link over; it works once:\n  {asked.link}" if asked.link else f"A letter goes to {email}."
        )


def _settings() -> ServiceSettings:
    settings: ServiceSettings = read_settings(ServiceSettings)
    make_folder(settings)
    return settings


def _done(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except partners.PartnerProblem as problem:
        fail(str(problem))


if __name__ == "__main__":
    cli()
