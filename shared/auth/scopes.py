"""What a program may do with a key: read or write in one service, and what it is told when that is not enough."""

from typing import Literal, get_args

from shared.people import Person
from shared.problems import NotAllowed

Scope = Literal[
    "registry:read",
    "registry:write",
    "calendar:read",
    "calendar:write",
    "map:read",
    "map:write",
    "notifications:read",
    "notifications:write",
]
SCOPES: tuple[Scope, ...] = get_args(Scope)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""They only look (RFC 9110 §9.2.1)."""


class ScopeMissing(NotAllowed):
    """The key speaks for somebody who perhaps may do this, but it was not made for it (RFC 6750 §3.1)."""

    type = "scope-missing"
    title = "This key was not made for that"
    detail = "It needs the scope {scope}."

    def __init__(self, scope: str) -> None:
        challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
        super().__init__(values={"scope": scope}, extra={"scope": scope}, headers={"WWW-Authenticate": challenge})


def needed_scope(service: str, method: str) -> str:
    """Name the scope that a request needs: a safe method reads, every other one writes."""
    return f"{service}:{'read' if method in SAFE_METHODS else 'write'}"


def has_scope(person: Person, scope: str) -> bool:
    """Say whether this is a human, or a program whose key reaches so far; writing includes reading."""
    if person.scopes is None or scope in person.scopes:
        return True
    service, _, verb = scope.partition(":")
    return verb == "read" and f"{service}:write" in person.scopes


def must_have_scope(person: Person, scope: str) -> None:
    """Refuse with `ScopeMissing` a program whose key does not reach so far."""
    if not has_scope(person, scope):
        raise ScopeMissing(scope)
