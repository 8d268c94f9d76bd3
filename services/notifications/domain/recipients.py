"""Whom a piece of news concerns, and whom it is worth disturbing for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.notifications.domain.plans import AlertKind, News
from shared.people import Person

QUIET_CONFLICTS = frozenset({"audience", "calendar", "municipal", "people"})
"""Conflicts of these kinds that are mere information are shown with the event, but nobody is alerted of them."""

CAN_WAIT = frozenset({"audience", "calendar", "match", "opportunity"})
"""Nobody stands before a locked door because of these: they stand with the event, in the inbox, on the board."""
OVER: frozenset[AlertKind] = frozenset({"conflict_accepted", "conflict_resolved"})
"""Such news is for those who heard of the conflict before."""
ASKED: frozenset[AlertKind] = frozenset(
    {"opportunity_proposed", "opportunity_accepted", "opportunity_declined", "opportunity_withdrawn"}
)
"""Somebody asks, or answers: that is no advice which nobody wanted."""
A_WEEK = 3
"""So many things a week are read; of what can wait, no more is told."""


@dataclass(frozen=True)
class Recipient:
    """An organisation that is told something: one of its people, or nobody yet; or a person without one."""

    organisation_id: str | None
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


@dataclass(frozen=True)
class Heard:
    """What somebody was told of in the last week; `title` is that of a municipal fact."""

    cause_id: str
    subject_kind: str
    event_ids: frozenset[str]
    title: Any = None


def heard_of(cause_id: str, subject_kind: str, event_ids: Iterable[str], values: Mapping[str, Any]) -> Heard:
    """Give what is compared of news or of an alert."""
    return Heard(cause_id, subject_kind, frozenset(event_ids), values.get("title"))


def depends_on_the_week(news: News) -> bool:
    """Say whether what somebody heard in the last week decides if they are told this."""
    can_wait = news.can_wait or news.subject_kind in CAN_WAIT
    return news.subject_kind == "municipal" or (can_wait and news.kind not in ASKED)


def is_new_enough(news: News, week: Sequence[Heard]) -> bool:
    """Say whether to tell somebody of one thing more, who heard the others of this `week` and not of this yet.

    A closure is told once, whichever of their events it meets; that two events could be joined says that they meet.
    """
    this = heard_of(news.cause_id, news.subject_kind, news.event_ids, news.reason_values)
    if this.subject_kind == "municipal":
        return all((one.subject_kind, one.title) != ("municipal", this.title) for one in week)
    if not depends_on_the_week(news):
        return True
    if news.kind in OVER:
        return False
    if this.event_ids and any(one.event_ids == this.event_ids and one.subject_kind in CAN_WAIT for one in week):
        return False
    return len({one.cause_id for one in week}) < A_WEEK


def is_told(person: Person, recipient: Recipient) -> bool:
    """Say whether it is this person who is told: they themselves, or any member while the organisation has nobody."""
    if recipient.person_id is None:
        return recipient.organisation_id is not None and recipient.organisation_id in person.roles
    return recipient.person_id == person.id
