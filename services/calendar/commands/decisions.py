"""What a decision is about: problems, initiatives and events that it is linked to."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.calendar.commands.meeting_rows import meeting_event
from services.calendar.commands.telling import tell_of_decision
from services.calendar.domain.about import About, faults_of_about
from services.calendar.models import Decision, DecisionLink, Event, History
from services.calendar.queries.decided import links_of
from services.calendar.queries.visibility import may_see
from shared import history
from shared.messages.calendar import DecisionChanged
from shared.people import Person
from shared.problems import ChangedMeanwhile, InvalidInput, NotFound


def link_decision(
    session: Session, *, by: Person, event_id: str, decision_id: str, about: Sequence[About], version: int
) -> Decision:
    """Say what a decision is about, all of it that this person sees; an event has the title that it has here.

    Raises `NotFound`, `NotAllowed`, `NotAMeeting`, `ChangedMeanwhile`, `InvalidInput`.
    """
    event = meeting_event(session, by, event_id)
    row = session.get(Decision, decision_id, with_for_update={"key_share": True})
    if row is None or row.event_id != event_id:
        raise NotFound
    if row.version != version:
        raise ChangedMeanwhile
    wanted = {(one.kind, one.target_id): one for one in about}
    titles = {one.target_id: _title(session, by, one) for one in wanted.values()}
    faults = faults_of_about([About(one.kind, one.target_id, titles[one.target_id]) for one in about])
    if faults:
        raise InvalidInput(*faults)
    for link in links_of(session, by, [decision_id]).get(decision_id, ()):  # what they do not see stays
        session.delete(link)
    session.flush()
    for one in wanted.values():
        link = DecisionLink(decision_id=decision_id, kind=one.kind, target_id=one.target_id)
        link.title = titles[one.target_id]
        session.add(link)
    row.version += 1
    session.flush()
    changes = {"fields": ["about"]}
    history.record(
        session, History, aggregate="decision", id=row.id, version=row.version, by=by, action="changed", changes=changes
    )
    tell_of_decision(session, DecisionChanged, row, event)
    return row


def _title(session: Session, by: Person, one: About) -> str:
    """Give the title of what is linked; an event that somebody may not see is as if it were not there."""
    if one.kind != "event":
        return one.title.strip()
    event = session.get(Event, one.target_id)
    return event.title if event is not None and may_see(by, event) else ""
