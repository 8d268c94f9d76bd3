"""Looks at what the operator says of accessibility and personal data, and logs what they should see to."""

import logging
from zoneinfo import ZoneInfo

from services.registry import queries
from services.registry.settings import Settings
from shared import clock

log = logging.getLogger(__name__)


async def look_at_statements(settings: Settings) -> None:
    """Log a file that cannot be used, and a review that was forgotten; each is one sentence."""
    said = queries.statements(settings.statements_file)
    if said.fault:
        log.warning("The file %s cannot be used as it is. %s", settings.statements_file, said.fault)
    due_on = said.accessibility.review_due_on
    if said.accessibility.is_overdue(clock.now().astimezone(ZoneInfo(settings.zone)).date()):
        log.warning("The accessibility statement has had to be reviewed since %s.", due_on)
