"""The horizon: series go on being laid out as time goes by, and what their new dates meet is found."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.checking import check_event, lock_checks
from services.calendar.commands.laying import lay_out
from services.calendar.domain.plans import HORIZON_DAYS
from services.calendar.domain.statuses import STANDING
from services.calendar.models import Event

EVENTS_AT_ONCE = 20
SLACK = timedelta(days=1)
"""A series is laid out again when it lags a day behind: once a day, not at every start."""


def roll_horizon(session: Session, *, now: datetime, horizon_days: int = HORIZON_DAYS) -> int:
    """Lay out some of the series that lag behind the horizon; gives how many, none when all are done."""
    lock_checks(session)
    behind = now + timedelta(days=horizon_days) - SLACK
    statement = (
        select(Event)
        .where(Event.until_at.is_(None), Event.laid_until_at < behind, Event.status.in_(STANDING))
        .order_by(Event.laid_until_at, Event.id)
        .limit(EVENTS_AT_ONCE)
        .with_for_update(key_share=True)
    )
    events = session.scalars(statement).all()
    for event in events:
        lay_out(session, event, queries.plan_of(event), now=now, horizon_days=horizon_days)
        session.flush()
        check_event(session, event.id)
    return len(events)
