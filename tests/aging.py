"""What tests of retention need: every row of a service before and after it forgot."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import retention
from shared.retention import Outcome
from tests.harness import Running


async def add(service: Running, *rows: Any) -> None:
    """Write rows of a service's own tables, one after the other."""

    def write(session: Session) -> None:
        for row in rows:
            session.add(row)
            session.flush()

    await service.database.write(write)


async def all_rows(service: Running) -> dict[str, Counter[str]]:
    """Read every row of every table, as text."""
    tables = service.database.outbox_table.metadata.sorted_tables

    def read(session: Session) -> dict[str, Counter[str]]:
        return {table.name: Counter(str(tuple(row)) for row in session.execute(select(table))) for table in tables}

    return await service.database.read(read)


def gone_from(before: dict[str, Counter[str]], after: dict[str, Counter[str]]) -> dict[str, int]:
    """Count by table what was there before and is not any more, as it was."""
    lost = {name: (rows - after[name]).total() for name, rows in before.items()}
    return {name: count for name, count in lost.items() if count}


async def forget(
    service: Running, now: datetime, *, dry_run: bool = False, days: Mapping[str, int] | None = None
) -> dict[str, Outcome]:
    """Forget what is over at this instant, with these days of a class instead of the ones that are set."""
    state = service.app.state
    kept = {**state.settings.keep, **(days or {})}
    outcomes = await retention.forget(service.database, state.forgetting, kept, now=now, dry_run=dry_run)
    return {outcome.name: outcome for outcome in outcomes}


def counts(outcomes: dict[str, Outcome]) -> dict[str, int]:
    """Give how much of each class went, where anything did."""
    return {name: outcome.count for name, outcome in outcomes.items() if outcome.count}
