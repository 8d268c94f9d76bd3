"""Polls for the date of a meeting: opened, settled by one press, withdrawn, and what the clock does about them.

Each date that is offered is held by a tentative event for partners: so it takes nothing away, and whoever plans there
is told. While the poll is open it changes with the poll alone.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from services.calendar.commands.events import cancel_event, edit_event, put_on_calendar
from services.calendar.commands.inviting import tell_invited
from services.calendar.commands.meetings import write_meeting
from services.calendar.commands.requests import acting_for
from services.calendar.commands.telling import tell_of_meeting, tell_of_poll
from services.calendar.domain.permissions import may_call_meeting
from services.calendar.domain.plans import HORIZON_DAYS, EventPlan
from services.calendar.domain.polls import Invited, PollPlan, Span, faults_of_poll
from services.calendar.models import Event, History, Invitation, Poll, PollDate
from services.calendar.problems import PollDateOver, PollSettled
from services.calendar.queries import polls as looking
from shared import clock, history
from shared.identifiers import new_id
from shared.messages.calendar import PollOpened, PollReminded
from shared.people import Person, must, service_person
from shared.problems import InvalidInput, NotFound

AT_ONCE = 20


def open_poll(
    session: Session, *, by: Person, plan: PollPlan, horizon_days: int = HORIZON_DAYS, poll_id: str | None = None
) -> Poll:
    """Ask for the date of a meeting: hold its dates, invite to vote, and tell the organisations that are invited.

    `poll_id` comes with a form: the same form sent twice opens one poll. Raises `NotAllowed`, `InvalidInput`.
    """
    must(may_call_meeting(by, plan.organisation_id))
    if poll_id and (known := session.get(Poll, poll_id)) is not None:
        must(may_call_meeting(by, known.organisation_id))
        return known
    now = clock.now()
    if faults := faults_of_poll(plan, now) or unknown_faults(session, plan.invited):
        raise InvalidInput(*faults)
    row = _new_poll(by, plan, poll_id or new_id(), now)
    session.add(row)
    session.flush()
    for span in plan.dates:
        _hold(session, row, span, by=by, horizon_days=horizon_days)
    session.add_all(invitation_of(one, plan.closes_at, poll_id=row.id) for one in plan.invited)
    session.flush()
    _remember(session, row, by, "opened")
    tell_of_poll(session, PollOpened, row, [one.organisation_id for one in plan.invited if one.organisation_id])
    return row


def settle_poll(
    session: Session, *, by: Person, poll_id: str, event_id: str, horizon_days: int = HORIZON_DAYS
) -> Event:
    """Let one date be the meeting's, guarded like any plan; let go of the others, and tell who is invited.

    Raises `NotFound`, `NotAllowed`, `PollSettled`, `PollDateOver`, `InvalidInput`, and `EventBlocked` where it is
    taken: then nothing is changed.
    """
    row = _locked(session, poll_id, by)
    dates = {one.event_id: one for one in looking.poll_dates(session, poll_id)}
    if event_id not in dates:
        raise InvalidInput(("/date_id", "Choose one of the dates of this poll"))
    if dates[event_id].starts_at <= clock.now():
        raise PollDateOver
    _let_go(session, row, by, but=event_id)
    changes = {"status": "confirmed", "visibility": row.visibility}
    made = edit_event(session, by=by, event_id=event_id, changes=changes, horizon_days=horizon_days, action="called")
    if row.link:
        write_meeting(session, by=by, event_id=event_id, changes={"link": row.link})
    row.state, row.event_id = "settled", event_id
    row.version += 1
    theirs = update(Invitation).where(Invitation.poll_id == poll_id)
    session.execute(theirs.values(event_id=event_id, until_at=made.ends_at))
    _remember(session, row, by, "settled")
    tell_of_meeting(session, made, looking.invitations(session, poll_id=poll_id))
    tell_invited(session, made.id)
    return made


def withdraw_poll(session: Session, *, by: Person, poll_id: str) -> Poll:
    """Call a poll off and let go of its dates. Raises `NotFound`, `NotAllowed`, `PollSettled`."""
    row = _locked(session, poll_id, by)
    _let_go(session, row, by)
    row.state = "withdrawn"
    row.version += 1
    session.flush()
    _remember(session, row, by, "withdrawn")
    return row


def remind_voters(session: Session, *, now: datetime) -> int:
    """Tell the organisations that have not voted that their poll closes soon, once for each poll; gives how many."""
    due = select(Poll).where(Poll.state == "open", Poll.remind_at <= now, Poll.closes_at > now)
    due = due.where(Poll.reminded_at.is_(None)).order_by(Poll.id).limit(AT_ONCE).with_for_update(key_share=True)
    rows = session.scalars(due).all()
    for row in rows:
        row.reminded_at = now
        row.version += 1
        missing = looking.votes_missing(session, row.id)
        if organisation_ids := [one.organisation_id for one in missing if one.organisation_id]:
            tell_of_poll(session, PollReminded, row, organisation_ids)
    session.flush()
    return len(rows)


def end_polls(session: Session, *, now: datetime, days: float) -> int:
    """Call off polls that closed so many days ago and were never settled; gives how many."""
    left = select(Poll).where(Poll.state == "open", Poll.closes_at <= now - timedelta(days=days))
    rows = session.scalars(left.order_by(Poll.id).limit(AT_ONCE)).all()
    for row in rows:
        by = acting_for(service_person("calendar"), (row.organisation_id,))
        withdraw_poll(session, by=by, poll_id=row.id)
    return len(rows)


def invitation_of(
    one: Invited, until_at: datetime, *, poll_id: str | None = None, event_id: str | None = None
) -> Invitation:
    """Make the row of who is invited."""
    return Invitation(
        id=new_id(),
        poll_id=poll_id,
        event_id=event_id,
        organisation_id=one.organisation_id,
        person_id=one.person_id,
        name=one.name,
        mail=one.mail,
        required=one.required,
        until_at=until_at,
    )


def unknown_faults(session: Session, invited: tuple[Invited, ...]) -> list[tuple[str, str]]:
    """Name those who are invited and no copy of whom is here."""
    unknown = looking.unknown_invited(session, [one.organisation_id for one in invited])
    return [
        (f"/invited/{number}/organisation_id", "No organisation is known by this id")
        for number, one in enumerate(invited)
        if one.organisation_id in unknown
    ]


def _new_poll(by: Person, plan: PollPlan, poll_id: str, now: datetime) -> Poll:
    return Poll(
        id=poll_id,
        version=1,
        organisation_id=plan.organisation_id,
        title=plan.title,
        description=plan.description,
        zone=plan.zone,
        venue_id=plan.venue_id,
        link=plan.link,
        visibility=plan.visibility,
        closes_at=plan.closes_at,
        remind_at=plan.remind_at,
        state="open",
        by_person_id=None if by.service else by.id,
        created_at=now,
    )


def _hold(session: Session, row: Poll, span: Span, *, by: Person, horizon_days: int) -> None:
    """Hold one date by a tentative event: what is tentative takes nothing away and asks nobody."""
    plan = EventPlan(
        title=row.title,
        starts_at=span[0],
        ends_at=span[1],
        zone=row.zone,
        kind="meeting",
        description=row.description,
        venue_id=row.venue_id,
        host_ids=(row.organisation_id,),
        status="tentative",
        visibility="partners",
    )
    made = put_on_calendar(session, by=by, plan=plan, horizon_days=horizon_days)
    made.poll_id = row.id
    session.add(PollDate(event_id=made.id, poll_id=row.id, starts_at=span[0], ends_at=span[1]))


def _locked(session: Session, poll_id: str, by: Person) -> Poll:
    """Give an open poll that nobody else changes now; no vote is under way any more either."""
    row = session.get(Poll, poll_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    must(may_call_meeting(by, row.organisation_id))
    if row.state != "open":
        raise PollSettled(extra={"state": row.state, "event_id": row.event_id})
    return row


def _let_go(session: Session, row: Poll, by: Person, but: str | None = None) -> None:
    """Hold the dates of a poll no more: they are cancelled, all but one."""
    for held in session.scalars(select(Event).where(Event.id.in_(_held(row))).order_by(Event.id)):
        held.poll_id = None
        session.flush()
        if held.id != but:
            cancel_event(session, by=by, event_id=held.id)


def _held(row: Poll) -> Select[str]:
    return select(PollDate.event_id).where(PollDate.poll_id == row.id)


def _remember(session: Session, row: Poll, by: Person, action: str) -> None:
    history.record(session, History, aggregate="poll", id=row.id, version=row.version, by=by, action=action)
