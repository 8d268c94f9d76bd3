"""Invitations: how long they hold, in which state they are, and which role somebody has after accepting one."""

from datetime import datetime, timedelta
from typing import Literal

from shared.messages.registry import Role

LIFETIME = timedelta(days=14)
RANKS: tuple[Role, ...] = ("member", "coordinator", "leader")
InvitationState = Literal["open", "accepted", "withdrawn", "over"]


def state_of(
    *, accepted_at: datetime | None, withdrawn_at: datetime | None, expires_at: datetime, now: datetime
) -> InvitationState:
    """Say whether an invitation can still be accepted at `now`, or why not."""
    if accepted_at is not None:
        return "accepted"
    if withdrawn_at is not None:
        return "withdrawn"
    return "open" if now < expires_at else "over"


def higher(held: Role | None, offered: Role) -> Role:
    """Give the role that somebody has who held one (or none) and accepts another: an invitation takes nothing away."""
    return offered if held is None else max(held, offered, key=RANKS.index)
