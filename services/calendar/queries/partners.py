"""Municipal systems: who may come in, and how many of their messages were set aside."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.calendar.models import Partner, SetAside
from shared.streams import municipal_name


def partners(session: Session) -> Sequence[Partner]:
    """List all that there ever were, by name."""
    return session.scalars(select(Partner).order_by(Partner.name)).all()


def partner(session: Session, name: str) -> Partner | None:
    """Give one that may come in."""
    row = session.get(Partner, name)
    return row if row is not None and row.revoked_at is None else None


def partner_names(session: Session) -> frozenset[str]:
    """Name those that may come in."""
    return frozenset(session.scalars(select(Partner.name).where(Partner.revoked_at.is_(None))))


def set_aside_of(session: Session, name: str) -> int:
    """Count the messages of a partner that were set aside and wait for a decision."""
    mine = (SetAside.stream == municipal_name(name)) & (SetAside.state == "waiting")
    return session.scalar(select(func.count()).select_from(SetAside).where(mine)) or 0
