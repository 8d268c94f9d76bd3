"""Tidying: rows of outbox and inbox that are older than thirty days go, a few hundred at a time."""

import asyncio
import logging
from datetime import datetime, timedelta

from sqlalchemy import MetaData, delete, func, select
from sqlalchemy.orm import Session

from shared import clock
from shared.database import Database
from shared.streams import STATES

log = logging.getLogger(__name__)

KEPT = timedelta(days=30)
EVERY = 3600.0
AT_ONCE = 500


async def tidy_forever(database: Database, metadata: MetaData) -> None:
    """Tidy each hour until cancelled."""
    while True:
        try:
            gone = AT_ONCE
            while gone:
                gone = await database.write(tidy, metadata, clock.now() - KEPT)
        except Exception as error:
            log.warning("%s could not be tidied: %s", database.service, error)
        await asyncio.sleep(EVERY)


def tidy(session: Session, metadata: MetaData, before: datetime) -> int:
    """Delete some rows older than `before`; gives how many.

    The last outbox row stays, because SQLite would give its position away again; rows of state stay, because
    their streams are compared subject by subject and not by age.
    """
    outbox, inbox = metadata.tables["outbox"], metadata.tables.get("inbox")
    last = select(func.max(outbox.c.position)).scalar_subquery()
    old = (
        select(outbox.c.position)
        .where(outbox.c.published_at < before, outbox.c.stream.not_in(STATES), outbox.c.position < last)
        .limit(AT_ONCE)
    )
    gone = len(session.execute(delete(outbox).where(outbox.c.position.in_(old)).returning(outbox.c.position)).all())
    if inbox is None:
        return gone
    aged = (
        select(inbox.c.consumer, inbox.c.source, inbox.c.message_id).where(inbox.c.received_at < before).limit(AT_ONCE)
    )
    for row in session.execute(aged).all():
        session.execute(
            delete(inbox).where(
                inbox.c.consumer == row.consumer, inbox.c.source == row.source, inbox.c.message_id == row.message_id
            )
        )
        gone += 1
    return gone
