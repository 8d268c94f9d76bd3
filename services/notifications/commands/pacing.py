"""Planning when alerts' letters leave: what each joins, what it overtakes, and what need not be sent any more.

The alerts of one state of one thing are planned together: a question costs the same for one reader as for hundreds.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from services.notifications.domain.pacing import CHANGES, GATHER, Departure, Wished, departure, is_over_unheard
from services.notifications.domain.plans import AlertKind
from services.notifications.domain.recipients import is_worth_an_alert
from services.notifications.models import Alert, AlertEvent, Delivery, Wishes
from shared.bulk import insert_rows, is_among
from shared.database import note
from shared.identifiers import new_id

LETTERS = "letters"
"""The topic that is noted when a letter is to leave at once: whoever sends them need not wait for the clock."""


@dataclass(frozen=True)
class Told:
    """Alerts that tell the same to people, or to an organisation without any; `alert_ids` are by recipient."""

    organisation_id: str | None
    facts: Mapping[str, Any]
    """The columns that say what is told."""
    alert_ids: Mapping[str, str]
    now: datetime


def plan_deliveries(session: Session, told: Told) -> None:
    """Write the deliveries of people's alerts, where they want mail; what these overtake does not leave any more."""
    facts = told.facts
    gathered = _gathered_until(session, facts["event_ids"], told.alert_ids, told.now)  # what is overtaken counts too
    overtaken, reached = _overtake(session, told)
    code = facts["reason"]["code"]
    over = {
        one for one, kinds in overtaken.items() if one not in reached and is_over_unheard(facts["kind"], code, kinds)
    }
    if over:
        _let_rest(session, told, over)
    people = [one for one in told.alert_ids if one not in over]
    if not is_worth_an_alert(facts["kind"], facts["subject_kind"], facts["severity"]):
        return
    wishes = {
        one.person_id: one
        for one in session.scalars(select(Wishes).where(is_among(session.connection(), Wishes.person_id, people)))
    }
    rows = [
        _row(told, person_id, wishes.get(person_id), gathered.get(person_id))
        for person_id in people
        if _wants_mail(wishes.get(person_id), facts["kind"])
    ]
    if rows:
        insert_rows(session.connection(), Delivery.__table__, rows)  # type: ignore[arg-type]
    if any(row["due_at"] <= told.now for row in rows):
        note(session, LETTERS)


def forget_gathered(session: Session, told: Told) -> None:
    """Let a change take the place of the changes of the same thing just before it that nobody has seen yet."""
    if told.facts["kind"] not in CHANGES:
        return
    left = select(Delivery.id).where(Delivery.alert_id == Alert.id, _has_left()).exists()
    since = Alert.kind == told.facts["kind"], Alert.created_at > told.now - GATHER, Alert.read_at.is_(None)
    found = session.scalars(select(Alert.id).where(_earlier(session, told), *since, ~left)).all()
    if found:
        for column in (AlertEvent.alert_id, Delivery.alert_id, Alert.id):
            session.execute(delete(column.class_).where(is_among(session.connection(), column, found)))


def _let_rest(session: Session, told: Told, people: Collection[str]) -> None:
    """Have what is over before anybody heard of it stand on the page as nothing new: there is nothing to be done."""
    connection = session.connection()
    unseen = _earlier(session, told), is_among(connection, Alert.recipient_id, people), Alert.read_at.is_(None)
    session.execute(update(Alert).where(*unseen).values(read_at=told.now, version=Alert.version + 1))
    now_told = is_among(connection, Alert.id, [told.alert_ids[one] for one in people])
    session.execute(update(Alert).where(now_told).values(read_at=told.now))


def _wants_mail(wishes: Wishes | None, kind: str) -> bool:
    return wishes is None or (wishes.mail and kind not in wishes.muted_kinds)


def leaving(told: Told, wishes: Wishes | None, gathered_until: datetime | None = None) -> Departure:
    """Say when what is told may disturb somebody with these wishes, and what it waits for."""
    facts = told.facts
    wished = wishes.wished(facts["zone"]) if wishes else Wished(facts["zone"])
    return departure(facts["kind"], facts["severity"], facts["starts_at"], wished, told.now, gathered_until)


def _row(told: Told, person_id: str, wishes: Wishes | None, gathered_until: datetime | None) -> dict[str, Any]:
    leaves = leaving(told, wishes, gathered_until)
    return {
        "id": new_id(),
        "alert_id": told.alert_ids[person_id],
        "person_id": person_id,
        "channel": "mail",
        "state": "due",
        "attempts": 0,
        "due_at": leaves.at,
        "pace": leaves.pace,
        "created_at": told.now,
    }


def _gathered_until(
    session: Session, event_ids: Sequence[str], people: Collection[str], now: datetime
) -> dict[str, datetime]:
    """Say, for each whom it concerns, when the letter about the same event leaves that theirs joins, or may follow."""
    if not event_ids:
        return {}
    about = select(AlertEvent.alert_id).where(AlertEvent.event_id.in_(event_ids))
    theirs = is_among(session.connection(), Delivery.person_id, people), Delivery.alert_id.in_(about)
    waits = Delivery.state == "due", Delivery.attempts == 0, Delivery.pace.in_(("at_once", "gathered"))
    left = Delivery.state == "sent", Delivery.sent_at > now - GATHER
    last = select(Delivery.person_id, func.min(Delivery.sent_at)).where(*theirs, *left)
    found = session.execute(last.group_by(Delivery.person_id))
    until: dict[str, datetime] = {person_id: at + GATHER for person_id, at in found if at is not None}
    waiting = select(Delivery.person_id, func.min(Delivery.due_at)).where(*theirs, *waits)
    until |= {person_id: max(at, now) for person_id, at in session.execute(waiting.group_by(Delivery.person_id))}
    return until


def _overtake(session: Session, told: Told) -> tuple[dict[str, set[AlertKind]], set[str]]:
    """Take back what waits of earlier news of the same thing; give its kinds by person, and whom any reached before."""
    mine = select(Delivery.id, Delivery.person_id, Alert.kind, _has_left().label("left"))
    open_or_left = or_(Delivery.state == "due", _has_left())
    joined = mine.join(Alert, Delivery.alert_id == Alert.id).where(_earlier(session, told), open_or_left)
    overtaken: dict[str, set[AlertKind]] = {}
    waiting, reached = [], set()
    for one in session.execute(joined):
        if one.left:
            reached.add(one.person_id)
        else:
            waiting.append(one.id)
            overtaken.setdefault(one.person_id, set()).add(one.kind)
    if waiting:
        chosen = is_among(session.connection(), Delivery.id, waiting)
        session.execute(update(Delivery).where(chosen).values(state="overtaken"))
    return overtaken, reached


def _earlier(session: Session, told: Told) -> ColumnElement[bool]:
    """Say in SQL that another alert told one of the same of an earlier state of the same thing."""
    return and_(
        Alert.cause_id == told.facts["cause_id"],
        Alert.organisation_id.is_not_distinct_from(told.organisation_id),
        is_among(session.connection(), Alert.recipient_id, told.alert_ids),
        Alert.cause_version < told.facts["cause_version"],
    )


def _has_left() -> ColumnElement[bool]:
    """Say in SQL that a delivery left, or may be leaving at this moment."""
    return or_(Delivery.state == "sent", and_(Delivery.state == "due", Delivery.attempts > 0, Delivery.error.is_(None)))
