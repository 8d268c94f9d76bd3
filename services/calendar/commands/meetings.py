"""Meetings: their agenda, attendance and minutes, and what they decided."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.calendar.commands.agenda_items import join_agendas, write_agenda
from services.calendar.commands.inviting import tell_invited
from services.calendar.commands.meeting_rows import (
    LOCK,
    ensure_meeting,
    faults_of_item,
    meeting_date,
    meeting_row,
    next_meeting,
    remember,
)
from services.calendar.commands.telling import tell_of_decision
from services.calendar.domain.held import ALL
from services.calendar.domain.permissions import may_change_decision, may_propose_item
from services.calendar.domain.plans import Attendance, DecisionPlan, MeetingPlan
from services.calendar.domain.polls import faults_of_link
from services.calendar.models import Decision, Event, Meeting, Organisation, Task
from services.calendar.queries import agenda_items as agenda
from services.calendar.queries.held import held, names_written
from shared import clock
from shared.identifiers import new_id
from shared.messages.calendar import DecisionChanged, DecisionRecorded
from shared.people import Person, must
from shared.problems import ChangedMeanwhile, InvalidInput, NotFound


def write_meeting(
    session: Session,
    *,
    by: Person,
    event_id: str,
    changes: Mapping[str, Any],
    version: int | None = None,
    held_on: str | None = None,
) -> Meeting:
    """Write agenda, who came, minutes or the link, named as in `MeetingPlan`; what is not named stays.

    Of a meeting that repeats one date is meant, as `queries.held` says; the link is that of all. Version 0 is a meeting
    about which nothing is written yet. Raises `NotFound`, `NotAMeeting`, `NotAllowed`, `ChangedMeanwhile`,
    `InvalidInput`, `ItemFixed`, `AgendaFull`.
    """
    its = meeting_date(session, by, event_id, held_on)
    meeting_row(session, event_id, its.held_on, version)
    if "agenda" in changes:
        write_agenda(session, by=by, its=its, titles=changes["agenda"])
    if "link" in changes and its.held_on:
        _write(session, by, event_id, ALL, {"link": changes["link"]})
        changes = {name: value for name, value in changes.items() if name != "link"}
    return _write(session, by, event_id, its.held_on, changes)


def write_attendance(
    session: Session,
    *,
    by: Person,
    event_id: str,
    attendance: tuple[Attendance, ...],
    guests: int,
    version: int,
    named_of: Collection[str] = (),
    held_on: str | None = None,
) -> Meeting:
    """Write who came. `version` is the one of the attendance. Raises as `write_meeting`.

    `named_of` are the organisations whose people are named in full; of others, who is named already stays: they said
    themselves that they are there (`note_presence`).
    """
    its = meeting_date(session, by, event_id, held_on)
    row = ensure_meeting(session, event_id, its.held_on)
    if row.attendance_version != version:
        raise ChangedMeanwhile
    known = {one.organisation_id: one.person_ids for one in _plan_of(row).attendance}
    kept = tuple(
        one if one.organisation_id in named_of else replace(one, person_ids=known.get(one.organisation_id, ()))
        for one in attendance
    )
    return _write(session, by, event_id, its.held_on, {"attendance": kept, "guests": guests})


def note_presence(
    session: Session, *, by: Person, event_id: str, organisation_id: str, is_here: bool, held_on: str | None = None
) -> Meeting:
    """Write down that somebody who takes part is there, or is not after all, for one of their organisations.

    Raises `NotFound`, `NotAMeeting`, `NotAllowed`.
    """
    session.get(Event, event_id, with_for_update=LOCK)
    event = agenda.meeting_seen(session, event_id, by)
    on = held(session, event, held_on).held_on
    organisation_ids, person_ids = agenda.taking_part(session, event)
    must(may_propose_item(by, organisation_ids, person_ids) and organisation_id in by.roles)
    came = {one.organisation_id: one for one in _plan_of(session.get(Meeting, (event_id, on))).attendance}
    ours = came.get(organisation_id, Attendance(organisation_id, 0))
    if (by.id in ours.person_ids) == is_here:
        return ensure_meeting(session, event_id, on)
    ids = tuple(one for one in ours.person_ids if one != by.id) + ((by.id,) if is_here else ())
    # who was counted without a name may be this very person: a number is only raised where the names are more
    counted = ours.people if is_here or ours.people > len(ours.person_ids) else len(ids)
    came[organisation_id] = Attendance(organisation_id, max(counted, len(ids)), ids)
    return _write(session, by, event_id, on, {"attendance": tuple(one for one in came.values() if one.people)})


def join_meetings(session: Session, *, by: Person, event_id: str, into_id: str) -> None:
    """Let a meeting that was joined into another bring its agenda, who came, its minutes, decisions and tasks along.

    Of a series, each date brings its own to the date of that day.
    """
    for held_on in names_written(session, event_id):
        join_agendas(session, by=by, event_id=event_id, into_id=into_id, held_on=held_on)
        ours, theirs = (_plan_of(session.get(Meeting, (one, held_on))) for one in (into_id, event_id))
        joint = _joined(ours, theirs)
        if joint != ours:
            changes = {name: value for name, value in vars(joint).items() if name != "agenda"}
            _write(session, by, into_id, held_on, changes)
    for left in (Decision, Task):
        session.execute(update(left).where(left.event_id == event_id).values(event_id=into_id))


def _joined(ours: MeetingPlan, theirs: MeetingPlan) -> MeetingPlan:
    came = {one.organisation_id: one for one in (*theirs.attendance, *ours.attendance)}
    return MeetingPlan(
        attendance=tuple(came.values()),
        minutes="\n\n".join(filter(None, (ours.minutes, theirs.minutes))),
        link=ours.link or theirs.link,
        guests=ours.guests + theirs.guests,
    )


def record_decision(
    session: Session, *, by: Person, event_id: str, plan: DecisionPlan, held_on: str | None = None
) -> Decision:
    """Record what a meeting decided. Raises `NotFound`, `NotAMeeting`, `NotAllowed`, `InvalidInput`."""
    its = meeting_date(session, by, event_id, held_on)
    _refuse_unknown(session, event_id, its.held_on, plan.owner_id, plan.item_id)
    row = Decision(
        id=new_id(),
        version=1,
        event_id=event_id,
        held_on=its.held_on,
        item_id=plan.item_id,
        state=plan.state,
        text=plan.text,
        owner_id=plan.owner_id,
        due_on=plan.due_on,
        done=plan.done,
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    remember(session, "decision", row.id, 1, by, "recorded", {})
    tell_of_decision(session, DecisionRecorded, row, its.event)
    return row


def change_decision(
    session: Session, *, by: Person, event_id: str, decision_id: str, changes: Mapping[str, Any], version: int
) -> Decision:
    """Change a decision: most often that it is done. Its owner may too. Raises as `record_decision`."""
    row = session.get(Decision, decision_id, with_for_update=LOCK)
    event = session.get(Event, event_id)
    if row is None or event is None or row.event_id != event_id:
        raise NotFound
    must(may_change_decision(by, tuple(event.host_ids), row.owner_id))
    if row.version != version:
        raise ChangedMeanwhile
    _refuse_unknown(session, event_id, row.held_on, changes.get("owner_id"), changes.get("item_id"))
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    session.flush()
    remember(session, "decision", row.id, row.version, by, "changed", {"fields": sorted(changes)})
    tell_of_decision(session, DecisionChanged, row, event)
    return row


def _write(session: Session, by: Person, event_id: str, held_on: str, changes: Mapping[str, Any]) -> Meeting:
    """Write what is named, and count on the version of what it belongs to."""
    row = ensure_meeting(session, event_id, held_on)
    plan = replace(_plan_of(row), **changes)
    if faults := _faults(session, plan):
        raise InvalidInput(*faults)
    if plan.minutes != row.minutes:
        row.minutes = plan.minutes
        row.minutes_version += 1
        row.minutes_changed_at = clock.now()
        row.minutes_by_id, row.minutes_for_id = None if by.service else by.id, None
    next_meeting(session, event_id, held_on)
    row.attendance_version += not changes.keys().isdisjoint({"attendance", "guests"})
    row.link, row.guests = plan.link, plan.guests
    row.attendance = [asdict(one) for one in plan.attendance]
    session.flush()
    if "link" in changes:
        tell_invited(session, event_id)
    remember(session, "meeting", event_id, row.version, by, "written", {"fields": sorted(changes)})
    return row


def _faults(session: Session, plan: MeetingPlan) -> list[tuple[str, str]]:
    faults = [
        (f"/attendance/{number}/organisation_id", "No organisation is known by this id")
        for number, one in enumerate(plan.attendance)
        if session.get(Organisation, one.organisation_id) is None
    ]
    faults += [
        (f"/attendance/{number}/people", "These are fewer than are named")
        for number, one in enumerate(plan.attendance)
        if one.people < len(one.person_ids)
    ]
    return faults or list(faults_of_link(plan.link))


def _plan_of(row: Meeting | None) -> MeetingPlan:
    if row is None:
        return MeetingPlan()
    came = tuple(
        Attendance(one["organisation_id"], one["people"], tuple(one.get("person_ids", ()))) for one in row.attendance
    )
    return MeetingPlan(attendance=came, minutes=row.minutes, link=row.link, guests=row.guests)


def _refuse_unknown(session: Session, event_id: str, held_on: str, owner_id: str | None, item_id: str | None) -> None:
    if owner_id is not None and session.get(Organisation, owner_id) is None:
        raise InvalidInput(("/owner_id", "No organisation is known by this id"))
    if faults := faults_of_item(session, event_id, held_on, item_id):
        raise InvalidInput(*faults)
