"""Retention: how long each class of data is kept, and what removes it when its time is over."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Select, Table, delete, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared import clock
from shared.database import Database
from shared.kept import days_of
from shared.settings import ServiceSettings

log = logging.getLogger(__name__)

AT_ONCE = 200
"""So many rows go in one transaction, so that nobody waits long behind it."""

Over = Callable[[datetime], Select[Any]]
"""Says which rows are over: gives the query of their ids, for the instant before which their end must lie."""
Remove = Callable[[Session, Sequence[Any]], object]
"""Removes or blanks the rows with these ids."""


@dataclass(frozen=True)
class Outcome:
    """What became of one class: how many rows or files went, or would go; `ids` where the operator must see whom.

    `days` is how long the class is kept: None for ever, 0 not at all.
    """

    name: str
    days: int | None
    count: int
    ids: tuple[str, ...] = ()


class Rule(Protocol):
    """How one class of data is forgotten."""

    @property
    def name(self) -> str:
        """Name the class, one of `shared.kept.CLASSES`."""

    async def count(self, database: Database, before: datetime) -> tuple[int, tuple[str, ...]]:
        """Count what would go, and change nothing; with ids where each of them matters."""

    async def remove(self, database: Database, before: datetime) -> int:
        """Remove what ended before an instant; gives how much went."""


@dataclass(frozen=True)
class Rows:
    """Rows of a table that go, or are blanked, a few hundred in one transaction."""

    name: str
    over: Over
    gone: Remove
    listed: bool = False
    """Whether the operator is shown the ids, because each of them is somebody."""
    at_once: int = AT_ONCE

    async def count(self, database: Database, before: datetime) -> tuple[int, tuple[str, ...]]:
        """Count the rows that are over."""
        return await database.read(self._count, before)

    async def remove(self, database: Database, before: datetime) -> int:
        """Remove the rows that are over, one unit after the other."""
        total = 0
        while (await database.read(self._count, before))[0]:
            went = await database.write(self._remove, before)
            total += went
            if not went:
                break
        return total

    def _count(self, session: Session, before: datetime) -> tuple[int, tuple[str, ...]]:
        query = self.over(before)
        count = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        return count, tuple(map(str, session.scalars(query).all())) if self.listed and count else ()

    def _remove(self, session: Session, before: datetime) -> int:
        ids = session.scalars(self.over(before).limit(self.at_once)).all()
        if ids:
            self.gone(session, ids)
        return len(ids)


@dataclass(frozen=True)
class Files:
    """Files of a folder that are deleted by their age."""

    name: str
    folder: Path
    pattern: str

    async def count(self, database: Database, before: datetime) -> tuple[int, tuple[str, ...]]:
        """Count the files that are over."""
        return len(await asyncio.to_thread(self._old, before)), ()

    async def remove(self, database: Database, before: datetime) -> int:
        """Delete the files that are over."""
        return await asyncio.to_thread(self._delete, before)

    def _old(self, before: datetime) -> list[Path]:
        last = before.timestamp()
        return [file for file in sorted(self.folder.glob(self.pattern)) if file.stat().st_mtime < last]

    def _delete(self, before: datetime) -> int:
        old = self._old(before)
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)


def deleting(key: InstrumentedAttribute[Any]) -> Remove:
    """Give what deletes the rows whose `key`, the one column of the primary key, is among the ids."""

    def remove(session: Session, ids: Sequence[Any]) -> None:
        session.execute(delete(key.class_).where(key.in_(ids)).execution_options(synchronize_session=False))

    return remove


def history_rule(history: type[Any]) -> Rows:
    """Forget old rows of a service's history; `history` is its class with `HistoryMixin`."""
    return Rows(
        "history", lambda before: select(history.position).where(history.at < before), deleting(history.position)
    )


def known_keys_rule(table: Table) -> Rows:
    """Forget the copies of programs' keys that ended; every service has them."""

    def over(before: datetime) -> Select[Any]:
        return select(table.c.id).where(or_(table.c.expires_at < before, table.c.revoked_at < before))

    def remove(session: Session, ids: Sequence[Any]) -> None:
        session.execute(delete(table).where(table.c.id.in_(ids)))

    return Rows("api_keys", over, remove)


def mails_rule(settings: ServiceSettings) -> Files:
    """Delete old mails that were kept as files because there is no mail server."""
    return Files("mails", settings.data / "mail", "*.eml")


async def forget(
    database: Database, rules: Iterable[Rule], days: Mapping[str, int], *, now: datetime, dry_run: bool = False
) -> list[Outcome]:
    """Forget what is over by each rule, or only count it; rules of one class are told as one.

    `days` is what the operator set for each class (`ServiceSettings.keep`).
    """
    outcomes: dict[str, Outcome] = {}
    for rule in rules:
        kept = days_of(rule.name, days)
        found = await _apply(database, rule, kept, now, dry_run)
        before = outcomes.get(rule.name, Outcome(rule.name, kept, 0))
        outcomes[rule.name] = Outcome(rule.name, kept, before.count + found.count, before.ids + found.ids)
    return list(outcomes.values())


async def _apply(database: Database, rule: Rule, kept: int | None, now: datetime, dry_run: bool) -> Outcome:
    if kept is None:
        return Outcome(rule.name, kept, 0)
    before = now - timedelta(days=kept)
    if dry_run:
        count, ids = await rule.count(database, before)
        return Outcome(rule.name, kept, count, ids)
    return Outcome(rule.name, kept, await rule.remove(database, before))


async def forget_by_the_clock(database: Database, rules: Sequence[Rule], settings: ServiceSettings) -> list[Outcome]:
    """Forget what is over now, and log how much of each class; never whose."""
    outcomes = await forget(database, rules, settings.keep, now=clock.now())
    for outcome in outcomes:
        if outcome.count:
            kept = f"after {outcome.days} days" if outcome.days else "at once"
            log.info("%s forgot %d of %s, %s", database.service, outcome.count, outcome.name, kept)
    return outcomes
