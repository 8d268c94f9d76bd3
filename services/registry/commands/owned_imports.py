"""Taking venues, resources and needs from a table: found by a stable key, so that importing again changes nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.commands.import_steps import NOT_YET, Written
from services.registry.commands.needs import change_need, state_need
from services.registry.commands.resources import change_resource, register_resource
from services.registry.commands.searching import remember_all_searched
from services.registry.commands.venues import change_venue, register_venue
from services.registry.domain.cells import Note
from services.registry.domain.owned_rows import OwnedRow
from services.registry.domain.plans import Changes
from services.registry.domain.tables import OWNED, OwnedKind
from services.registry.models import Need, OwnedKey, Resource, Venue
from services.registry.queries.looking_up import LookedUp
from services.registry.queries.owned_imports import MODELS
from shared.people import Person
from shared.problems import InvalidInput


@dataclass(frozen=True)
class Commands:
    """How things of one table are made and changed, and under which name the second is told which."""

    make: Callable[..., Venue | Resource | Need]
    change: Callable[..., Any]
    id_name: str


COMMANDS: Mapping[OwnedKind, Commands] = {
    "venues": Commands(register_venue, change_venue, "venue_id"),
    "resources": Commands(register_resource, change_resource, "resource_id"),
    "needs": Commands(state_need, change_need, "need_id"),
}


class OwnedWriter:
    """Makes and changes what organisations have and lack; see `import_steps.Writer`."""

    def __init__(
        self, session: Session, by: Person, kind: OwnedKind, rows: Sequence[LookedUp], *, dry_run: bool
    ) -> None:
        """Read the keys by which these rows know things."""
        self.session, self.by, self.kind, self.dry_run = session, by, kind, dry_run
        self.table, self.commands = OWNED[kind], COMMANDS[kind]
        keys = [one.row.key for one in rows if not one.is_unchanged]
        known = select(OwnedKey).where(OwnedKey.kind == kind, OwnedKey.key.in_(keys))
        self.keys = {row.key: row for row in session.scalars(known)}
        self.things: dict[str, Any] = {}

    def load(self, ids: Sequence[str]) -> None:
        """Read things, under lock where they are about to change."""
        if ids:
            model = MODELS[self.kind]
            wanted = select(model).where(model.id.in_(ids)).order_by(model.id)
            found = self.session.scalars(wanted if self.dry_run else wanted.with_for_update())
            self.things |= {row.id: row for row in found}

    def register(self, found: LookedUp, taken: Mapping[int, str]) -> Written:
        """Make the thing of a row; a refusal of its command is one of the row alone."""
        row, notes = self._placed(found, taken)
        if self.dry_run:
            return Written(NOT_YET, "imported", notes)
        try:
            thing = self.commands.make(self.session, by=self.by, plan=row.plan, searched=False)
        except InvalidInput as refusal:
            return _refused(refusal)
        self.things[thing.id] = thing
        self._remember_row(row, thing.id)
        return Written(thing.id, "imported", notes)

    def update(self, found: LookedUp, target: str, taken: Mapping[int, str]) -> Written:
        """Set what a row says otherwise than what is kept, and remember what it said."""
        if target not in self.things:  # an earlier line of this file made it
            self.load([target])
        thing = self.things[target]
        row, notes = self._placed(found, taken)
        changes = dict(self.table.differences(row, thing))
        if changes.pop("kind", None) is not None:
            notes = (*notes, Note("The kind stays as it is; a table does not change it", column="kind"))
        if changes and isinstance(thing, Need) and not thing.is_live:
            return Written(target, "refused", (Note("This need is over already; it stays as it is", column="status"),))
        try:
            self._change(thing, changes)
        except InvalidInput as refusal:
            return _refused(refusal)
        if not self.dry_run:
            self._remember_row(row, target)
        return Written(target, "updated" if changes else "unchanged", notes)

    def finish(self, ids: Sequence[str]) -> None:
        """Let what was written be found by its words."""
        if not self.dry_run:
            self.session.flush()
            remember_all_searched(self.session, [self.things[one] for one in ids])

    def _change(self, thing: Any, changes: Changes) -> None:
        """Change a thing, in a savepoint: its command may refuse what it has begun."""
        if self.dry_run or not changes:
            return
        which = {self.commands.id_name: thing.id}
        with self.session.begin_nested():
            self.commands.change(self.session, by=self.by, version=thing.version, changes=changes, **which)

    def _placed(self, found: LookedUp, taken: Mapping[int, str]) -> tuple[OwnedRow, tuple[Note, ...]]:
        """Put a venue into the one that an earlier line became; where that was not taken in, it stands alone."""
        row = found.row
        if not isinstance(row, OwnedRow) or row.plan is None:
            raise TypeError("this is no row of what organisations have or lack")
        if found.outer_line is None:
            return row, ()
        outer_id = taken.get(found.outer_line)
        if outer_id is None:
            text = "The venue in line {line}, in which this one lies, was not taken in; it stands alone"
            fields = row.fields - {self.table.reference}
            return replace(row, fields=fields), (Note(text, {"line": found.outer_line}, "inside", row.inside[:100]),)
        changes: dict[str, Any] = {self.table.reference: outer_id}
        return replace(row, plan=replace(row.plan, **changes)), ()

    def _remember_row(self, row: OwnedRow, thing_id: str) -> None:
        """Remember what a row said, and under which key its table knows the thing."""
        key = self.keys.get(row.key)
        if key is None:
            made = OwnedKey(kind=self.kind, key=row.key, thing_id=thing_id, import_hash=row.content_hash)
            self.session.add(made)
        else:
            key.thing_id, key.import_hash = thing_id, row.content_hash


def _refused(refusal: InvalidInput) -> Written:
    notes = (Note(one["detail"], column=one["pointer"].strip("/")) for one in refusal.extra["errors"])
    return Written(None, "refused", tuple(notes))
