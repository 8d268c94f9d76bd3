"""Whether an institution is open at the moment."""

from datetime import datetime, timedelta

from shared import opening


def is_open_now(text: str, local: datetime) -> bool | None:
    """Say whether it is open at this local time; None where that is not known."""
    if not text:
        return None
    moment = local.replace(second=0, microsecond=0, tzinfo=None)
    return opening.is_open(text, moment, moment + timedelta(minutes=1))
