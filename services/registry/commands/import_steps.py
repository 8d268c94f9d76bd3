"""What happens to each row of a table, whatever it is of: it is refused, waits, is made, or changes what is here."""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from services.registry.domain.cells import Note
from services.registry.domain.tables import Row
from services.registry.queries.duplicates import Candidate
from services.registry.queries.looking_up import LookedUp

ROWS_A_UNIT = 200
"""So many rows are written in one transaction, so that an import never keeps others waiting."""

NOT_YET = "not yet"
"""Stands in a dry run for what an earlier line would register."""

Result = Literal["imported", "updated", "unchanged", "repaired", "refused", "candidate", "skipped"]
Choice = Literal["ask", "update", "add", "skip"]
"""What becomes of a row that looks like something under another key."""


@dataclass(frozen=True)
class Choices:
    """What a person decided about rows that look like something that is here: of each line, and of all others."""

    of_all: Choice = "ask"
    by_line: Mapping[int, Choice] = field(default_factory=dict)

    def of(self, line: int) -> Choice:
        """Give the decision about one line."""
        return self.by_line.get(line, self.of_all)


@dataclass(frozen=True)
class ImportedRow:
    """What became of one row (in a dry run: would become), and why."""

    uid: str
    result: Result
    line: int
    notes: tuple[Note, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    thing_id: str | None = None


@dataclass(frozen=True)
class Written:
    """What a row made or changed; a refusal says why it could not."""

    thing_id: str | None
    result: Result
    notes: tuple[Note, ...] = ()


class Writer(Protocol):
    """Makes and changes the things of one table, within one transaction."""

    def load(self, ids: Sequence[str]) -> None:
        """Read what these rows touch at once, in the order in which everybody locks it."""

    def register(self, found: LookedUp, taken: Mapping[int, str]) -> Written:
        """Make the thing of a row; in a dry run say that it would be made."""

    def update(self, found: LookedUp, target: str, taken: Mapping[int, str]) -> Written:
        """Set what a row says otherwise than what is kept; in a dry run say whether anything would change."""

    def finish(self, ids: Sequence[str]) -> None:
        """Let what was written be found."""


def take_rows(
    writer: Writer, rows: Sequence[LookedUp], choices: Choices, taken: MutableMapping[int, str]
) -> list[ImportedRow]:
    """Take these rows in; `taken` says what an earlier line of the same file became, and is filled."""
    targets = (_target(one, choices, {}) for one in rows if not one.is_unchanged)
    writer.load([target for target in targets if target])
    done: list[ImportedRow] = []
    for one in rows:
        done.append(_take(writer, one, _target(one, choices, taken), choices.of(one.row.line), taken))
        if done[-1].thing_id:
            taken[one.row.line] = done[-1].thing_id
    writer.finish([one.thing_id for one in done if one.thing_id and one.result in ("imported", "updated", "repaired")])
    return done


def _target(found: LookedUp, choices: Choices, taken: Mapping[int, str]) -> str | None:
    """Name what a row is about: by its key, or the one that a person said it is."""
    if found.found_id or not found.candidates or choices.of(found.row.line) != "update":
        return found.found_id
    first = found.candidates[0]
    return first.found_id or taken.get(first.line or 0)


def _take(writer: Writer, found: LookedUp, target: str | None, choice: Choice, taken: Mapping[int, str]) -> ImportedRow:
    row = found.row
    if row.plan is None:
        return ImportedRow(row.key, "refused", row.line, (row.refusal,) if row.refusal else ())
    if found.is_unchanged:
        return ImportedRow(row.key, "unchanged", row.line, row.repairs, (), target)
    if target is None and found.candidates and choice in ("ask", "skip"):
        result: Result = "candidate" if choice == "ask" else "skipped"
        return ImportedRow(row.key, result, row.line, row.repairs, found.candidates)
    if target is None:
        written = writer.register(found, taken)
    elif target == NOT_YET:
        written = Written(NOT_YET, "updated")
    else:
        written = writer.update(found, target, taken)
    if written.result == "refused":
        return ImportedRow(row.key, "refused", row.line, written.notes)
    return _imported(row, written, found.candidates)


def _imported(row: Row, written: Written, candidates: tuple[Candidate, ...]) -> ImportedRow:
    notes = (*row.repairs, *written.notes)
    result = "repaired" if notes and written.result != "unchanged" else written.result
    return ImportedRow(row.key, result, row.line, notes, candidates, written.thing_id)
