"""What the calendar forgets when its time is over (`shared/kept.py`)."""

from services.calendar.models import History
from shared.retention import Rule, history_rule


def retention_rules() -> list[Rule]:
    """List what is forgotten here."""
    return [history_rule(History)]
