"""Buttons in letters: what a link means, whether it still holds, and what came of it when it was pressed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.domain import links
from services.notifications.domain.buttons import (
    ACTIONS,
    Action,
    actions_for,
    holds_until,
    purpose_of,
)
from services.notifications.models import Alert, KnownMembership, LinkPress
from services.notifications.problems import LinkOver, LinkRefused
from services.notifications.queries.alerts import AlertSeen, seen
from services.notifications.queries.wishing import link_secret
from shared.bulk import is_among
from shared.identifiers import is_id
from shared.messages.registry import Role
from shared.people import Person


@dataclass(frozen=True)
class ButtonSeen:
    """A button of a letter as its receiver opened it: what it does, about which alert, and what came of it so far."""

    action: Action
    about: AlertSeen
    person: Person
    """Whose it is, with the one role that they have now in the organisation that was told."""
    press: LinkPress | None


def button(session: Session, *, action: str, key: str, now: datetime) -> ButtonSeen:
    """Give what a link with this key does; raises `LinkRefused` where it is not ours, `LinkOver` where its time is."""
    named = next((one for one in ACTIONS if one == action), None)
    link = links.opened(link_secret(session), purpose_of(named), key) if named else None
    if named is None or link is None or link.until is None:
        raise LinkRefused
    alert = session.get(Alert, link.subject_id) if is_id(link.subject_id) else None
    if alert is not None and (alert.person_id is None or alert.recipient_erased):
        raise LinkRefused
    press = None if alert is None else last_press(session, alert_id=alert.id, action=named)
    if alert is None or (press is None and link.until <= now):
        raise LinkOver
    assert alert.person_id is not None  # noqa: S101 -- see above
    role = role_of(session, alert)
    person = Person(id=alert.person_id, roles={alert.organisation_id: role} if alert.organisation_id and role else {})
    return ButtonSeen(named, seen(session, [alert])[0], person, press)


def last_press(session: Session, *, alert_id: str, action: Action) -> LinkPress | None:
    """Give the last time that this button was pressed about this alert."""
    mine = select(LinkPress).where(LinkPress.alert_id == alert_id, LinkPress.action == action)
    return session.scalar(mine.order_by(LinkPress.id.desc()).limit(1))


def role_of(session: Session, alert: Alert) -> Role | None:
    """Say in which role whom an alert tells belongs to the organisation for which they are told."""
    if alert.organisation_id is None or alert.person_id is None:
        return None
    membership = session.get(KnownMembership, (alert.organisation_id, alert.person_id))
    return membership.role if membership else None


def button_keys(session: Session, alerts: Sequence[Alert], now: datetime) -> dict[str, list[tuple[Action, str]]]:
    """Give the buttons of these alerts for letters that leave now: by alert, each action with its key."""
    secret, people = link_secret(session), {one.person_id for one in alerts if one.organisation_id and one.person_id}
    theirs = select(KnownMembership).where(is_among(session.connection(), KnownMembership.person_id, people))
    roles = {(one.organisation_id, one.person_id): one.role for one in session.scalars(theirs)}
    return {
        alert.id: [
            (action, links.link_key(secret, purpose_of(action), alert.id, holds_until(action, alert.ends_at, now)))
            for action in actions_for(
                alert.kind,
                alert.reason["code"],
                roles.get((alert.organisation_id or "", alert.person_id or "")),
                is_their_own=alert.organisation_id is None,
            )
        ]
        for alert in alerts
    }
