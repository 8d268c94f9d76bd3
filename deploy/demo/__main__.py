"""Load the demo neighbourhood into a running Osiedle: `python -m deploy.demo --address … --token …`."""

import asyncio
from typing import Annotated

import typer

from deploy.demo.client import Refused
from deploy.demo.loading import load


def main(
    token: Annotated[str, typer.Option(envvar="TOKEN", help="An administrator's bearer token.")],
    address: Annotated[str, typer.Option(envvar="ADDRESS", help="Where Osiedle answers.")] = "http://127.0.0.1:8000",
) -> None:
    """Load what is missing of the demo; a second time changes nothing."""
    try:
        summary = asyncio.run(load(address, token))
    except (Refused, OSError) as error:
        typer.echo(f"The demo could not be loaded: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo(summary.sentence)


if __name__ == "__main__":
    typer.run(main)
