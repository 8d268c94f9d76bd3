"""What notifications alone count for Prometheus: what is on its way to people, what did not arrive, and the backup."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.notifications.models import Delivery, InvitationLetter, PushDelivery, WebhookDelivery
from shared import clock
from shared.numbers import Labels, Number

CHANNELS: dict[str, Any] = {
    "mail": Delivery,
    "invitation": InvitationLetter,
    "webhook": WebhookDelivery,
    "push": PushDelivery,
}
LARGEST_REPORT = 64_000


def numbers(session: Session, reports: Path) -> Iterator[Number]:
    """Count what is due and what was given up by each channel, and tell of the last backup from the `reports`."""
    given_up: list[tuple[Labels, float]] = []
    due: list[tuple[Labels, float]] = []
    overdue: list[tuple[Labels, float]] = []
    now = clock.now()
    for channel, of in CHANNELS.items():
        states = select(of.state, func.count().label("number"), func.min(of.due_at).label("oldest"))
        found = {
            row.state: row
            for row in session.execute(states.where(of.state.in_(["due", "given_up"])).group_by(of.state))
        }
        label = {"channel": channel}
        given_up.append((label, found["given_up"].number if "given_up" in found else 0))
        due.append((label, found["due"].number if "due" in found else 0))
        late = (now - found["due"].oldest).total_seconds() if "due" in found else 0
        overdue.append((label, max(0.0, late)))
    yield Number("osiedle_deliveries_given_up", "gauge", "Messages that reached nobody, and are kept.", given_up)
    yield Number("osiedle_deliveries_due", "gauge", "Messages to people that wait, some until morning.", due)
    yield Number("osiedle_deliveries_overdue_seconds", "gauge", "Since when the oldest should have left.", overdue)
    yield from _of_the_backup(reports / "backup.json")


def _of_the_backup(file: Path) -> Iterator[Number]:
    """Tell when the last backup was made and verified; nothing where no backup ever reported."""
    try:
        with file.open("rb") as opened:
            said = json.loads(opened.read(LARGEST_REPORT))
        at = {name: _instant(said.get(name)) for name in ("finished_at", "verified_at")}
        failed = bool(said.get("problem"))
    except (OSError, ValueError, AttributeError, TypeError):
        return
    yield Number("osiedle_backup_failed", "gauge", "Whether the last backup had a problem.", int(failed))
    if at["finished_at"] and not failed:
        name = "osiedle_backup_last_success_timestamp_seconds"
        yield Number(name, "gauge", "When the last backup was made.", at["finished_at"])
    if at["verified_at"]:
        name = "osiedle_backup_last_verified_timestamp_seconds"
        yield Number(name, "gauge", "When a backup was last restored to see whether it can be.", at["verified_at"])


def _instant(text: str | None) -> float | None:
    return datetime.fromisoformat(text).timestamp() if text else None
