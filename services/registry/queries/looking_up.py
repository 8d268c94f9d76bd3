"""What is known of a row of a table before it is written, whatever the table is of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from services.registry.domain.cells import Note
from services.registry.domain.tables import Row
from services.registry.queries.duplicates import AT_ONCE, Candidate
from services.registry.queries.themes import taxonomy

R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class LookedUp:
    """One row of a table, what it is by its key, else those that it may be, the likeliest first.

    `is_unchanged` says that the same row was brought in before. `outer_line` is the line of the venue that it lies in.
    """

    row: Row
    found_id: str | None = None
    candidates: tuple[Candidate, ...] = ()
    is_unchanged: bool = False
    outer_line: int | None = None


def with_known_themes(session: Session, rows: Sequence[R]) -> list[R]:
    """Take the themes that are known by their codes; those that are not are left out, with a note of each."""
    known = taxonomy(session)
    found: list[R] = []
    for row in rows:
        if row.plan is None or not row.plan.themes:
            found.append(row)
            continue
        codes = {word: known.code_of(word) for word in row.plan.themes}
        left_out = "The theme “{theme}” is not known and was left out"
        notes = (
            Note(left_out, {"theme": word[:100]}, column="themes", value=word[:100])
            for word, code in codes.items()
            if code is None
        )
        themes = tuple(dict.fromkeys(code for code in codes.values() if code))
        known_ones: dict[str, Any] = {"plan": replace(row.plan, themes=themes), "repairs": (*row.repairs, *notes)}
        found.append(replace(row, **known_ones))
    return found


def parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """Give so many at a time as one statement takes."""
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
