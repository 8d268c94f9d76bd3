"""Meetings that follow each other: what was agreed before one, and the rhythm in which the same hosts meet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from services.calendar.domain.held import ALL, address_of, name_of
from services.calendar.domain.rhythm import Attended, Regularity, absent_in_a_row, regularity
from services.calendar.domain.tasks import is_overdue
from services.calendar.models import Decision, Event, EventHost, Invitation, Meeting, Occurrence, Task
from services.calendar.queries.events import organisation_names
from services.calendar.queries.held import Held, MeetingAt
from services.calendar.queries.satisfaction import repeats
from services.calendar.queries.tasks import TaskCard, cards_of
from services.calendar.queries.visibility import event_seen, visible_to
from shared.people import Person, is_partner

EARLIER = 24
"""So many meetings before one are looked at."""
LOOK_BACK = timedelta(days=365)
MOST_GROUPS = 20


@dataclass(frozen=True)
class DecisionCard:
    """A decision with the meeting that took it; `owner` is the name of the organisation that carries it out."""

    decision: Decision
    event: Event
    owner: str
    is_overdue: bool

    @property
    def meeting_at(self) -> MeetingAt:
        """Say at which date of its meeting it was decided."""
        return MeetingAt.of(self.event, self.decision.held_on)


@dataclass(frozen=True)
class Agreed:
    """What earlier meetings agreed and is not done: decisions and tasks."""

    decisions: Sequence[DecisionCard] = ()
    tasks: Sequence[TaskCard] = ()

    def __bool__(self) -> bool:
        """Say whether there is anything."""
        return bool(self.decisions or self.tasks)


@dataclass(frozen=True)
class RhythmCard:
    """How the same hosts meet: their meetings of a year, what the last one agreed, who stays away, how regularly."""

    last: Event
    last_on: date
    last_address: str
    """Where that date of it is looked at."""
    hosts: Sequence[str]
    held: Sequence[date]
    """The days on which they met in the last year, the latest first."""
    regularity: Regularity | None
    decisions: Sequence[DecisionCard]
    tasks: Sequence[TaskCard]
    """What is open of all their meetings, and what was done since the last one."""
    absent: Sequence[str]
    """Names of the organisations that have not come three times in a row."""
    counted: int
    """Of so many meetings it is written who came."""


def agreed_before(session: Session, its: Held, person: Person | None, today: date) -> Agreed:
    """Give what is open of the meetings before one, of the same hosts or the same series, to a partner who sees it."""
    if not is_partner(person):
        return Agreed()
    earlier = {one.id: one for one in (its.event, *_of_group(session, its, person))}
    tasks = select(Task).where(Task.event_id.in_(earlier), Task.done_at.is_(None), _came_before(Task, its))
    tasks = tasks.order_by(Task.due_on.is_(None), Task.due_on, Task.id)
    return Agreed(
        [one for one in decision_cards(session, earlier, today, before=its) if one.decision.is_open],
        cards_of(session, person, [(row, earlier[row.event_id]) for row in session.scalars(tasks)], today),
    )


def rhythm_cards(
    session: Session, person: Person, now: datetime, zone: str, organisation_id: str | None = None
) -> list[RhythmCard]:
    """Give how each group of hosts meets that met in the last year, or those with one organisation among them."""
    groups: dict[frozenset[str], list[Event]] = {}
    for its in _held_events(session, person, now):
        if organisation_id is None or organisation_id in its.host_ids:
            groups.setdefault(frozenset(its.host_ids), []).append(its)
    return [_card(session, person, events, now, zone) for events in list(groups.values())[:MOST_GROUPS]]


def rhythm_card(session: Session, event_id: str, person: Person, now: datetime, zone: str) -> RhythmCard:
    """Give how the hosts of one meeting meet; raises `NotFound`."""
    its = event_seen(session, event_id, person)
    events = [one for one in _held_events(session, person, now) if set(one.host_ids) == set(its.host_ids)]
    return _card(session, person, events or [its], now, zone)


def _held_events(session: Session, person: Person | None, now: datetime) -> Sequence[Event]:
    """Give the meetings that began in the last year, the latest first, that this person may see."""
    begun = (Event.starts_at <= now, or_(Event.until_at.is_(None), Event.until_at > now - LOOK_BACK))
    statement = select(Event).where(*_meetings(), *begun, visible_to(person))
    return session.scalars(statement.order_by(Event.starts_at.desc(), Event.id)).all()


def _came_before(table: type[Decision] | type[Task], its: Held) -> ColumnElement[bool]:
    """Say that something was agreed at a date before this one; of its own meeting, at another one than this."""
    return and_(or_(table.event_id != its.event.id, table.held_on != its.held_on), table.held_on < its.day)


def _of_group(session: Session, date: Held, person: Person | None) -> Sequence[Event]:
    """Give the meetings of the same hosts or the same series that this person may see, the latest first."""
    its = date.event
    shared = select(EventHost.event_id).where(EventHost.organisation_id.in_(its.host_ids))
    same = or_(Event.id.in_(shared), Event.id == its.follows_id)
    statement = select(Event).where(
        *_meetings(), same, visible_to(person), Event.starts_at < date.starts_at, Event.id != its.id
    )
    rows = session.scalars(statement.order_by(Event.starts_at.desc(), Event.id).limit(EARLIER * 2)).all()
    return [one for one in rows if set(one.host_ids) == set(its.host_ids) or one.id == its.follows_id][:EARLIER]


def _meetings() -> tuple[ColumnElement[bool], ...]:
    return Event.kind == "meeting", Event.status != "cancelled", Event.poll_id.is_(None)


def _card(session: Session, person: Person, events: Sequence[Event], now: datetime, zone: str) -> RhythmCard:
    by_id = {one.id: one for one in events}
    today = now.astimezone(ZoneInfo(zone)).date()
    dates = _dates(session, by_id, now)
    held = [(one.start, one.event_id) for one in dates if not one.cancelled]
    last_start, last_id = max(held, default=(int(events[0].starts_at.timestamp()), events[0].id))
    last_name = _name_at(by_id[last_id], dates, last_start)
    attended = _attended(session, events)
    absent = absent_in_a_row(attended)
    hosts = set(events[0].host_ids)
    names = organisation_names(session, hosts | absent)
    days = sorted({_day(start, zone) for start, _ in held}, reverse=True)
    tasks = _tasks_since(session, person, by_id, datetime.fromtimestamp(last_start, UTC), today)
    return RhythmCard(
        last=by_id[last_id],
        last_on=_day(last_start, zone),
        last_address=address_of(last_id, last_name),
        hosts=sorted(names[one] for one in hosts if one in names),
        held=days,
        regularity=regularity(days, {_day(one.start, zone) for one in dates}, today),
        decisions=[one for one in decision_cards(session, by_id, today) if _is_told(one, last_id, last_name)],
        tasks=tasks,
        absent=sorted(names[one] for one in absent if one in names),
        counted=len(attended),
    )


def _tasks_since(
    session: Session, person: Person, events: dict[str, Event], last_at: datetime, today: date
) -> list[TaskCard]:
    """Give the tasks of these meetings that are open, and those that were done since the last one."""
    since = or_(Task.done_at.is_(None), Task.done_at >= last_at)
    statement = select(Task).where(Task.event_id.in_(events), since)
    rows = session.scalars(statement.order_by(Task.done_at.is_not(None), Task.due_on, Task.id))
    return cards_of(session, person, [(row, events[row.event_id]) for row in rows], today)


def _is_told(one: DecisionCard, last_id: str, last_name: str) -> bool:
    return one.decision.is_open or (one.event.id, one.decision.held_on) == (last_id, last_name)


def _name_at(its: Event, dates: Iterable[Occurrence], start: int) -> str:
    """Name the date of a meeting that begins then."""
    row = next((one for one in dates if (one.event_id, one.start) == (its.id, start)), None)
    return name_of(row.recurrence, its.zone) if row is not None and repeats(its) else ALL


def _dates(session: Session, events: Iterable[str], now: datetime) -> Sequence[Occurrence]:
    """Give the dates at which these meetings were planned to begin in the last year, also those called off."""
    span = (Occurrence.start <= int(now.timestamp()), Occurrence.start > int((now - LOOK_BACK).timestamp()))
    return session.scalars(select(Occurrence).where(Occurrence.event_id.in_(list(events)), *span)).all()


def _day(start: int, zone: str) -> date:
    return datetime.fromtimestamp(start, UTC).astimezone(ZoneInfo(zone)).date()


def _attended(session: Session, events: Sequence[Event]) -> list[Attended]:
    """Give who was expected and who came, of each date of which that is written, the earliest first.

    Expected are the hosts and the organisations that are invited.
    """
    by_id = {one.id: one for one in events}
    ids = list(by_id)
    written = [row for row in session.scalars(select(Meeting).where(Meeting.event_id.in_(ids))) if row.attendance]
    written.sort(key=lambda row: row.held_on or name_of(by_id[row.event_id].starts_at, by_id[row.event_id].zone))
    invited: dict[str, set[str]] = {}
    theirs = select(Invitation.event_id, Invitation.organisation_id).where(Invitation.event_id.in_(ids))
    for event_id, organisation_id in session.execute(theirs):
        if event_id and organisation_id:
            invited.setdefault(event_id, set()).add(organisation_id)
    return [
        Attended(
            frozenset({*by_id[row.event_id].host_ids, *invited.get(row.event_id, ())}),
            frozenset(who["organisation_id"] for who in row.attendance if who["people"]),
        )
        for row in written
    ]


def decision_cards(
    session: Session, events: Mapping[str, Event], today: date, *, before: Held | None = None
) -> list[DecisionCard]:
    """Give what these meetings decided, what is due first at the top; `events` are by their ids.

    With `before`, only what was decided before that date.
    """
    statement = select(Decision).where(Decision.event_id.in_(events))
    if before is not None:
        statement = statement.where(_came_before(Decision, before))
    rows = session.scalars(statement.order_by(Decision.due_on.is_(None), Decision.due_on, Decision.id)).all()
    names = organisation_names(session, {row.owner_id for row in rows if row.owner_id})
    return [
        DecisionCard(
            row, events[row.event_id], names.get(row.owner_id or "", ""), row.is_open and is_overdue(row.due_on, today)
        )
        for row in rows
    ]
