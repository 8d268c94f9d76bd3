"""Who asks: a person with their roles, and the pure functions that say what they may do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from shared.messages.registry import Role
from shared.problems import NotAllowed

Language = Literal["pl", "en"]
SPEAKING_ROLES: frozenset[Role] = frozenset({"coordinator", "leader"})


@dataclass(frozen=True)
class Person:
    """Somebody who signed in, or a program that speaks for a service, as a checked token says.

    `administrator` and `neighbourhood_coordinator` are roles in the whole neighbourhood; `roles` maps an
    organisation's id to the role in it. `session_id` is the browser's, `known_since` when the token was signed.
    `scopes` bounds a program that shows a key, `<service>:<read|write>` each; a human has none.
    `service` names the service when no human asks.
    """

    id: str
    name: str = ""
    language: Language = "pl"
    administrator: bool = False
    neighbourhood_coordinator: bool = False
    roles: Mapping[str, Role] = field(default_factory=dict)
    service: str | None = None
    session_id: str | None = None
    known_since: datetime | None = field(default=None, compare=False)
    scopes: frozenset[str] | None = None
    key_id: str | None = None
    """The key that the program showed."""
    own_link: bool = False
    """Somebody opened the link to their own data: nobody is signed in, and they may do what concerns themselves."""


def service_person(service: str) -> Person:
    """Make the actor of what a service does by itself: a job, or the answer to a message."""
    return Person(id=service, name=service, service=service)


def is_human(person: Person | None) -> bool:
    """Say whether a human asks, not a program that shows a key: accounts and access are managed by humans alone.

    So a key makes or changes no key, session, password, person, role or invitation, and erases nobody.
    """
    return person is not None and person.scopes is None


def is_oneself(person: Person | None, person_id: str) -> bool:
    """Say whether this is that very person."""
    return person is not None and person.id == person_id


def is_administrator(person: Person | None) -> bool:
    """Say whether this person runs the installation."""
    return person is not None and person.administrator


def is_neighbourhood_coordinator(person: Person | None) -> bool:
    """Say whether this person looks after the whole neighbourhood: its coordinators, and administrators."""
    return person is not None and (person.administrator or person.neighbourhood_coordinator)


def is_partner(person: Person | None) -> bool:
    """Say whether this person belongs to any organisation here: such people see what is shared with partners."""
    return is_neighbourhood_coordinator(person) or (person is not None and bool(person.roles))


def is_member_of(person: Person | None, organisation_id: str) -> bool:
    """Say whether this person has any role in this organisation."""
    return person is not None and organisation_id in person.roles


def may_speak_for(person: Person | None, organisation_id: str) -> bool:
    """Say whether this person may act in this organisation's name.

    Its coordinators and leaders may, and who looks after the whole neighbourhood.
    """
    if is_neighbourhood_coordinator(person):
        return True
    return person is not None and person.roles.get(organisation_id) in SPEAKING_ROLES


def may_speak_for_one(person: Person | None, organisation_ids: tuple[str, ...]) -> bool:
    """Say whether this person may act in the name of at least one of these organisations."""
    return is_neighbourhood_coordinator(person) or any(may_speak_for(person, one) for one in organisation_ids)


def may_lead(person: Person | None, organisation_id: str) -> bool:
    """Say whether this person decides who belongs to this organisation and in which role.

    Its leaders do, and who looks after the whole neighbourhood.
    """
    if is_neighbourhood_coordinator(person):
        return True
    return person is not None and person.roles.get(organisation_id) == "leader"


def must(allowed: bool) -> None:
    """Refuse with `NotAllowed` unless `allowed`, so that a command can open with `must(may_…(by, …))`."""
    if not allowed:
        raise NotAllowed
