"""Buttons in letters: pressed once, carried to the service whose thing it is, and answered by it."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.domain.buttons import MOST_WORDS, NEEDS_WORDS, PressState
from services.notifications.domain.permissions import may_act_by_link
from services.notifications.models import Alert, LinkPress
from shared import clock
from shared.messages.calendar import ActionAnswered
from shared.messages.notifications import ActionAsked, FinishAsked
from shared.outbox import publish
from shared.people import must
from shared.problems import InvalidInput

AGAIN: frozenset[PressState] = frozenset({"blocked", "not_allowed", "refused"})
"""What stood in the way may be gone, so one may press again; all else is answered for good."""
WHY = "Say why, so that the others understand."


def press_button(session: Session, *, action: str, key: str, because: str, now: datetime) -> LinkPress:
    """Do, or have done, what a button of a letter stands for; pressed again it says what came of it.

    Raises `LinkRefused`, `LinkOver`, `NotAllowed` for who may not any more, `InvalidInput` without a reason that the
    others are owed.
    """
    opened = queries.button(session, action=action, key=key, now=now)
    alert = session.get_one(Alert, opened.about.alert.id, with_for_update=True)  # two presses at once are one
    before = queries.last_press(session, alert_id=alert.id, action=opened.action)
    if before is not None and before.state not in AGAIN:
        return before
    if alert.read_at is None:
        alert.read_at = now
        alert.version += 1
    press = LinkPress(alert_id=alert.id, person_id=opened.person.id, action=opened.action, state="asked", asked_at=now)
    if opened.action == "mark_read":
        press.state, press.answered_at = "done", now
    else:
        must(may_act_by_link(opened.person, alert.organisation_id))
        words = " ".join(because.split())
        if (not words and opened.action in NEEDS_WORDS) or len(words) > MOST_WORDS or "\0" in words:
            raise InvalidInput(("/because", WHY))
    session.add(press)
    session.flush()
    if opened.action != "mark_read":
        asked = {
            "id": press.id,
            "version": 1,
            "subject_id": alert.cause_id,
            "subject_version": alert.cause_version,
            "person_id": opened.person.id,
            "organisation_id": alert.organisation_id,
            "role": opened.person.roles.get(alert.organisation_id or ""),
            "asked_at": now,
        }
        if opened.action == "finish_task":
            publish(session, FinishAsked.model_validate(asked))
        else:
            more = {"action": opened.action, "because": " ".join(because.split())}
            publish(session, ActionAsked.model_validate({**asked, **more}))
    return press


def record_answered(session: Session, *, told: ActionAnswered) -> None:
    """Remember what the service whose thing it is made of a press; of one that is forgotten, nothing."""
    press = session.get(LinkPress, told.id, with_for_update=True)
    if press is not None and press.state == "asked":
        press.state, press.answered_at = told.outcome, clock.now()
