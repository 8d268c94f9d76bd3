"""Shapes of what people are asked and told of themselves and each other: names, roles, invitations."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from services.registry.commands.invitations import Invited
from services.registry.domain.invitations import InvitationState
from services.registry.domain.plans import InvitationPlan, Language
from services.registry.queries.invitations import InvitationCard
from services.registry.schemas.fields import Clean, Identifier, Name
from services.registry.schemas.requests import Asked
from shared.messages.registry import Role

MailAddress = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254), Clean]


class PersonChange(Asked):
    """What can be changed of a person; what is absent stays."""

    name: Name = ""
    language: Language = "pl"


class RoleBody(Asked):
    """A role in an organisation."""

    role: Role


class NeighbourhoodRolesBody(Asked):
    """All roles of somebody in the whole neighbourhood."""

    administrator: bool
    neighbourhood_coordinator: bool


class InvitationBody(Asked):
    """Whom to ask to join, and into which roles; by letter, unless the link is handed over `by_hand`."""

    name: Name
    email: MailAddress = ""
    language: Language = "pl"
    organisation_id: Identifier | None = None
    role: Role | None = None
    administrator: bool = False
    neighbourhood_coordinator: bool = False
    by_hand: bool = False

    def plan(self) -> InvitationPlan:
        """Give what the command takes."""
        return InvitationPlan(**self.model_dump())


class SendingBody(Asked):
    """How an invitation is repeated."""

    by_hand: bool = False


class InvitationAnswer(BaseModel):
    """An invitation; name and address are gone when it is settled, and `person_id` says who accepted it."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    version: int
    created_at: datetime
    state: InvitationState
    name: str
    email: str
    language: Language
    organisation_id: str | None
    role: Role | None
    administrator: bool
    neighbourhood_coordinator: bool
    by_person_id: str | None
    person_id: str | None
    expires_at: datetime


class MadeInvitationAnswer(InvitationAnswer):
    """An invitation that was just made: `link` is shown this once, if it is handed over; a repeat gets null."""

    link: str | None = None


def invitation_answer(card: InvitationCard) -> InvitationAnswer:
    """Show an invitation."""
    fields = {name: getattr(card.invitation, name) for name in InvitationAnswer.model_fields if name != "state"}
    return InvitationAnswer(**fields, state=card.state)


def made_invitation_answer(made: Invited, address: str | None = None) -> MadeInvitationAnswer:
    """Show an invitation that was just made; with the installation's `address` also the link, where there is one."""
    link = invitation_link(address, made.secret) if address and made.secret else None
    return MadeInvitationAnswer(**invitation_answer(made.card).model_dump(), link=link)


def invitation_link(address: str, secret: str) -> str:
    """Write the link that opens an invitation; `address` is the installation's."""
    return f"{address}/registry/invitation?key={secret}"
