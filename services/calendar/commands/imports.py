"""Taking events over from a calendar file: by UID and RECURRENCE-ID, so that importing again changes nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.bulk import plan_events
from services.calendar.commands.events import cancel_event, edit_event, plan_event
from services.calendar.domain.importing.decisions import Decision, Known, plan_import
from services.calendar.domain.importing.items import Item
from services.calendar.domain.importing.series import (
    Series,
    fields_of,
    instant_named,
    merged,
    override_of,
    periods_of,
    plan_from,
)
from services.calendar.domain.permissions import may_plan_for
from services.calendar.domain.plans import HORIZON_DAYS, EventPlan, Override
from services.calendar.domain.words import folded
from services.calendar.models import Event, ImportedFile, ImportedItem, Organisation, Venue
from services.calendar.problems import EventBlocked
from shared.messages import Reason
from shared.people import Person, must
from shared.problems import NotFound, Problem

ITEMS_A_UNIT = 200
"""So many items are written in one transaction, so that an import never keeps others waiting."""
IMPORT_REFUSED = "import_refused"
NOTHING_TO_CANCEL = "nothing_to_cancel"
Result = Literal["imported", "updated", "unchanged", "repaired", "refused"]


@dataclass(frozen=True)
class Outcome:
    """What became of one item of a file, and why."""

    uid: str
    line: int
    result: Result
    notes: tuple[Reason, ...] = ()
    file: str = ""
    """Its name in the archive, where it came in one."""


@dataclass(frozen=True)
class Imported:
    """What became of a file; `known` items were not looked at one by one, for the very same file was here before."""

    outcomes: Sequence[Outcome]
    known: int = 0


def import_series(
    session: Session,
    *,
    by: Person,
    organisation_id: str,
    series: Sequence[Series],
    horizon_days: int = HORIZON_DAYS,
    source: str = "",
) -> list[Outcome]:
    """Take over what is new or newer; the organisation hosts what is planned. One refused item costs itself alone.

    `source` is where the items come from: the organisation's own files when absent.
    Raises `NotAllowed` unless `by` speaks for the organisation, `NotFound` where it is unknown.
    """
    must(may_plan_for(by, organisation_id))
    # Two imports of one organisation wait for each other here, so that neither plans what the other just did.
    host = session.get(Organisation, organisation_id, with_for_update=True)
    if host is None:
        raise NotFound
    taking = _Taking(session, by, host, horizon_days, series, source or source_of_files(organisation_id))
    return taking.take_all(series)


def source_of_files(organisation_id: str) -> str:
    """Name the source of what an organisation's own files say."""
    return f"import:{organisation_id}"


def remember_file(session: Session, source: str, content_hash: str, items: int) -> None:
    """Keep that a file was taken over whole, and is the last one of its source."""
    session.merge(ImportedFile(source=source, content_hash=content_hash, items=items))


def refused_outcome(item: Item) -> Outcome:
    """Say of an item that could not be read that it was refused."""
    return Outcome(item.uid, item.line, "refused", item.notes)


