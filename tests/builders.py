"""Values that many tests need; each service's own builders stand beside its tests."""

from datetime import timedelta
from typing import Any

from shared import auth, clock
from shared.identifiers import new_id
from shared.messages.registry import ApiKeyChanged, Membership, Role
from shared.people import Person


def a_person(**values: Any) -> Person:
    """Somebody who belongs to no organisation."""
    return Person(**{"id": new_id(), "name": "Anna Kowalska", "language": "pl", **values})


def a_coordinator(*organisation_ids: str, **values: Any) -> Person:
    """Somebody who may speak for these organisations."""
    return a_person(roles=dict.fromkeys(organisation_ids, "coordinator"), **values)


def an_administrator(**values: Any) -> Person:
    """Somebody who runs the installation."""
    return a_person(administrator=True, **values)


def a_key(**values: Any) -> tuple[ApiKeyChanged, str]:
    """Make the key of a program that reads and writes everywhere, as the registry tells it, and its text."""
    secret = auth.new_key_secret()
    defaults = {
        "id": new_id(),
        "version": 1,
        "kind": "program",
        "secret_hash": auth.key_hash(secret),
        "person_id": new_id(),
        "scopes": auth.SCOPES,
        "expires_at": clock.now() + timedelta(days=1),
    }
    message = ApiKeyChanged(**{**defaults, **values})
    return message, auth.key_text(message.id, secret)


def a_feed(**values: Any) -> tuple[ApiKeyChanged, str]:
    """Make the key of a private feed, as the registry tells it, and the secret in its address."""
    return a_key(**{"kind": "feed", "scopes": (), "expires_at": None, **values})


def changed_key(message: ApiKeyChanged, **values: Any) -> ApiKeyChanged:
    """Tell that something about a key is different now."""
    return message.model_copy(update={"version": message.version + 1, **values})


def a_role(organisation_id: str, role: Role = "coordinator") -> Membership:
    """Give a role in an organisation, as messages tell it."""
    return Membership(organisation_id=organisation_id, role=role)
