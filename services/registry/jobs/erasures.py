"""Looks at erasures that some service has not confirmed, and logs those that take too long."""

import logging

from services.registry import queries
from shared import clock
from shared.database import Database

log = logging.getLogger(__name__)


async def look_at_erasures(database: Database) -> None:
    """Log each erasure that a service has not confirmed for a day, by an id that names nobody any more."""
    for person_id, service in await database.read(queries.late_erasures, clock.now()):
        log.warning("%s has not confirmed for a day that the person %s is erased; is it running?", service, person_id)
