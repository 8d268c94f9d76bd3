"""Asking how content people were: hosts open a link, whoever has it answers once, hosts write down paper totals."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.events import edit_event
from services.calendar.commands.inserting import insert_once
from services.calendar.domain.indicators.wordings import CURRENT, WORDINGS
from services.calendar.domain.permissions import may_ask_satisfaction
from services.calendar.domain.plans import Outcome, Satisfaction
from services.calendar.models import Event, Occurrence, SatisfactionAnswer, SatisfactionLink
from services.calendar.problems import QuestionsClosed
from shared.people import Person, must
from shared.problems import InvalidInput, NotFound

WHICH_DATE: Final = "Say about which of its dates you ask"


def open_link(session: Session, *, by: Person, event_id: str, recurrence: int | None = None) -> SatisfactionLink:
    """Give the link to the questions about one date of an event; made once, with the wording of that day.

    `recurrence` names the date of an event that repeats, in seconds. Raises `NotFound`, `NotAllowed`, `InvalidInput`.
    """
    event = queries.event(session, event_id)
    must(may_ask_satisfaction(by, tuple(event.host_ids)))
    key = _date_of(session, event, recurrence)
    values = {
        "event_id": event_id,
        "recurrence": key,
        "token": secrets.token_urlsafe(16),
        "wording_id": CURRENT.id,
    }
    insert_once(session, SatisfactionLink, values)
    return session.get_one(SatisfactionLink, (event_id, key))


def answer_questions(session: Session, *, token: str, form_id: str, marks: Sequence[int], now: datetime) -> None:
    """Store one answer, marks from 1 to 5; the same form again is the same answer.

    Raises `NotFound`, `QuestionsClosed`, `InvalidInput`.
    """
    asked = queries.questions(session, token)
    if not asked.is_open(now):
        raise QuestionsClosed
    if len(marks) != len(WORDINGS[asked.wording_id].questions) or not all(1 <= mark <= 5 for mark in marks):
        raise InvalidInput(("/marks", "Answer every question with 1 to 5"))
    first, second, third = marks
    values = {"token": asked.token, "id": form_id, "first": first, "second": second, "third": third}
    insert_once(session, SatisfactionAnswer, values)


def write_paper_totals(
    session: Session,
    *,
    by: Person,
    event_id: str,
    version: int | None,
    participants: int | None,
    satisfaction: Satisfaction | None,
    horizon_days: int,
) -> Event:
    """Write down who came and what was counted on paper as the event's outcome; its note stays.

    Raises as `edit_event`, and `InvalidInput` for a wording that never was.
    """
    if satisfaction and satisfaction.wording_id not in WORDINGS:
        raise InvalidInput(("/satisfaction/wording_id", "There is no such wording"))
    before = queries.plan_of(queries.event(session, event_id)).outcome or Outcome()
    outcome = replace(before, participants=participants, satisfaction=satisfaction)
    return edit_event(
        session,
        by=by,
        event_id=event_id,
        version=version,
        changes={"outcome": None if outcome == Outcome() else outcome},
        horizon_days=horizon_days,
    )


def _date_of(session: Session, event: Event, recurrence: int | None) -> int:
    if not queries.repeats(event):
        return 0
    if recurrence is None:
        raise InvalidInput(("/recurrence", WHICH_DATE))
    if session.get(Occurrence, (event.id, recurrence)) is None:
        raise NotFound
    return recurrence
