"""Looking at what was decided about conflicts, in general and of one event, and at the almanac that checks went by."""

from collections.abc import Collection, Sequence
from typing import cast

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from services.calendar.domain.claims import Dimension
from services.calendar.domain.conflicts import Kind, Level, Rules
from services.calendar.domain.statuses import STANDING
from services.calendar.models import EVERYWHERE, Almanac, Claim, ConflictRule, Event, Recheck, Request
from shared import clock
from shared.paging import Paging

_RULES = ConflictRule.__table__.c
_LEVELS = select(_RULES.kind, _RULES.venue_id, _RULES.level)
"""Made once, of bare columns: every check asks it."""


def rules(session: Session) -> Rules:
    """Give all levels that were decided; there are a few for each venue at most."""
    rows = session.execute(_LEVELS)
    return Rules({(row.kind, place_of(row.venue_id)): cast(Level, row.level) for row in rows})


def conflict_rules(
    session: Session, paging: Paging, *, kind: str | None = None, venue_id: str | None = None
) -> Sequence[ConflictRule]:
    """List the decided levels by id, which is the order in which they were first decided."""
    statement = select(ConflictRule).where(paging.beyond(ConflictRule.id))
    if kind:
        statement = statement.where(ConflictRule.kind == kind)
    if venue_id:
        statement = statement.where(ConflictRule.venue_id == venue_id)
    return session.scalars(statement.order_by(ConflictRule.id).limit(paging.rows)).all()


def conflict_rule(session: Session, kind: str, venue_id: str | None) -> ConflictRule | None:
    """Give what was decided for one kind at one venue, or everywhere; none where nothing was."""
    mine = (ConflictRule.kind == kind) & (ConflictRule.venue_id == (venue_id or EVERYWHERE))
    return session.scalars(select(ConflictRule).where(mine)).one_or_none()


def place_of(venue_id: str) -> str | None:
    """Give the venue that a stored rule names, or none where it is for the whole neighbourhood."""
    return None if venue_id == EVERYWHERE else venue_id


def region(session: Session) -> str:
    """Name the voivodeship of the neighbourhood; empty before the almanac was first opened."""
    return session.scalar(select(Almanac.region)) or ""


CLAIMED: dict[Kind, Dimension] = {
    "venue": "venue", "resource": "resource", "people": "person", "audience": "audience",
}  # fmt: skip
"""By which claims events come into a conflict of a kind; into the others everything can."""


def events_ahead() -> Select[str]:
    """Choose the events that take place and are not over."""
    return select(Event.id).where(
        Event.status.in_(STANDING), or_(Event.until_at.is_(None), Event.until_at > clock.now())
    )


def events_claiming(dimension: Dimension, key: str | None = None) -> Select[str]:
    """Choose the events that claim something of a dimension, or one thing of it."""
    chosen = select(Claim.event_id).where(Claim.kind == dimension).distinct()
    return chosen if key is None else chosen.where(Claim.key == key)


def events_ruled(kind: Kind, venue_id: str | None) -> Select[str]:
    """Choose the events that a rule concerns."""
    if venue_id:
        return events_claiming("venue", venue_id)
    return events_claiming(CLAIMED[kind]) if kind in CLAIMED else events_ahead()


def waits_for_check(session: Session) -> bool:
    """Say whether an event is on the list of those to check again."""
    return session.scalar(select(Recheck.event_id).limit(1)) is not None


def agreements(session: Session, keys: Collection[str]) -> frozenset[tuple[str, str]]:
    """Give which events may be at which of these venues and resources although they are taken: their owner agreed."""
    if not keys:
        return frozenset()
    given = (Request.state == "accepted", Request.despite_conflicts, Request.key.in_(sorted(keys)))
    return frozenset(
        (row.key, row.event_id) for row in session.execute(select(Request.key, Request.event_id).where(*given))
    )
