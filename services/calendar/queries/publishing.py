"""Minutes of meetings: what they would say now, what was published of them, and who may read that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar.domain.held import ALL
from services.calendar.domain.minutes import Audience, Line, Point, Written, narrowest
from services.calendar.domain.permissions import may_change_event, may_read_minutes
from services.calendar.models import Decision, Event, Invitation, MinutesVersion, Task
from services.calendar.problems import NotAMeeting
from services.calendar.queries import copies
from services.calendar.queries.agenda_items import may_take_part
from services.calendar.queries.cards import MeetingCard, meeting_card
from services.calendar.queries.events import event, organisation_names
from services.calendar.queries.held import Held, held
from shared import i18n
from shared.i18n import plural, say, when
from shared.people import Person
from shared.problems import NotFound


@dataclass(frozen=True)
class MinutesCard:
    """One meeting, at one of its dates, with the publications of its minutes, the newest first, as one may read them.

    `is_member`: they host it or are invited, and read what is not published too.
    """

    held: Held
    versions: Sequence[MinutesVersion]
    is_member: bool
    may_publish: bool

    @property
    def event(self) -> Event:
        """Give the meeting."""
        return self.held.event

    @property
    def newest(self) -> MinutesVersion | None:
        """Give what was published last."""
        return self.versions[0] if self.versions else None

    def version(self, number: int | None) -> MinutesVersion:
        """Give one publication, or the newest; raises `NotFound`."""
        found = next((one for one in self.versions if number in (None, one.version)), None)
        if found is None:
            raise NotFound
        return found


@dataclass(frozen=True)
class ItemReader:
    """What is told of an item: who it is by, to who takes part; its minutes, to who reads what is not published."""

    takes_part: bool
    reads_minutes: bool


def minutes_card(session: Session, event_id: str, person: Person | None, held_on: str | None = None) -> MinutesCard:
    """Give the publications of a meeting's minutes that this person may read.

    Whoever the newest is not for reads no earlier one either. Raises `NotFound`, also where there is nothing for them,
    and `NotAMeeting`.
    """
    its = event(session, event_id)
    is_member = may_read_written(session, its, person)
    date = held(session, its, held_on)
    rows = publications(session, event_id, date.held_on)
    readable = [one for one in rows if is_member or may_read_written(session, its, person, _audience(rows, one))]
    if not (readable or is_member):
        raise NotFound
    if its.kind != "meeting":
        raise NotAMeeting
    return MinutesCard(date, readable, is_member, may_change_event(person, tuple(its.host_ids)))


def publications(session: Session, event_id: str, held_on: str = ALL) -> Sequence[MinutesVersion]:
    """Give all that was published of a meeting's minutes, the newest first."""
    mine = select(MinutesVersion).where(MinutesVersion.event_id == event_id, MinutesVersion.held_on == held_on)
    return session.scalars(mine.order_by(MinutesVersion.version.desc())).all()


def may_read_written(session: Session, its: Event, person: Person | None, audience: Audience = "members") -> bool:
    """Say whether somebody reads minutes that are for this audience.

    What is not published is for members: who hosts or leads the meeting, or is invited.
    """
    hosts, leaders = tuple(its.host_ids), tuple(its.leader_ids)
    if may_read_minutes(person, audience, hosts, leaders):
        return True
    if person is None:
        return False
    invited = session.scalars(select(Invitation).where(Invitation.event_id == its.id)).all()
    organisations = tuple(one.organisation_id for one in invited if one.organisation_id)
    return may_read_minutes(person, audience, organisations, tuple(one.person_id for one in invited if one.person_id))


def item_reader(session: Session, its: Event, person: Person | None) -> ItemReader:
    """Say what somebody who may see a meeting is told of its items."""
    return ItemReader(may_take_part(session, its, person), may_read_written(session, its, person))


def written_of(session: Session, its: Held) -> Written:
    """Give all that the minutes of a meeting are made of, with its sentences in the language of who asks."""
    event_id, zone = its.event.id, its.event.zone
    card = meeting_card(session, event_id, its.held_on)
    mine = Task.event_id == event_id, Task.held_on == its.held_on
    tasks = session.scalars(select(Task).where(*mine).order_by(Task.id)).all()
    names = _names(session, card, tasks)
    venue = copies.venue(session, its.event.venue_id)
    return Written(
        when=when(its.starts_at, its.ends_at, zone, its.event.all_day),
        place=venue.name if venue else "",
        agenda=tuple(Point(item.title, item.minutes) for item in card.items),
        attendance=_attendance(card, names),
        minutes=card.minutes,
        decisions=tuple(_decision_line(row, names) for row in card.decisions),
        tasks=tuple(_task_line(row, names) for row in tasks),
    )


def _audience(rows: Sequence[MinutesVersion], one: MinutesVersion) -> Audience:
    """Give who may read a publication: whoever the newest is not for reads no earlier one either."""
    return narrowest(cast(Audience, rows[0].audience), cast(Audience, one.audience))


def _names(session: Session, card: MeetingCard, tasks: Sequence[Task]) -> dict[str, str]:
    owners = {*(one.owner_id for one in card.decisions), *(one.owner_id for one in tasks)}
    return organisation_names(session, {one for one in owners if one} | {one for one, _ in card.attendance})


def _attendance(card: MeetingCard, names: dict[str, str]) -> tuple[str, ...]:
    came = [
        f"{names.get(one) or say('an organisation')}: {plural('{n} person', '{n} people', people)}"
        for one, people in card.attendance
    ]
    guests = [plural("{n} guest", "{n} guests", card.guests)] if card.guests else []
    return (*came, *guests)


def _decision_line(row: Decision, names: dict[str, str]) -> Line:
    became = {"postponed": say("put off"), "dropped": say("given up")}.get(row.state, say("done") if row.done else "")
    return Line(row.text, (names.get(row.owner_id or "", ""), _until(row.due_on), became))


def _task_line(row: Task, names: dict[str, str]) -> Line:
    owner = say("one of those who came") if row.owner_person_id else names.get(row.owner_id or "", "")
    return Line(row.text, (owner, _until(row.due_on), say("done") if row.done_at else ""))


def _until(due_on: date | None) -> str:
    # without its weekday, which Polish would have to inflect
    tongue = i18n.LOCALES[i18n.language.get()]
    return say("until {day}", day=format_date(due_on, "d MMMM y", locale=tongue)) if due_on else ""
