"""Meetings: their agenda, attendance and minutes, and what they decided."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.telling import tell_of_decision
from services.calendar.domain.permissions import may_change_decision, may_change_event
from services.calendar.domain.plans import Attendance, DecisionPlan, MeetingPlan
from services.calendar.domain.polls import faults_of_link
from services.calendar.models import Decision, Event, History, Meeting, Organisation, Task
from services.calendar.problems import NotAMeeting
from shared import clock, history
from shared.identifiers import new_id
from shared.messages.calendar import DecisionChanged, DecisionRecorded
from shared.people import Person, must
from shared.problems import ChangedMeanwhile, InvalidInput, NotFound


def write_meeting(
    session: Session, *, by: Person, event_id: str, changes: Mapping[str, Any], version: int | None = None
) -> Meeting:
    """Write agenda, attendance or minutes, named as in `MeetingPlan`; what is not named stays.

    Version 0 is a meeting about which nothing is written yet. Raises `NotFound`, `NotAMeeting`, `NotAllowed`,
    `ChangedMeanwhile`, `InvalidInput`.
    """
    event = meeting_event(session, by, event_id)
    row = meeting_row(session, event_id, version)
    plan = replace(_plan_of(row), **changes)
    faults = [
        (f"/attendance/{number}/organisation_id", "No organisation is known by this id")
        for number, one in enumerate(plan.attendance)
        if session.get(Organisation, one.organisation_id) is None
    ]
    if faults := faults or faults_of_link(plan.link):
        raise InvalidInput(*faults)
    row = next_meeting(session, event_id, row)
    row.agenda, row.minutes, row.link = list(plan.agenda), plan.minutes, plan.link
    row.attendance = [asdict(one) for one in plan.attendance]
    session.flush()
    _remember(session, "meeting", event.id, row.version, by, "written", {"fields": sorted(changes)})
    return row


def join_meetings(session: Session, *, by: Person, event_id: str, into_id: str) -> None:
    """Let a meeting that was joined into another bring its agenda, minutes, decisions and tasks along."""
    ours, theirs = (_plan_of(session.get(Meeting, one)) for one in (into_id, event_id))
    came = {one.organisation_id: one for one in (*theirs.attendance, *ours.attendance)}
    joint = MeetingPlan(
        tuple(dict.fromkeys((*ours.agenda, *theirs.agenda))),
        tuple(came.values()),
        "\n\n".join(filter(None, (ours.minutes, theirs.minutes))),
        ours.link or theirs.link,
    )
    if joint != ours:
        write_meeting(session, by=by, event_id=into_id, changes=vars(joint))
    for left in (Decision, Task):
        session.execute(update(left).where(left.event_id == event_id).values(event_id=into_id))


def record_decision(session: Session, *, by: Person, event_id: str, plan: DecisionPlan) -> Decision:
    """Record what a meeting decided. Raises `NotFound`, `NotAMeeting`, `NotAllowed`, `InvalidInput`."""
    event = meeting_event(session, by, event_id)
    _refuse_unknown_owner(session, plan.owner_id)
    row = Decision(
        id=new_id(),
        version=1,
        event_id=event_id,
        text=plan.text,
        owner_id=plan.owner_id,
        due_on=plan.due_on,
        done=plan.done,
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    _remember(session, "decision", row.id, 1, by, "recorded", {})
    tell_of_decision(session, DecisionRecorded, row, event)
    return row


def change_decision(
    session: Session, *, by: Person, event_id: str, decision_id: str, changes: Mapping[str, Any], version: int
) -> Decision:
    """Change a decision: most often that it is done. Its owner may too. Raises as `record_decision`."""
    row = session.get(Decision, decision_id, with_for_update={"key_share": True})
    event = session.get(Event, event_id)
    if row is None or event is None or row.event_id != event_id:
        raise NotFound
    must(may_change_decision(by, tuple(event.host_ids), row.owner_id))
    if row.version != version:
        raise ChangedMeanwhile
    _refuse_unknown_owner(session, changes.get("owner_id"))
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    session.flush()
    _remember(session, "decision", row.id, row.version, by, "changed", {"fields": sorted(changes)})
    tell_of_decision(session, DecisionChanged, row, event)
    return row


def meeting_row(session: Session, event_id: str, version: int | None) -> Meeting | None:
    """Give what is written about a meeting already; raises `ChangedMeanwhile` where it has another version."""
    row = session.get(Meeting, event_id)
    if version is not None and version != (row.version if row else 0):
        raise ChangedMeanwhile
    return row


def next_meeting(session: Session, event_id: str, row: Meeting | None) -> Meeting:
    """Give the row of a meeting with the next version; it is made where nothing is written yet."""
    if row is None:
        row = Meeting(event_id=event_id, version=0, agenda=[], attendance=[], minutes="", link="")
        session.add(row)
    row.version += 1
    row.changed_at = clock.now()
    return row


def meeting_event(session: Session, by: Person, event_id: str) -> Event:
    """Give the meeting that is about to be written on. Raises `NotFound`, `NotAllowed`, `NotAMeeting`."""
    event = queries.event(session, event_id)
    must(may_change_event(by, tuple(event.host_ids)))
    if event.kind != "meeting":
        raise NotAMeeting
    return event


def _plan_of(row: Meeting | None) -> MeetingPlan:
    if row is None:
        return MeetingPlan()
    return MeetingPlan(tuple(row.agenda), tuple(Attendance(**one) for one in row.attendance), row.minutes, row.link)


def _refuse_unknown_owner(session: Session, owner_id: str | None) -> None:
    if owner_id is not None and session.get(Organisation, owner_id) is None:
        raise InvalidInput(("/owner_id", "No organisation is known by this id"))


def _remember(
    session: Session, aggregate: str, row_id: str, version: int, by: Person, action: str, changes: Mapping[str, Any]
) -> None:
    history.record(
        session, History, aggregate=aggregate, id=row_id, version=version, by=by, action=action, changes=changes
    )
