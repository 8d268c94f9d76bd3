"""Rules: somebody decides how severe conflicts of a kind are, at a venue or in the whole neighbourhood."""

from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.checking import lock_checks
from services.calendar.commands.listing import check_again
from services.calendar.domain.conflicts import Kind, Level, faults_of_rule
from services.calendar.domain.permissions import may_decide_severity
from services.calendar.models import EVERYWHERE, ConflictRule, History, Venue
from shared import clock, history
from shared.identifiers import new_id
from shared.people import Person, must
from shared.problems import ChangedMeanwhile, InvalidInput, NotFound


def set_conflict_rule(
    session: Session,
    *,
    by: Person,
    kind: Kind,
    venue_id: str | None,
    level: Level,
    because: str = "",
    version: int | None = None,
) -> ConflictRule:
    """Decide a level; version 0 is a rule that nobody decided yet. What it concerns is checked again.

    Raises `NotFound` for a venue that is not known, `NotAllowed`, `ChangedMeanwhile`, `InvalidInput`.
    """
    venue = session.get(Venue, venue_id) if venue_id else None
    if venue_id and venue is None:
        raise NotFound
    must(may_decide_severity(by, venue.organisation_id if venue else None))
    if faults := faults_of_rule(kind, level, of_a_venue=venue is not None):
        raise InvalidInput(*faults)
    lock_checks(session)
    row = queries.conflict_rule(session, kind, venue_id)
    if version is not None and version != (row.version if row else 0):
        raise ChangedMeanwhile
    if row is None:
        row = ConflictRule(id=new_id(), version=0, kind=kind, venue_id=venue_id or EVERYWHERE, level="standard")
        session.add(row)
    before, row.level = row.level, level
    row.version, row.changed_at = row.version + 1, clock.now()
    session.flush()
    history.record(
        session, History, aggregate="conflict_rule", id=row.id, version=row.version, by=by, action="set",
        reason=because, changes={"level": [before, level]},
    )  # fmt: skip
    if level != before:
        check_again(session, queries.events_ruled(kind, venue_id))
    return row