class _Taking:
    """One unit of an import: what is known of its series, read once."""

    def __init__(
        self, session: Session, by: Person, host: Organisation, horizon_days: int, series: Sequence[Series], source: str
    ) -> None:
        self.session, self.by, self.host, self.horizon_days = session, by, host, horizon_days
        self.source = source
        self.venue_rows = {venue.id: venue for venue in queries.venues(session)}
        self.venues = _venue_ids(self.venue_rows.values())
        uids = [one.uid for one in series]
        statement = select(ImportedItem).where(ImportedItem.source == self.source, ImportedItem.uid.in_(uids))
        self.rows = {(row.uid, row.recurrence_id or None): row for row in session.scalars(statement)}
        alone = [_alone(uid, recurrence_id) for uid, recurrence_id in self.rows if recurrence_id]
        # Locked in the order of their ids and before any venue, as an edit does.
        self.events = {
            one.uid: one for one in queries.events_of_source(session, self.source, [*uids, *alone], lock=True)
        }

    def take_all(self, series: Sequence[Series]) -> list[Outcome]:
        """Take over what nobody has heard of yet at once, as far as nothing can block it; the rest one by one."""
        known = {uid for uid, _ in self.rows} | self.events.keys()
        fresh = [one for one in series if one.uid not in known and _is_whole(one)]
        planned = plan_events(
            self.session,
            by=self.by,
            plans=[self._new_plan(one) for one in fresh],
            venues=self.venue_rows,
            horizon_days=self.horizon_days,
        )
        written = {one.uid: event for one, event in zip(fresh, planned, strict=True) if event is not None}
        return [
            outcome
            for one in series
            for outcome in (self._new(one, written[one.uid]) if one.uid in written else self.take(one))
        ]

    def _new_plan(self, series: Series) -> EventPlan:
        first, *parts = series.items
        assert first.event is not None  # noqa: S101  see `_is_whole`
        overrides = [override_of(one, one.event, first.event.title) for one in parts if one.event is not None]
        fields = fields_of(first, first.event, self.venues)
        fields["overrides"] = merged((), [*periods_of(first.event), *filter(None, overrides)])
        return plan_from(fields, uid=series.uid, source=self.source, host_id=self.host.id)

    def _new(self, series: Series, event: Event) -> list[Outcome]:
        self.events[series.uid] = event
        return [self._remembered(Decision(item, "imported"), event.id) for item in series.items]

    def take(self, series: Series) -> list[Outcome]:
        """Take over one series: the event first, then the occurrences that differ."""
        rows = [(item.key, self.rows[item.key]) for item in series.items if item.key in self.rows]
        known = {key: Known(row.sequence, row.changed_at, row.content_hash) for key, row in rows}
        decisions = plan_import(series.items, known)
        fresh = [one for one in decisions if one.action != "unchanged"]
        outcomes = [Outcome(one.item.uid, one.item.line, "unchanged") for one in decisions if one not in fresh]
        whole = next((one for one in fresh if one.item.recurrence_id is None), None)
        parts = [one for one in fresh if one.item.recurrence_id is not None]
        if whole is not None and whole.item.cancelled:
            outcomes.append(self._cancel(whole))
            if series.uid in self.events:
                return outcomes + [Outcome(one.item.uid, one.item.line, "unchanged") for one in parts]
            whole = None
        if whole is not None or (parts and series.uid in self.events):
            return outcomes + self._write(series.uid, whole, parts)
        return outcomes + [self._alone(one) for one in parts]

    def _cancel(self, whole: Decision) -> Outcome:
        """Cancel the whole event; what was never here is not put on the calendar to be cancelled."""
        event = self.events.get(whole.item.uid)
        if event is None:
            reason = Reason(code=NOTHING_TO_CANCEL)
            return Outcome(whole.item.uid, whole.item.line, "unchanged", (reason,))
        return self._done(whole, event.id, lambda: cancel_event(self.session, by=self.by, event_id=event.id))

    def _write(self, uid: str, whole: Decision | None, parts: Sequence[Decision]) -> list[Outcome]:
        """Plan or edit the event with its overrides, as one change."""
        event = self.events.get(uid)
        title = whole.item.event.title if whole and whole.item.event else event.title if event else ""
        overrides = [
            override
            for one in parts
            if one.item.event and (override := override_of(one.item, one.item.event, title)) is not None
        ]
        orphans = self._orphans(uid)
        overrides += [_as_override(orphan, row) for orphan, row in orphans if row.recurrence_id not in _ids(parts)]
        try:
            written = self._plan(uid, whole.item, overrides) if whole else self._edit_overrides(uid, overrides)
            for orphan, row in orphans:
                cancel_event(self.session, by=self.by, event_id=orphan.id)
                row.event_id = written.id
                del self.events[orphan.uid]
        except Problem as problem:
            return [self._refused(one, problem) for one in (whole, *parts) if one is not None]
        self.events[uid] = written
        return [self._remembered(one, written.id) for one in (whole, *parts) if one is not None]

    def _plan(self, uid: str, item: Item, overrides: Sequence[Override]) -> Event:
        assert item.event is not None  # noqa: S101  only a cancelled item has none, and that went another way
        fields = fields_of(item, item.event, self.venues)
        event = self.events.get(uid)
        before = queries.plan_of(event).overrides if event else ()
        fields["overrides"] = merged(before, [*periods_of(item.event), *overrides])
        if event is None:
            plan = plan_from(fields, uid=uid, source=self.source, host_id=self.host.id)
            return plan_event(self.session, by=self.by, plan=plan, horizon_days=self.horizon_days)
        return edit_event(self.session, by=self.by, event_id=event.id, changes=fields, horizon_days=self.horizon_days)

    def _edit_overrides(self, uid: str, overrides: Sequence[Override]) -> Event:
        event = self.events[uid]
        changes = {"overrides": merged(queries.plan_of(event).overrides, overrides)}
        return edit_event(self.session, by=self.by, event_id=event.id, changes=changes, horizon_days=self.horizon_days)

    def _alone(self, one: Decision) -> Outcome:
        """Take over an occurrence whose series is not here as an event of its own."""
        item = one.item
        uid = _alone(item.uid, item.recurrence_id)
        event = self.events.get(uid)
        if item.cancelled or item.event is None:
            if event is None:
                return Outcome(item.uid, item.line, "unchanged", (Reason(code=NOTHING_TO_CANCEL),))
            return self._done(one, event.id, lambda: cancel_event(self.session, by=self.by, event_id=event.id))
        try:
            self.events[uid] = written = self._plan(uid, item, ())
        except Problem as problem:
            return self._refused(one, problem)
        return self._remembered(one, written.id)

    def _orphans(self, uid: str) -> list[tuple[Event, ImportedItem]]:
        """List the occurrences of a series that came before it, each as an event of its own."""
        rows = [row for (its, recurrence_id), row in self.rows.items() if its == uid and recurrence_id]
        found = [(self.events.get(_alone(uid, row.recurrence_id)), row) for row in rows]
        return [(event, row) for event, row in found if event is not None and event.id == row.event_id]

    def _done(self, one: Decision, event_id: str, change: Callable[[], object]) -> Outcome:
        try:
            change()
        except Problem as problem:
            return self._refused(one, problem)
        return self._remembered(one, event_id)

    def _remembered(self, one: Decision, event_id: str) -> Outcome:
        """Keep what was taken over, and say what became of the item."""
        item = one.item
        row = self.rows.get(item.key)
        if row is None:
            row = ImportedItem(source=self.source, uid=item.uid, recurrence_id=item.recurrence_id or "")
            self.rows[item.key] = row
        row.event_id, row.sequence = event_id, item.sequence
        row.changed_at, row.content_hash = item.changed_at, item.content_hash
        self.session.add(row)
        result: Result = "repaired" if item.notes else "imported" if one.action == "imported" else "updated"
        return Outcome(item.uid, item.line, result, item.notes)

    def _refused(self, one: Decision, problem: Problem) -> Outcome:
        return Outcome(one.item.uid, one.item.line, "refused", (_reason_of(problem),))


