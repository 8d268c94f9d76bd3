"""Whom a piece of news concerns, and whom it is worth disturbing for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.notifications.domain.plans import AlertKind
from shared.people import Person

QUIET_CONFLICTS = frozenset({"audience", "calendar", "municipal", "people"})
"""Conflicts of these kinds that are mere information are shown with the event, but nobody is alerted of them."""


@dataclass(frozen=True)
class Recipient:
    """An organisation that is told something: one of its people, or nobody yet."""

    organisation_id: str
    person_id: str | None


def recipients(organisation_ids: Iterable[str], people_of: Mapping[str, Sequence[str]]) -> list[Recipient]:
    """Give one recipient for each person of each organisation, and one without a person for each that has none."""
    found: list[Recipient] = []
    for organisation_id in dict.fromkeys(organisation_ids):
        people = people_of.get(organisation_id, ())
        found.extend(Recipient(organisation_id, person_id) for person_id in people)
        if not people:
            found.append(Recipient(organisation_id, None))
    return found


def is_worth_an_alert(kind: AlertKind, subject_kind: str, severity: str | None) -> bool:
    """Say whether this news may disturb who was not told of it before: advice that cries wolf is not read."""
    if kind == "opportunity_found":
        return True
    return severity != "information" or subject_kind not in QUIET_CONFLICTS


def is_told(person: Person, recipient: Recipient) -> bool:
    """Say whether it is this person who is told: they themselves, or any member while the organisation has nobody."""
    if recipient.person_id is None:
        return recipient.organisation_id in person.roles
    return recipient.person_id == person.id
