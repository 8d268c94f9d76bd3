"""The operator asks: `python -m services.map …`."""

import asyncio

import nats.errors
import typer
from fastapi import FastAPI

from services.map import commands
from services.map.app import create_app
from services.map.clients.streams import messages_since_the_beginning
from services.map.settings import Settings
from shared.cli import fail, read_settings, service_cli

cli = service_cli("map", create_app, Settings)


@cli.command()
def rebuild() -> None:
    """Empty the view and build it again from all that the others ever told; the service may run meanwhile."""
    settings: Settings = read_settings(Settings)
    try:
        count = asyncio.run(_rebuild(settings, create_app(settings)))
    except (nats.errors.Error, OSError) as error:
        fail(f"The bus cannot be read: {error or type(error).__name__}. Nothing more was changed.")
    typer.echo(f"{count} messages were taken in again.")


async def _rebuild(settings: Settings, app: FastAPI) -> int:
    """Take in every message again, some hundred in one transaction; gives their number."""
    database, hearings = app.state.database, app.state.bus.pipeline.hearings
    await database.start()
    count = 0
    try:
        async for messages in messages_since_the_beginning(settings, hearings):
            if not count:
                await database.write(commands.forget_everything)
            await database.write(commands.take_in, messages, hearings)
            count += len(messages)
    finally:
        await database.stop()
    return count


if __name__ == "__main__":
    cli()
