"""The operator invites somebody: a letter goes where mail leaves, else the link is printed to be handed over."""

import asyncio
from dataclasses import replace
from typing import Literal, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from deploy.services import settings_of
from deploy.settings import OperatorSettings
from services.registry import commands
from services.registry.domain.plans import InvitationPlan
from services.registry.models import Base, Organisation
from services.registry.schemas import invitation_link
from shared.database import Database
from shared.migrations import migrate

OPERATOR = replace(commands.OPERATOR, administrator=True)
Role = Literal["administrator", "neighbourhood-coordinator", "member", "coordinator", "leader"]


class NoSuchOrganisation(Exception):
    """None, or more than one, has this name; the message says so."""


class Asked(NamedTuple):
    """An invitation that was made; `link` is none where a letter takes it there."""

    link: str | None
    ends_at: str


async def invite(
    settings: OperatorSettings,
    email: str,
    name: str,
    role: Role,
    organisation: str | None,
    language: Literal["pl", "en"],
) -> Asked:
    """Invite somebody into a role, of an organisation by its name or id where it is one's.

    Raises `shared.problems.Problem` and `NoSuchOrganisation`.
    """
    own = settings_of("registry", settings.secrets)
    by_hand = own.mail == "console"
    database = Database(own.url_of("registry"), Base.metadata, "registry")
    await asyncio.to_thread(migrate, database.engine, "registry", Base.metadata)
    await database.start()

    def ask(session: Session) -> commands.Invited:
        plan = InvitationPlan(
            name=name or email.partition("@")[0],
            email=email,
            language=language,
            organisation_id=_organisation(session, organisation) if organisation else None,
            role=None if role == "administrator" or role == "neighbourhood-coordinator" else role,
            administrator=role == "administrator",
            neighbourhood_coordinator=role == "neighbourhood-coordinator",
            by_hand=by_hand,
        )
        return commands.invite(session, by=OPERATOR, plan=plan)

    try:
        made = await database.write(ask)
    finally:
        await database.stop()
    link = invitation_link(own.address, made.secret) if made.secret else None
    return Asked(link, made.card.invitation.expires_at.isoformat())


def _organisation(session: Session, wanted: str) -> str:
    """Find an organisation by its id, or by a name that one alone has."""
    named = (Organisation.id == wanted) | (Organisation.name == wanted)
    found = session.scalars(select(Organisation.id).where(named).limit(2)).all()
    if not found:
        raise NoSuchOrganisation(f"No organisation has the name or id {wanted}.")
    if len(found) > 1:
        raise NoSuchOrganisation(f"More than one organisation is called {wanted}; give its id instead.")
    return found[0]
