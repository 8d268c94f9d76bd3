"""Runs the embedded NATS server by itself, for services that run in processes of their own: `python -m deploy.nats`.

`DATA` names the folder; services that are started with the same one find the server's address and their login there.
"""

import asyncio
import signal

import typer

from deploy.backups.swapping import finish
from deploy.data_folder import DataFolderProblem, locked
from deploy.embedded_nats import EmbeddedNats, NatsProblem
from shared.cli import fail, make_folder, read_settings
from shared.observability import set_up_logging
from shared.settings import ServiceSettings


def main() -> None:
    """Run NATS until Ctrl-C or SIGTERM; what hinders a start is told in one sentence."""
    set_up_logging("WARNING")
    settings: ServiceSettings = read_settings(ServiceSettings)
    make_folder(settings)
    try:
        with locked(settings.data):
            finish(settings.data)
            asyncio.run(run(settings))
    except (DataFolderProblem, NatsProblem) as problem:
        fail(str(problem))


async def run(settings: ServiceSettings) -> None:
    """Run the server until a signal comes."""
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    nats = EmbeddedNats(settings.data, partners=settings.partners)
    try:
        await nats.start()
        typer.echo(f"NATS answers at {nats.url}")
        await stopping.wait()
    finally:
        await nats.stop()


if __name__ == "__main__":
    cli = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    cli.command()(main)
    cli()
