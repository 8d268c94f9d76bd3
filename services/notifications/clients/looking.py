"""Looks at the whole installation; also while our own database or the bus is away, and in a bounded time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from services.notifications.clients.reports import last_backup
from services.notifications.domain.health import Installation, services_of
from shared import clock

log = logging.getLogger(__name__)

COUNT_SECONDS = 2.0


async def installation(
    bus: Mapping[str, Any], reports: Path, count_failed: Callable[[], Awaitable[Mapping[str, int]]] | None = None
) -> Installation:
    """Put together what is known: `bus` is the state of our own, `reports` the folder of reports.

    `count_failed` counts by channel what was given up lately, where whoever asks may know it; it may hang or fail.
    """
    now = clock.now()
    failed, counted = None, True
    if count_failed is not None:
        try:
            async with asyncio.timeout(COUNT_SECONDS):
                failed = await count_failed()
        except Exception as error:
            log.info("what was given up cannot be counted: %r", error)
            counted = False
    return Installation(
        looked_at=now,
        connected=bool(bus.get("connected")),
        server=str(bus.get("server") or ""),
        services=services_of(bus, now),
        backup=await asyncio.to_thread(last_backup, reports),
        failed=failed,
        counted=counted,
    )
