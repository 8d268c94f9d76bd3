"""What a person sees who has just started Osiedle: the demo on the first start, the address, a way in, what to try."""

import logging

import typer
from fastapi import FastAPI
from sqlalchemy.orm import Session

from services.registry import commands as registry
from shared.database import Database
from shared.problems import Problem
from shared.settings import ServiceSettings

log = logging.getLogger(__name__)

MARK = "demo-loaded"
"""A file in the data folder: the demo was loaded whole, and is not loaded again."""


async def greet(settings: ServiceSettings, app: FastAPI) -> None:
    """Load the demo if it is wanted and not there, then say where to go."""
    database: Database = app.state.database
    typer.echo(f"Osiedle answers at {settings.address}")
    if settings.demo:
        await load_demo(settings, database)
    link = await database.write(sign_in_link, settings.address)
    typer.echo(WORDS.format(address=settings.address, link=link))


async def load_demo(settings: ServiceSettings, database: Database) -> bool:
    """Load the demo, once, over HTTP as any program would; say whether it is there. A failure hinders nothing else."""
    if (settings.data / MARK).exists():
        return True
    from deploy import demo  # heavy, and needed once

    typer.echo("Loading the demo neighbourhood …")
    try:
        ledger = demo.Ledger(settings.data)
        await demo.load(settings.address, await database.write(administrator_token), ledger=ledger)
    except Exception:
        log.exception("The demo could not be loaded; the next start tries again.")
        return False
    (settings.data / MARK).touch()
    return True


def administrator_token(session: Session) -> str:
    """Sign a token of the person who runs this installation."""
    return registry.sign_token(session, person_id=registry.ensure_administrator(session).id)


def sign_in_link(session: Session, address: str) -> str:
    """Make a link that signs a coordinator in, or, while there is none, the administrator."""
    try:
        person = registry.chosen_person(session, role="coordinator")
    except Problem:
        person = registry.ensure_administrator(session)
    return registry.sign_in_address(address, registry.make_sign_in_link(session, person_id=person.id))


WORDS = """
  See what is on:        {address}/
  Sign in (works once):  {link}
  Then plan an event:    {address}/calendar/plan

  It stops on Ctrl-C. In another terminal:
    .venv/bin/python -m services.registry sign-in-link    another way in
    .venv/bin/python -m services.registry token           a bearer token for scripts
"""
