"""Changing dates of a series: this one, this one and those that follow, or all."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.asking import approvals_of
from services.calendar.commands.events import cancel_event, put_on_calendar, save_plan
from services.calendar.commands.held import Renaming, rename_dates
from services.calendar.commands.joining import follow_on
from services.calendar.commands.refusing import (
    clear_rules,
    locked_event,
    refuse_faults,
    refuse_more_than_cancel,
    refuse_new_hosts,
)
from services.calendar.domain.held import ALL, name_of, renaming
from services.calendar.domain.plans import HORIZON_DAYS, EventPlan, Override
from services.calendar.domain.series import (
    Date,
    Scope,
    alone,
    date_at,
    is_series,
    moved,
    split,
    times_of,
    with_override,
    without,
)
from services.calendar.models import Event
from services.calendar.problems import EventOver
from shared.identifiers import new_id
from shared.people import Person
from shared.problems import InvalidInput, NotFound

OF_ONE_DATE = frozenset({"starts_at", "ends_at", "title", "status"})
"""What one date of a series may have of its own; with anything else of its own it becomes an event of its own."""


def edit_occurrence(
    session: Session,
    *,
    by: Person,
    event_id: str,
    recurrence_at: datetime,
    scope: Scope,
    changes: Mapping[str, Any],
    version: int | None = None,
    because: str = "",
    horizon_days: int = HORIZON_DAYS,
) -> Event:
    """Change one date of an event, or with `scope` those that follow or all; gives the event that has the date now.

    Times in `changes` are that date's. Its status `cancelled` cancels what `scope` says; any other takes that back.
    Raises `NotFound` where the event has no such date, `NotAllowed`, `ChangedMeanwhile`, `EventOver`, `InvalidInput`,
    `EventBlocked`: then nothing of it is done.
    """
    event = locked_event(session, event_id, by, version)
    before = queries.plan_of(event)
    date = date_at(before, recurrence_at)
    if date is None:
        raise NotFound
    if event.status == "cancelled":
        raise EventOver
    change = _Change(session, by, event, before, because, horizon_days)
    with clear_rules():
        if scope == "this" and is_series(before):
            return change.this(recurrence_at, date, changes)
        if scope == "following":
            return change.following(recurrence_at, date, changes)
        return change.all(date, changes)


class _Change:
    """One change of a series that is locked."""

    def __init__(
        self, session: Session, by: Person, event: Event, before: EventPlan, because: str, horizon_days: int
    ) -> None:
        self.session, self.by, self.event, self.before = session, by, event, before
        self.because, self.horizon_days = because, horizon_days

    def this(self, recurrence_at: datetime, date: Date, changes: Mapping[str, Any]) -> Event:
        """Let one date differ from its series, or make it an event of its own."""
        if changes.keys() - OF_ONE_DATE:
            name = name_of(recurrence_at, self.before.zone)
            alone_now = alone(self.before, date, changes)
            return self._part(without(self.before, recurrence_at), alone_now, lambda one: ALL if one == name else None)
        starts_at, ends_at = times_of(self.before, date, changes)
        if ends_at <= starts_at:
            raise InvalidInput(("/ends_at", "The end must be after the start"))
        status = changes.get("status", "cancelled" if date.cancelled else self.before.status)
        if status not in ("cancelled", self.before.status):
            raise InvalidInput(("/status", "One date is cancelled, or has the status of its series"))
        override = Override(recurrence_at, starts_at, ends_at, self._title(date, changes), status == "cancelled")
        return self._save(with_override(self.before, override))

    def following(self, recurrence_at: datetime, date: Date, changes: Mapping[str, Any]) -> Event:
        """End the series before this date, and begin another one with it."""
        earlier, later = split(self.before, recurrence_at)
        if earlier is None:
            return self.all(date, changes)
        if changes.get("status") == "cancelled":
            refuse_more_than_cancel(changes)
            return self._save(earlier, may_block=False)
        after = moved(later, date, changes)
        first, goes_on = name_of(recurrence_at, self.before.zone), renaming(later, after)
        return self._part(earlier, after, lambda one: goes_on(one) if one >= first else None)

    def all(self, date: Date, changes: Mapping[str, Any]) -> Event:
        """Change the whole event by what changes of one of its dates."""
        if changes.get("status") == "cancelled":
            refuse_more_than_cancel(changes)
            return cancel_event(self.session, by=self.by, event_id=self.event.id, because=self.because)
        return self._save(moved(self.before, date, changes))

    def _title(self, date: Date, changes: Mapping[str, Any]) -> str | None:
        title = changes.get("title", date.title)
        return None if title == self.before.title else title

    def _save(self, plan: EventPlan, *, may_block: bool = True, followed_by: str | None = None) -> Event:
        return save_plan(
            self.session,
            self.event,
            self.before,
            plan,
            by=self.by,
            because=self.because,
            horizon_days=self.horizon_days,
            may_block=may_block,
            more={"followed_by": [None, followed_by]} if followed_by else None,
        )

    def _part(self, earlier: EventPlan, later: EventPlan, names: Renaming) -> Event:
        """Leave the series what is earlier, and begin what was split off; whoever may change the one may the other.

        What is written of its dates goes along as `names` says.
        """
        refuse_new_hosts(self.by, self.before, later)
        refuse_faults(self.session, later, None, self.before)
        approvals = approvals_of(self.session, later, before=self.before, event_id=self.event.id, is_part=True)
        event_id = new_id()
        self._save(earlier, may_block=False, followed_by=event_id)
        part = put_on_calendar(
            self.session,
            by=self.by,
            plan=later,
            horizon_days=self.horizon_days,
            event_id=event_id,
            follows_id=self.event.id,
            because=self.because,
            approvals=approvals,
            before=self.before,
        )
        follow_on(self.session, self.event, part, by=self.by)
        if part.kind == "meeting":
            rename_dates(self.session, self.event.id, names, part.id)
        return part
