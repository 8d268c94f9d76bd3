"""What is known already of the rows of a table of venues, resources or needs: whose they are, and where they lie."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.domain.cells import Note
from services.registry.domain.duplicates import WEIGHTS, Likeness
from services.registry.domain.owned_rows import OwnedRow, OwnedTable
from services.registry.domain.tables import OWNED, OwnedKind, Row
from services.registry.domain.words import folded
from services.registry.models import Need, OwnedKey, Resource, Venue
from services.registry.queries.duplicates import Candidate
from services.registry.queries.looking_up import LookedUp, parts, with_known_themes
from services.registry.queries.owners import Owners
from shared.identifiers import is_id
from shared.messages.base import Reason

MODELS: Mapping[OwnedKind, Any] = {"venues": Venue, "resources": Resource, "needs": Need}
SAME_NAME = Likeness(WEIGHTS["same_name"], (Reason(code="same_name"),))


@dataclass(frozen=True)
class Thing:
    """Something that is here: whose it is, its name, and what its row said when it was brought in before."""

    id: str
    organisation_id: str
    name: str
    import_hash: str | None = None


def looked_up_owned(session: Session, *, kind: OwnedKind, rows: Sequence[Row]) -> list[LookedUp]:
    """Look every row up; what has the name of something of the same organisation may be that, or an earlier line."""
    mine = with_known_themes(session, [row for row in rows if isinstance(row, OwnedRow)])
    known, owners = things_by_key(session, kind, [row.key for row in mine if row.plan is not None]), Owners(session)
    owned = [_of_somebody(row, known.get(row.key), owners) for row in mine]
    placed = _placed(session, kind, owned) if OWNED[kind].inside else [(row, None) for row in owned]
    new = [row for row, _ in placed if row.plan is not None and row.key not in known]
    alike = _alike(_things_of(session, kind, {_owner(row) for row in new}), new)
    found = [_looked_up(row, known.get(row.key), alike.get(row.line, ()), outer) for row, outer in placed]
    return _outer_first(found)


def things_by_key(session: Session, kind: OwnedKind, keys: Sequence[str]) -> dict[str, Thing]:
    """Find what is here by the keys of tables, or by its own id; by key."""
    ids: dict[str, tuple[str, str | None]] = {key: (key, None) for key in keys if is_id(key)}
    for part in parts(sorted(set(keys))):
        wanted = select(OwnedKey).where(OwnedKey.kind == kind, OwnedKey.key.in_(part))
        ids |= {row.key: (row.thing_id, row.import_hash) for row in session.scalars(wanted)}
    things: dict[str, Thing] = {}
    for part in parts(sorted({thing_id for thing_id, _ in ids.values()})):
        things |= {one.id: one for one in _read(session, kind, MODELS[kind].id.in_(part))}
    return {key: replace(things[one], import_hash=said) for key, (one, said) in ids.items() if one in things}


def _read(session: Session, kind: OwnedKind, condition: Any) -> list[Thing]:
    model = MODELS[kind]
    name = model.title if model is Need else model.name
    return [Thing(*row) for row in session.execute(select(model.id, model.organisation_id, name).where(condition))]


def _of_somebody(row: OwnedRow, thing: Thing | None, owners: Owners) -> OwnedRow:
    """Say whose a row is, or why it cannot be taken."""
    if row.plan is None:
        return row
    owner = owners.find(row.owners)
    if isinstance(owner, Note):
        return _refused(row, owner)
    if thing is not None and owner not in (None, thing.organisation_id):
        text = "This belongs to another organisation here; a table does not move it"
        return _refused(row, Note(text, column="organisation", value=row.owners[0][:100]))
    if thing is None and row.is_over:
        return _refused(row, Note("This need is over; only those that stand are brought in", column="status"))
    if thing is None and row.missing is not None:
        return _refused(row, row.missing)
    if thing is not None:
        owner = thing.organisation_id
    if owner is None:
        return _refused(row, Note("Say whose it is: name the organisation", column="organisation"))
    return replace(row, plan=replace(row.plan, organisation_id=owner))


def _placed(session: Session, kind: OwnedKind, rows: Sequence[OwnedRow]) -> list[tuple[OwnedRow, int | None]]:
    """Say of each row in which venue it lies: one that is here, or (its line) one of the same file."""
    asked = [row for row in rows if row.plan is not None and row.inside]
    if not asked:
        return [(row, None) for row in rows]
    here = things_by_key(session, "venues", [row.inside for row in asked])
    names: dict[str, list[Thing]] = defaultdict(list)
    for thing in _read(session, "venues", Venue.id.is_not(None)):
        names[folded(thing.name)].append(thing)
    lines: dict[tuple[str, str], int] = {}
    for row in rows if kind == "venues" else ():
        if row.plan is not None:
            lines.setdefault(("", row.key), row.line)
            lines.setdefault((_owner(row), folded(row.name)), row.line)
    return [_with_place(row, OWNED[kind], here, names, lines) for row in rows]


def _with_place(
    row: OwnedRow,
    table: OwnedTable,
    here: Mapping[str, Thing],
    names: Mapping[str, Sequence[Thing]],
    lines: Mapping[tuple[str, str], int],
) -> tuple[OwnedRow, int | None]:
    if row.plan is None or not row.inside:
        return row, None
    line = lines.get(("", row.inside)) or lines.get((_owner(row), folded(row.inside)))
    alike = names.get(folded(row.inside), ())
    fitting = [one for one in alike if one.organisation_id == _owner(row)] or alike
    if row.inside in here:
        return _lying(row, table, here[row.inside].id), None
    if len(fitting) == 1:
        return _lying(row, table, fitting[0].id), None
    if line is not None and not fitting:
        return row, line
    text = "There is no venue with the key or name “{name}”; it was left out"
    if fitting:
        text = "More than one venue is called “{name}”; write its key or id. It was left out"
    note = Note(text, {"name": row.inside[:100]}, column=table.inside, value=row.inside[:100])
    return replace(row, repairs=(*row.repairs, note), fields=row.fields - {table.reference}), None


def _lying(row: OwnedRow, table: OwnedTable, venue_id: str) -> OwnedRow:
    changes: dict[str, Any] = {table.reference: venue_id}
    return row if row.plan is None else replace(row, plan=replace(row.plan, **changes))


def _things_of(session: Session, kind: OwnedKind, owners: set[str]) -> list[Thing]:
    found: list[Thing] = []
    for part in parts(sorted(owners)):
        found += _read(session, kind, MODELS[kind].organisation_id.in_(part))
    return found


def _alike(here: Sequence[Thing], new: Sequence[OwnedRow]) -> dict[int, tuple[Candidate, ...]]:
    """Find for each new row what has its name and its organisation: here, and in earlier lines."""
    met: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for thing in here:
        candidate = Candidate(thing.name, SAME_NAME, owned_id=thing.id)
        met[thing.organisation_id, folded(thing.name)].append(candidate)
    found: dict[int, tuple[Candidate, ...]] = {}
    for row in new:
        same = met[_owner(row), folded(row.name)]
        found[row.line] = tuple(same[:5])
        same.append(Candidate(row.name, SAME_NAME, line=row.line))
    return found


def _looked_up(row: OwnedRow, thing: Thing | None, alike: tuple[Candidate, ...], outer_line: int | None) -> LookedUp:
    if row.plan is None:
        return LookedUp(row)
    if thing is None:
        return LookedUp(row, None, alike, outer_line=outer_line)
    return LookedUp(row, thing.id, (), thing.import_hash == row.content_hash, outer_line)


def _outer_first(found: Sequence[LookedUp]) -> list[LookedUp]:
    """Put venues before those that lie in them; whoever would lie inside itself is refused."""
    outer = {one.row.line: one.outer_line for one in found if one.outer_line is not None}
    depths = {one.row.line: _depth(one.row.line, outer) for one in found}
    circle = Note("A venue cannot lie inside itself", column="inside")
    kept = [
        one if depths[one.row.line] <= len(outer) or not isinstance(one.row, OwnedRow)
        else LookedUp(_refused(one.row, circle))
        for one in found
    ]  # fmt: skip
    return sorted(kept, key=lambda one: (depths[one.row.line], one.row.line))


def _depth(line: int, outer: Mapping[int, int]) -> int:
    """Count the lines in which a line lies; more than there are where they go in a circle."""
    depth, at = 0, outer.get(line)
    while at is not None and depth <= len(outer):
        depth, at = depth + 1, outer.get(at)
    return depth


def _owner(row: OwnedRow) -> str:
    return row.plan.organisation_id if row.plan is not None else ""


def _refused(row: OwnedRow, note: Note) -> OwnedRow:
    return replace(row, plan=None, refusal=note)
