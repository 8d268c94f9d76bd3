"""Publishing the minutes of a meeting: what is written now is kept as it is, for whoever it is meant."""

from functools import partial

from sqlalchemy.orm import Session

from services.calendar.commands.meeting_rows import meeting_date
from services.calendar.commands.telling import tell_of_minutes
from services.calendar.domain.minutes import LONGEST_MINUTES, Audience, Headings, minutes_text
from services.calendar.models import History, MinutesVersion
from services.calendar.problems import NothingToPublish
from services.calendar.queries import publishing as looking
from services.calendar.queries.held import Held
from services.calendar.queries.polls import invitations
from shared import clock, history, i18n
from shared.i18n import say
from shared.identifiers import new_id
from shared.people import Person
from shared.problems import InvalidInput

TOO_LONG = "These minutes are too long to be read. Shorten some items, or keep long texts elsewhere and link to them."


def publish_minutes(
    session: Session,
    *,
    by: Person,
    event_id: str,
    audience: Audience,
    reason: str = "",
    language: str,
    held_on: str | None = None,
) -> MinutesVersion:
    """Publish what is written about a meeting, in this language, as the next version; each but the first has a reason.

    The same text for the same audience is published once. Raises `NotFound`, `NotAllowed`, `NotAMeeting`,
    `NothingToPublish`, `InvalidInput`.
    """
    its = meeting_date(session, by, event_id, held_on)
    text = composed(session, its, language)
    if len(text) > LONGEST_MINUTES:
        raise InvalidInput(("", TOO_LONG))
    before = next(iter(looking.publications(session, event_id, its.held_on)), None)
    if before is not None and (before.text, before.audience) == (text, audience):
        return before
    if before is not None and not reason.strip():
        raise InvalidInput(("/reason", "These minutes are published already: say what is different now"))
    row = MinutesVersion(
        id=new_id(),
        event_id=event_id,
        held_on=its.held_on,
        version=before.version + 1 if before else 1,
        audience=audience,
        text=text,
        reason=reason.strip(),
        published_at=clock.now(),
        by_person_id=None if by.service else by.id,
    )
    session.add(row)
    session.flush()
    remember = partial(history.record, session, History, aggregate="minutes", id=event_id, version=row.version)
    remember(by=by, action="published", reason=row.reason, changes={"audience": audience})
    tell_of_minutes(session, row, its.event, invitations(session, event_id=event_id))
    return row


def composed(session: Session, its: Held, language: str) -> str:
    """Give what would be published now, in this language. Raises `NothingToPublish`."""
    token = i18n.language.set(language)  # the door's own language does not come along into the database's threads
    try:
        written = looking.written_of(session, its)
        if not written.says_something:
            raise NothingToPublish
        return minutes_text(written, _headings())
    finally:
        i18n.language.reset(token)


def _headings() -> Headings:
    return Headings(say("Agenda"), say("Who came"), say("Minutes"), say("Decisions"), say("Tasks"))
