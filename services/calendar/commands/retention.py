"""What the calendar forgets when its time is over (`shared/kept.py`)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import Session

from services.calendar.commands.inviting import forget_told
from services.calendar.models import History, Invitation, PollLink, ToldInvitation
from shared.retention import Rows, Rule, history_rule


def retention_rules() -> list[Rule]:
    """List what is forgotten here."""
    return [history_rule(History), Rows("guests", _guests_over, blank_guests)]


def _guests_over(before: datetime) -> Select[str]:
    """Ask for guests who are named still, and what they were asked to was over before an instant."""
    named = or_(Invitation.name != "", Invitation.mail.is_not(None))
    return select(Invitation.id).where(Invitation.until_at < before, named)


def blank_guests(session: Session, ids: Sequence[str]) -> None:
    """Name these guests no more, and end their links; that somebody voted stays."""
    forget_told(session, session.scalars(select(ToldInvitation).where(ToldInvitation.id.in_(ids))).all())
    session.execute(delete(PollLink).where(PollLink.invitation_id.in_(ids)))
    session.execute(update(Invitation).where(Invitation.id.in_(ids)).values(name="", mail=None))
