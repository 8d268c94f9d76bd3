"""Raising alerts: those of many people are written together, and whoever shows or sends them is told at the COMMIT."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from zlib import crc32

from sqlalchemy.orm import Session

from services.notifications.commands.pacing import Told, forget_gathered, plan_deliveries
from services.notifications.commands.pushes import plan_pushes
from services.notifications.commands.webhooks import plan_webhooks
from services.notifications.domain.plans import AlertKind
from services.notifications.domain.recipients import Recipient
from services.notifications.models import Alert, AlertEvent
from shared import clock
from shared.bulk import insert_rows
from shared.database import note
from shared.identifiers import new_id
from shared.messages.notifications import AlertRaised
from shared.outbox import publish

TOGETHER = 500
"""So many recipients are asked for, and written, at a time: what is in memory does not grow with how many there are."""
EVERYBODY = "alerts"
"""The topic that is noted with every alert."""
TOPICS = 1024
INVITED: AlertKind = "meeting_called"
"""Of this a letter of invitation goes out, which calendar programs answer: another one would say the same."""


def topic_of(recipient_id: str) -> str:
    """Name the topic that is noted when somebody, or an organisation, gets an alert; a few share one."""
    return f"alerts-{crc32(recipient_id.encode()) % TOPICS}"


def in_parts(recipients: Iterable[Recipient]) -> Iterator[list[Recipient]]:
    """Give recipients in parts that are raised together: of one organisation, so that nobody is in a part twice."""
    part: list[Recipient] = []
    for one in recipients:
        if part and (one.organisation_id != part[0].organisation_id or len(part) == TOGETHER):
            yield part
            part = []
        part.append(one)
    if part:
        yield part


def raise_alerts(session: Session, recipients: Sequence[Recipient], facts: Mapping[str, Any]) -> None:
    """Write the alerts of one part, the deliveries they need, what goes by webhooks, and the messages about them.

    What somebody follows is told to them alone: without an organisation there are neither messages nor webhooks.
    """
    if not recipients:
        return
    organisation_id, now = recipients[0].organisation_id, clock.now()
    alert_ids = {one.person_id or one.organisation_id or "": new_id() for one in recipients}
    people = {one.person_id for one in recipients if one.person_id}
    told = Told(organisation_id, facts, alert_ids, now)
    session.flush()
    _write(session, told, people)
    if people and facts["kind"] != INVITED:
        plan_deliveries(session, told)
    plan_pushes(session, told)
    forget_gathered(session, told)
    if organisation_id is not None:
        first = next(iter(alert_ids.values()))
        plan_webhooks(session, Alert(id=first, organisation_id=organisation_id, created_at=now, **facts))
        publish(session, *(_message(told, key, people) for key in alert_ids))
    session.flush()
    for topic in {EVERYBODY, *map(topic_of, alert_ids)}:
        note(session, topic)


def _write(session: Session, told: Told, people: set[str]) -> None:
    common = {
        **told.facts,
        "version": 1,
        "organisation_id": told.organisation_id,
        "recipient_erased": False,
        "created_at": told.now,
    }
    rows = [
        {**common, "id": alert_id, "recipient_id": key, "person_id": key if key in people else None}
        for key, alert_id in told.alert_ids.items()
    ]
    connection = session.connection()
    insert_rows(connection, Alert.__table__, rows)  # type: ignore[arg-type]
    event_ids = dict.fromkeys(told.facts["event_ids"])
    about = [{"event_id": event, "alert_id": alert} for alert in told.alert_ids.values() for event in event_ids]
    if about:
        insert_rows(connection, AlertEvent.__table__, about)  # type: ignore[arg-type]


def _message(told: Told, key: str, people: set[str]) -> AlertRaised:
    return AlertRaised(
        id=told.alert_ids[key],
        version=1,
        kind=told.facts["kind"],
        event_ids=tuple(told.facts["event_ids"]),
        organisation_id=told.organisation_id or "",
        person_id=key if key in people else None,
        created_at=told.now,
    )
