"""The minutes of a meeting as one Markdown text, made of what is written about it; who may read what was published."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Audience = Literal["public", "partners", "members"]
AUDIENCES: tuple[Audience, ...] = ("public", "partners", "members")
"""From the widest to the narrowest."""
LONGEST_MINUTES = 200_000
"""So many characters are published at most: more than a page would show."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
_LINE_START = re.compile(r"^(\s*)([-+=]|\d+[.)])", re.MULTILINE)


@dataclass(frozen=True)
class Headings:
    """The words of the minutes, in the language of who publishes them."""

    agenda: str
    attendance: str
    minutes: str
    decisions: str
    tasks: str


@dataclass(frozen=True)
class Point:
    """One point of the agenda: its title in plain words, and what was said of it in Markdown."""

    title: str
    text: str = ""


@dataclass(frozen=True)
class Line:
    """Something that was agreed, in plain words: `notes` say who does it, until when, and whether it is done."""

    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """All that minutes are made of. `attendance` are sentences, such as "Klub Seniora: 3"; `minutes` is Markdown."""

    when: str
    place: str = ""
    agenda: tuple[Point, ...] = ()
    attendance: tuple[str, ...] = ()
    minutes: str = ""
    decisions: tuple[Line, ...] = ()
    tasks: tuple[Line, ...] = ()

    @property
    def says_something(self) -> bool:
        """Say whether anything is written of what happened: an agenda alone is none of that."""
        said = self.minutes.strip() or any(point.text.strip() for point in self.agenda)
        return bool(said or self.attendance or self.decisions or self.tasks)


def minutes_text(written: Written, headings: Headings) -> str:
    """Compose the minutes as Markdown; what is empty is left out. Plain words are escaped, so that they stay plain."""
    first = ", ".join(plain(part) for part in (written.when, written.place) if part)
    sections = [
        _section(headings.attendance, (f"- {plain(one)}" for one in written.attendance)),
        _agenda(headings.agenda, written.agenda),
        _section(headings.minutes, filter(None, [written.minutes.strip()])),
        _section(headings.decisions, map(_line, written.decisions)),
        _section(headings.tasks, map(_line, written.tasks)),
    ]
    return "\n\n".join(filter(None, [first, *sections])) + "\n"


def narrowest(one: Audience, other: Audience) -> Audience:
    """Give the audience of both that fewer people are in."""
    return max(one, other, key=AUDIENCES.index)


def plain(text: str) -> str:
    """Escape what Markdown would read as marks (CommonMark §2.4); a text of several lines becomes one."""
    escaped = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _LINE_START.sub(lambda found: f"{found[1]}{_escaped_start(found[2])}", escaped)


def _escaped_start(mark: str) -> str:
    return f"{mark[:-1]}\\{mark[-1]}"


def _agenda(heading: str, points: Sequence[Point]) -> str:
    if not any(point.text.strip() for point in points):
        return _section(heading, (f"{number}. {plain(point.title)}" for number, point in enumerate(points, 1)))
    parts = [f"# {heading}"]
    for number, point in enumerate(points, 1):
        parts += filter(None, [f"## {number}. {plain(point.title)}", point.text.strip()])
    return "\n\n".join(parts)


def _section(heading: str, lines: Iterable[str]) -> str:
    body = "\n".join(lines)
    return f"# {heading}\n\n{body}" if body else ""


def _line(line: Line) -> str:
    notes = "; ".join(plain(note) for note in line.notes if note)
    return f"- {plain(line.text)}" + (f" ({notes})" if notes else "")
