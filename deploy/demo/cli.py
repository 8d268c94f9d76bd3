"""The operator loads the demo into a running installation, or takes it away: `python -m deploy demo load | remove`."""

import asyncio
import json
from collections import Counter
from collections.abc import Coroutine
from typing import Annotated, Any, TypeVar

import typer

from deploy.demo.client import Client, Refused
from deploy.demo.ledger import Ledger
from deploy.demo.loading import load as load_all
from deploy.demo.removing import Plan, plan_for
from deploy.demo.removing import remove as remove_all
from deploy.services import settings_of
from deploy.settings import OperatorSettings
from shared.cli import fail, make_folder, read_settings

T = TypeVar("T")
cli = typer.Typer(help="The demo neighbourhood.", no_args_is_help=True)
Address = Annotated[str, typer.Option(help="Where Osiedle answers; the public address by default.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@cli.command()
def load(address: Address = "", as_json: AsJson = False) -> None:
    """Load what is missing of the demo; a second time changes nothing."""
    settings = _settings()

    async def work() -> Any:
        ledger = Ledger(settings.demo_folder or settings.data)
        return await load_all(address or settings.asked_at, await _token(settings), ledger=ledger)

    summary = _done(work())
    made = {"made": summary.made, "unchanged": summary.unchanged}
    typer.echo(json.dumps(made) if as_json else summary.sentence)


@cli.command()
def remove(
    address: Address = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take away what the demo made, and nothing that people changed, added, or still need."""
    settings = _settings()
    ledger = Ledger(settings.demo_folder or settings.data)
    if not ledger.made:
        fail(
            f"Nothing was written down that the demo made here ({ledger.file} is not there), so nothing is taken away."
        )

    async def client() -> Client:
        return Client(address or settings.asked_at, await _token(settings), patience=0)

    async def look() -> Plan:
        return await plan_for(await client(), ledger)

    async def work(plan: Plan) -> Plan:
        return await remove_all(await client(), ledger, plan)

    plan = _done(look())
    if not yes:
        typer.echo(f"Goes: {_counted(plan)}. People are erased for good; the rest is cancelled, closed or withdrawn.")
        _say_what_stays(plan)
        typer.confirm("Take it away?", abort=True)
    done = _done(work(plan))
    if as_json:
        stays = [{**one._asdict(), "because": why} for one, why in done.stays]
        typer.echo(json.dumps({"gone": [one._asdict() for one in done.goes], "stays": stays}))
        return
    typer.echo(f"Gone: {_counted(done)}.")
    _say_what_stays(done)
    if settings.demo:
        typer.echo("Pages say that this is a demo until you set DEMO=no and start it again.")


def _counted(plan: Plan) -> str:
    return ", ".join(f"{kind} {n}" for kind, n in Counter(one.kind for one in plan.goes).items()) or "nothing"


def _say_what_stays(plan: Plan) -> None:
    for one, why in plan.stays:
        typer.echo(f"Stays: {one.path}: {why}.")


def _settings() -> OperatorSettings:
    settings: OperatorSettings = read_settings(OperatorSettings)
    make_folder(settings)
    return settings


async def _token(settings: OperatorSettings) -> str:
    """Sign a token of the administrator, in the registry's database."""
    from deploy.greeting import administrator_token
    from services.registry.models import Base
    from shared.database import Database

    database = Database(settings_of("registry", settings.secrets).url_of("registry"), Base.metadata, "registry")
    await database.start()
    try:
        return await database.write(administrator_token)
    finally:
        await database.stop()


def _done(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except (Refused, OSError) as error:
        fail(f"Osiedle cannot be asked: {error}. Start it, or name its address with --address.")
