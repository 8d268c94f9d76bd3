"""The operator asks the doctor: `python -m deploy doctor`."""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.doctor import Result, State, examine, worst
from deploy.settings import OperatorSettings
from shared.cli import read_settings

EXITS: dict[State, int] = {"skip": 0, "ok": 0, "warn": 1, "fail": 2}
LOOKS: dict[State, str] = {"ok": "green", "warn": "yellow", "fail": "bold red", "skip": "dim"}


def doctor(
    send_to: Annotated[str | None, typer.Option(help="Send a test letter to this address.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Look at everything that this installation stands on; ends with 0 (well), 1 (warnings) or 2 (something fails)."""
    settings: OperatorSettings = read_settings(OperatorSettings)
    results = asyncio.run(examine(settings, send_to))
    state = worst(results)
    if as_json:
        typer.echo(json.dumps({"state": state, "checks": [asdict(one) for one in results]}, ensure_ascii=False))
    else:
        _print(results)
    raise typer.Exit(EXITS[state])


def _print(results: list[Result]) -> None:
    table = Table("check", "", "what was found, and what to do", box=None, pad_edge=False)
    for one in results:
        words = f"{one.words}\n  → {one.to_do}" if one.to_do else one.words
        table.add_row(one.check, f"[{LOOKS[one.state]}]{one.state}[/]", words)
    Console(soft_wrap=False).print(table, markup=True)