def _is_whole(series: Series) -> bool:
    """Say whether the items of a series are an event that takes place, and dates of it."""
    first = series.items[0]
    return first.recurrence_id is None and first.event is not None and not first.cancelled


def _venue_ids(venues: Iterable[Venue]) -> Mapping[str, str]:
    """Give venues by their folded names; of two with one name neither is meant."""
    found: dict[str, list[str]] = {}
    for venue in venues:
        found.setdefault(folded(venue.name), []).append(venue.id)
    return {name: ids[0] for name, ids in found.items() if len(ids) == 1}


def _alone(uid: str, recurrence_id: str | None) -> str:
    return f"{uid}#{recurrence_id}"


def _ids(decisions: Sequence[Decision]) -> set[str | None]:
    return {one.item.recurrence_id for one in decisions}


def _as_override(orphan: Event, row: ImportedItem) -> Override:
    at = instant_named(row.recurrence_id, orphan.zone)
    return Override(at, orphan.starts_at, orphan.ends_at, orphan.title)


def _reason_of(problem: Problem) -> Reason:
    """Give the reason of a refusal: the first conflict that blocks, or the problem's own words (gettext sources)."""
    if isinstance(problem, EventBlocked) and problem.extra.get("conflicts"):
        first = problem.extra["conflicts"][0]
        return Reason(code=first["reason_code"], values=first["reason_values"])
    return Reason(code=IMPORT_REFUSED, values={"detail": problem.detail or problem.title, "values": problem.values})
