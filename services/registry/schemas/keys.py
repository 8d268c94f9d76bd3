"""Shapes of keys: what is asked of a new one, what is told of every one, and the answer in which one is shown."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.registry.commands.api_keys import MadeKey
from services.registry.domain.api_keys import KeyState
from services.registry.domain.plans import KeyPlan
from services.registry.queries.api_keys import KeyCard
from services.registry.schemas.fields import Clean
from services.registry.schemas.requests import Asked
from shared.auth import SCOPES, Scope
from shared.messages.registry import KeyKind

KeyName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), Clean]


class KeyBody(Asked):
    """A key to be made: its name, what it is for, and when it is over (in a year when absent, in two at most)."""

    name: KeyName
    scopes: Annotated[frozenset[Scope], Field(min_length=1, max_length=len(SCOPES))]
    expires_at: AwareDatetime | None = None

    def plan(self) -> KeyPlan:
        """Say it as a plan, the scopes in their order."""
        wanted = tuple(scope for scope in SCOPES if scope in self.scopes)
        return KeyPlan(name=self.name, scopes=wanted, expires_at=self.expires_at)


class KeyAnswer(BaseModel):
    """What is told of a key; `used_at` is right to the hour."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    kind: KeyKind
    name: str
    state: KeyState
    person_id: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


class MadeKeyAnswer(KeyAnswer):
    """A key that was just made: `key` is shown this once; a repeat of the request gets null."""

    key: str | None


class MadeFeedAnswer(KeyAnswer):
    """A private feed that was just made: `address` is shown this once; a repeat of the request gets null."""

    address: str | None


def key_answer(card: KeyCard) -> KeyAnswer:
    """Show a key."""
    return KeyAnswer.model_validate(card)


def made_key_answer(made: MadeKey, key: str | None = None) -> MadeKeyAnswer:
    """Show a key that was just made, with its text or without."""
    return MadeKeyAnswer(**key_answer(made.card).model_dump(), key=key)


def made_feed_answer(made: MadeKey, address: str | None = None) -> MadeFeedAnswer:
    """Show a feed that was just made, with its address or without."""
    return MadeFeedAnswer(**key_answer(made.card).model_dump(), address=address)


def feed_address(address: str, made: MadeKey) -> str:
    """Write the address of a private feed; `address` is the installation's."""
    return f"{address}/calendar/private/{made.text}.ics"
