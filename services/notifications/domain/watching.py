"""How long its own people have to see to something before who looks after the neighbourhood hears of it."""

from datetime import timedelta

from services.notifications.domain.plans import AlertKind

CONFLICT_PATIENCE = timedelta(hours=24)
"""For what blocks an event."""
ANSWER_PATIENCE = timedelta(days=3)
"""For an answer to a proposal; for requests to owners the calendar itself says when it is too late."""


def patience_with(kind: AlertKind) -> timedelta:
    """Say how long to wait."""
    return CONFLICT_PATIENCE if kind == "left_open" else ANSWER_PATIENCE
