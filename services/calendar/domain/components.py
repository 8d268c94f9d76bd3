"""Components: an iCalendar file cut into its calendars, their parts and the lines of each (RFC 5545 §3.1, §3.4, §3.6).

A file is cut, not parsed: a part that cannot be read costs itself alone, and every line keeps its number.
"""

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from shared.messages.base import Reason

CALENDAR_MISSING = "calendar_missing"
CALENDAR_TOO_LARGE = "calendar_too_large"
CALENDAR_TOO_MANY_PARTS = "calendar_too_many_parts"

ITEMS = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY"})
"""Parts that stand directly in a calendar: one that opens inside another means that the other was not closed."""
_FOLD = b"\x1f"
_BLANK_FOLD = re.compile(rb"(?<!\n)\n{2,}+[ \t]")
_QUOTED = re.compile(r'"[^"]*"')
_PLACEHOLDER = re.compile("\x00")
_ESCAPED = re.compile(r"\\([\\;,nN:\"])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class UnreadableCalendar(ValueError):
    """The whole file is refused: it is no calendar, or over a limit; `reason` says which."""

    def __init__(self, code: str, **values: int) -> None:
        self.reason = Reason(code=code, values=values)
        super().__init__(code)


@dataclass(frozen=True)
class Limits:
    """How much of a file is read: bytes, lines and parts refuse the file, `longest_line` (bytes) the part it is in."""

    most_bytes: int = 20 * 1024 * 1024
    most_lines: int = 1_000_000
    most_parts: int = 20_000
    longest_line: int = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Property:
    """One content line: its name, its parameters (names in capitals, without quotation marks), value and number."""

    name: str
    parameters: dict[str, str]
    value: str
    line: int


@dataclass(slots=True)
class Part:
    """One component: its name in capitals, the number of its first line, its own lines, and the parts inside it.

    `closed` is `yes` by its own END, `implied` by what came after, `no` where the file ends inside it.
    """

    name: str
    line: int
    lines: list[bytes] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    parts: list["Part"] = field(default_factory=list)
    closed: str = "no"

    def text(self) -> tuple[str, bool]:
        """Give its own lines, unfolded and decoded, and say whether the encoding had to be guessed.

        Lines are joined before they are decoded: a fold may fall in the middle of a letter (§3.1).
        """
        joined = b"\n".join(self.lines).replace(_FOLD, b"")
        try:
            return joined.decode(), False
        except UnicodeDecodeError:
            return joined.decode("cp1250", "replace"), True


def calendars(data: bytes, limits: Limits) -> list[Part]:
    """Cut a file into its VCALENDARs with their parts. Raises UnreadableCalendar."""
    if len(data) > limits.most_bytes:
        raise UnreadableCalendar(CALENDAR_TOO_LARGE, megabytes=limits.most_bytes // (1024 * 1024))
    lines, numbers = _logical_lines(_in_utf_8(data), limits)
    found = list(_tree(lines, numbers, limits))
    if not found:
        raise UnreadableCalendar(CALENDAR_MISSING)
    return found


def _in_utf_8(data: bytes) -> bytes:
    """Take off a byte order mark, and bring UTF-16 to UTF-8."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace").encode()
    return data.removeprefix(b"\xef\xbb\xbf")


def _logical_lines(data: bytes, limits: Limits) -> tuple[list[bytes], Sequence[int]]:
    """Unfold: a fold becomes one mark, so that a part can be joined later and lines can still be counted."""
    data = data.replace(b"\r\n", b"\n").replace(_FOLD, b"")
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    if data.count(b"\n") > limits.most_lines:
        raise UnreadableCalendar(CALENDAR_TOO_MANY_PARTS, most=limits.most_lines)
    if b"\n\n" in data:
        data = _BLANK_FOLD.sub(lambda match: _FOLD * (len(match[0]) - 1), data)
    lines = data.replace(b"\n ", _FOLD).replace(b"\n\t", _FOLD).split(b"\n")
    numbers, number = array("l"), 1
    for line in lines:
        numbers.append(number)
        number += 1 + (line.count(_FOLD) if _FOLD in line else 0)
    return lines, numbers


def _tree(lines: list[bytes], numbers: Sequence[int], limits: Limits) -> Iterator[Part]:
    """Give each VCALENDAR once it ends; what stands outside of them is passed over."""
    open_parts: list[Part] = []
    count = 0
    for line, number in zip(lines, numbers, strict=True):
        mark = line[:6].upper() if line[:1] in (b"B", b"b", b"E", b"e") else b""
        if mark == b"BEGIN:":
            name = _name(line[6:])
            count += 1
            if count > limits.most_parts:
                raise UnreadableCalendar(CALENDAR_TOO_MANY_PARTS, most=limits.most_parts)
            if name == "VCALENDAR":
                yield from _closed(open_parts, len(open_parts))
            elif not open_parts:
                continue
            elif name in ITEMS:
                _closed(open_parts, _unclosed_items(open_parts))
            part = Part(name, number)
            if open_parts:
                open_parts[-1].parts.append(part)
            open_parts.append(part)
        elif mark[:4] == b"END:" and open_parts:
            name = _name(line[4:])
            depth = next((n for n, part in enumerate(reversed(open_parts)) if part.name == name), None)
            if depth is not None:
                _closed(open_parts, depth)
                part = open_parts.pop()
                part.closed = "yes"
                if not open_parts:
                    yield part
        elif open_parts and line:
            open_parts[-1].lines.append(line)
            open_parts[-1].numbers.append(number)
    yield from open_parts[:1]


def _name(text: bytes) -> str:
    return text.replace(_FOLD, b"").strip().upper().decode("ascii", "replace")


def _unclosed_items(open_parts: list[Part]) -> int:
    """Count the parts to close before an item may open: from the innermost to the item that was left open."""
    for depth, part in enumerate(open_parts):
        if part.name in ITEMS:
            return len(open_parts) - depth
    return 0


def _closed(open_parts: list[Part], many: int) -> list[Part]:
    """Close so many of the innermost parts that did not close themselves; give the calendar if it was among them."""
    calendar = open_parts[:1] if many and many == len(open_parts) else []
    for _ in range(many):
        open_parts.pop().closed = "implied"
    return calendar


def properties(text: str, numbers: list[int], wanted: frozenset[str]) -> dict[str, list[Property]]:
    """Read the wanted properties out of a part's text, by name, in the order in which they stand."""
    found: dict[str, list[Property]] = {}
    for line, number in zip(text.split("\n"), numbers, strict=True):
        head, colon, value = line.partition(":")
        name, semicolon, rest = head.partition(";")
        name = name.strip().upper()
        if name not in wanted or not colon:
            continue
        parameters: dict[str, str] = {}
        if semicolon:
            if '"' in head:
                rest, value = _outside_quotes(line[len(head.partition(";")[0]) + 1 :])
            parameters = _parameters(rest)
        one = Property(name, parameters, value, number)
        if name in found:
            found[name].append(one)
        else:
            found[name] = [one]
    return found


def _outside_quotes(text: str) -> tuple[str, str]:
    """Split at the first colon that stands outside of quotation marks (§3.2)."""
    parts = text.split('"')
    length = 0
    for number, part in enumerate(parts):
        if number % 2 == 0 and ":" in part:
            at = length + part.index(":")
            return text[:at], text[at + 1 :]
        length += len(part) + 1
    head, _, value = text.partition(":")
    return head, value


def _parameters(text: str) -> dict[str, str]:
    """Read `NAME=value` and `NAME="value"` (§3.2); of a parameter that comes twice the first counts."""
    quoted: list[str] = []
    if '"' in text:
        quoted = [match[1:-1] for match in _QUOTED.findall(text)]
        text = _QUOTED.sub("\x00", text)
    pieces = iter(quoted)
    found: dict[str, str] = {}
    for piece in text.split(";"):
        name, _, value = piece.partition("=")
        if "\x00" in value:
            value = _PLACEHOLDER.sub(lambda _: next(pieces, ""), value)
        found.setdefault(name.strip().upper(), value.strip())
    return found


def plain_text(value: str) -> str:
    """Read a TEXT value (§3.3.11): its escapes, without control characters, which no database would take."""
    if "\\" in value:
        value = _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)
    return _CONTROL.sub("", value).strip()


def text_list(value: str) -> list[str]:
    """Read a list of TEXT values, parted by commas that are not escaped."""
    return [text for one in re.split(r"(?<!\\),", value) if (text := plain_text(one))]
