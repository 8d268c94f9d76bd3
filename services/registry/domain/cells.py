"""The cells of one row of a table, read as what they mean; what cannot be read is noted and left out, never guessed."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from services.registry.domain.hours import understood_hours
from services.registry.domain.organisations import is_at_zero
from services.registry.domain.row_words import NO, WEEKDAYS, YES
from services.registry.domain.words import folded
from shared.problems import InvalidInput

T = TypeVar("T")
V = TypeVar("V")
LONGEST_NAME = 200
LONGEST_LINE = 300
LONGEST_TEXT = 10_000
LONGEST_WORD = 60
MOST_WORDS = 20
POINT = ("latitude", "longitude")
USUAL_ZONE = ZoneInfo("Europe/Warsaw")
"""By its clocks a time without an offset is told where nobody names those of the neighbourhood."""
DAY = re.compile(r"(?:(\d{4})-(\d\d?)-(\d\d?)|(\d\d?)[./-](\d\d?)[./-](\d{4}))(?:[T ]+(.+))?")
CLOCK = re.compile(r"(\d\d?)[:.](\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?\s*(Z|[+-]\d\d:\d\d)?")
EARLIEST, LATEST = 1900, 2199
"""Years."""


@dataclass(frozen=True)
class Note:
    """What was wrong with a row: an English gettext source and its values, and the column and cell it is about."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    column: str = ""
    value: str = ""


class Cells:
    """The cells of a row by field; `repairs` grows as they are read, and `said` names the fields that they decide.

    A field without a column, or whose cell cannot be read, decides nothing: what is kept stays as it is.
    """

    def __init__(self, values: Mapping[str, str], notes: Sequence[Note] = (), zone: ZoneInfo = USUAL_ZONE) -> None:
        """Take the cells, what is known to be wrong with them already, and the zone of the neighbourhood's clocks."""
        self.values = values
        self.zone = zone
        self.repairs = list(notes)
        self.said: set[str] = set()

    def note(self, text: str, column: str, **values: Any) -> None:
        """Note a repair of a cell."""
        self.repairs.append(Note(text, values, column, self.values.get(column, "")[:100]))

    def name(self, column: str) -> str:
        """Give a name in one line, without what no program shows."""
        self._say(column)
        return " ".join("".join(letter for letter in self.values.get(column, "") if letter >= " ").split())

    def text(self, column: str, most: int = LONGEST_TEXT) -> str:
        """Give a text of so many letters at most."""
        self._say(column)
        return self._cut(self.values.get(column, ""), most, column)

    def address(self) -> str:
        """Join street, postcode and town; a postcode that is a number again gets its zero and its hyphen back."""
        if {"address", "postcode", "city"} & self.values.keys():
            self.said.add("address")
        code = self.values.get("postcode", "")
        digits = "".join(letter for letter in code if letter.isdigit())
        if digits and (len(digits) == 4 or (code == digits and len(digits) == 5)):
            code = f"{digits.zfill(5)[:2]}-{digits.zfill(5)[2:]}"
            self.note("The postcode was read as {code}", "postcode", code=code)
        town = " ".join(part for part in (code, self.values.get("city", "")) if part)
        whole = ", ".join(part for part in (self.values.get("address", ""), town) if part)
        return self._cut(whole, LONGEST_LINE, "address")

    def words(self, column: str) -> tuple[str, ...]:
        """Give the words of a cell that holds several; what is too long or too much is left out."""
        self._say(column)
        words = listed(self.values.get(column, ""))
        kept = tuple(word for word in words if len(word) <= LONGEST_WORD)[:MOST_WORDS]
        if len(kept) < len(words):
            left = ", ".join(word for word in words if word not in kept)
            text = "At most 20 words of 60 letters fit; the rest was left out"
            if column == "themes":
                text = "At most 20 themes of 60 letters fit; the rest was left out"
            self.repairs.append(Note(text, column=column, value=left[:100]))
        return kept

    def point(self) -> tuple[float | None, float | None]:
        """Read a point in WGS 84 degrees; both or none, and put right when they stand in each other's column."""
        latitude, longitude = (self.values.get(column, "") for column in POINT)
        if set(POINT) <= self.values.keys():
            self.said.update(POINT)
        if not latitude and not longitude:
            return None, None
        north, east = degrees(latitude), degrees(longitude)
        typed = f"{latitude} {longitude}".strip()[:100]
        if north is None or east is None or abs(north) > 90 or abs(east) > 180 or is_at_zero(north, east):
            self.said.difference_update(POINT)
            text = "The coordinates cannot be read and were left out"
            self.repairs.append(Note(text, column="latitude", value=typed))
            return None, None
        if 14 <= north <= 25 and 48 <= east <= 55:  # Poland lies at 49-55° N, 14-25° E
            self.repairs.append(Note("Latitude and longitude were exchanged", column="latitude", value=typed))
            return east, north
        return north, east

    def whole(self, column: str, least: int, most: int, otherwise: T) -> int | T:
        """Read a whole number within bounds, such as `120 osób` or `1 200`."""

        def read(text: str) -> int | None:
            found = re.fullmatch(r"(\d{1,9})(?:[.,]0+)?(?:[a-z.]+)?", folded(text).replace(" ", ""))
            return int(found[1]) if found and least <= int(found[1]) <= most else None

        fault = "This is no whole number from {least} to {most}; it was left out"
        return self._read(column, read, otherwise, fault, least=least, most=most)

    def amount(self, column: str) -> float | None:
        """Read an amount in zlotys, such as `1 200,50 zł`."""

        def read(text: str) -> float | None:
            found = re.fullmatch(r"(\d{1,7}(?:[.,]\d{1,2})?|\d{1,7}[.,]\d+)(?:zl|pln)?", folded(text).replace(" ", ""))
            value = round(float(found[1].replace(",", ".")), 2) if found else None
            return value if value is not None and value <= 1_000_000 else None

        return self._read(column, read, None, "This is no amount of money; it was left out")

    def truth(self, column: str, otherwise: T) -> bool | T:
        """Read yes or no."""

        def read(text: str) -> bool | None:
            word = folded(text)
            return True if word in YES else False if word in NO else None

        return self._read(column, read, otherwise, "This is neither yes nor no; it was left out")

    def one_of(self, column: str, words: Mapping[str, Any], otherwise: T) -> Any | T:
        """Read one of the words that are known here."""
        fault = "This is none of the words that are known here; it was left out"
        return self._read(column, lambda text: words.get(folded(text)), otherwise, fault)

    def hours(self, column: str) -> str:
        """Read opening hours, as people write them too."""

        def read(text: str) -> str | None:
            try:
                return understood_hours(text) if len(text) <= LONGEST_LINE else None
            except InvalidInput:
                return None

        self._say(column)
        fault = "These hours cannot be read; write them like Mo-Fr 08:00-16:00; Sa 10:00-14:00. They were left out"
        return self._read(column, read, "", fault)

    def day(self, column: str) -> date | None:
        """Read a day, `2027-06-30` or `30.06.2027`."""

        def read(text: str) -> date | None:
            found = _instant(text, UTC)
            return None if found is None else found.date()

        fault = "This is no day; write it like 2027-06-30 or 30.06.2027. It was left out"
        return self._read(column, read, None, fault)

    def instant(self, column: str) -> datetime | None:
        """Read a day and a time; without an offset by the clocks of the neighbourhood."""
        fault = "This is no day and time; write it like 2027-06-30 16:00. It was left out"

        def read(text: str) -> datetime | None:
            found = _instant(text, self.zone)
            return None if found is None else found.astimezone(UTC)

        return self._read(column, read, None, fault)

    def weekdays(self, column: str) -> tuple[int, ...]:
        """Read days of the week, `pn-śr, pt`; 1 is Monday."""
        self._say(column)
        fault = "These days of the week cannot be read; write them like pn, śr-pt. They were left out"
        return self._read(column, _weekdays, (), fault)

    def _say(self, column: str) -> None:
        if column in self.values:
            self.said.add(column)

    def _read(self, column: str, read: Callable[[str], V | None], otherwise: T, fault: str, **values: Any) -> V | T:
        """Read a cell; an empty one takes a value away where there may be none, and else says nothing."""
        text = self.values.get(column, "")
        if not text:
            if otherwise is None:
                self._say(column)
            return otherwise
        found = read(text)
        if found is None:
            self.said.discard(column)
            self.note(fault, column, **values)
            return otherwise
        self.said.add(column)
        return found

    def _cut(self, text: str, most: int, column: str) -> str:
        clean = "".join(letter for letter in text if letter >= " " or letter in "\n\t")
        if len(clean) > most:
            note = Note("This text is too long; its end was left out", column=column, value=clean[:100])
            self.repairs.append(note)
        return clean[:most].strip()


def listed(text: str) -> tuple[str, ...]:
    """Split a cell that holds several words: by bars where there are any, else by semicolons and commas."""
    parts = text.split("|") if "|" in text else text.replace(";", ",").split(",")
    return tuple(dict.fromkeys(word.strip() for word in parts if word.strip()))


def joined(words: Sequence[str]) -> str:
    """Join with bars; a single word with a comma in it gets one too, so that it is not taken for two."""
    text = " | ".join(words)
    return f"{text} |" if len(words) == 1 and ("," in text or ";" in text) else text


def degrees(text: str) -> float | None:
    """Read a latitude or longitude, with a comma or a point, a degree sign or the letter of its side."""
    plain = text.replace(",", ".").replace("°", "").replace("\u00a0", "").strip().rstrip("NEne ")
    try:
        return float(plain) if plain.isascii() and "_" not in plain and plain.lower() not in ("nan", "inf") else None
    except ValueError:
        return None


def _instant(text: str, otherwise: tzinfo) -> datetime | None:
    """Read a day and a time; one without an offset is in the zone `otherwise`."""
    found = DAY.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, other_day, other_month, other_year, clock = found.groups()
    told = CLOCK.fullmatch(clock.strip()) if clock else None
    if clock and told is None:
        return None
    try:
        on = date(int(year or other_year), int(month or other_month), int(day or other_day))
        at = time() if told is None else _time(told)
    except ValueError:
        return None
    zone = at.tzinfo or otherwise
    return datetime.combine(on, at, zone) if EARLIEST <= on.year <= LATEST else None


def _time(told: re.Match[str]) -> time:
    """Read a time of the day; raises ValueError for one that there is not."""
    hour, minute, second, fraction, offset = told.groups()
    micro = int((fraction or "").ljust(6, "0") or 0)
    zone = None if offset is None else datetime.fromisoformat(f"2000-01-01T00:00{offset}").tzinfo
    return time(int(hour), int(minute), int(second or 0), micro, zone)


def _weekdays(text: str) -> tuple[int, ...] | None:
    """Give the days that are named, and those between two; none where a word is no day."""
    plain = re.sub(r"\s*(?:-|\u2013|\bdo\b|\bto\b)\s*", "-", folded(text))
    found: set[int] = set()
    for part in re.split(r"[,;|\s]+", plain):
        ends = [WEEKDAYS.get(word.rstrip(".")) for word in part.split("-")] if part not in ("", "i", "oraz") else []
        if None in ends or len(ends) > 2:
            return None
        if ends:
            first, last = ends[0] or 0, ends[-1] or 0
            found |= {(first + step - 1) % 7 + 1 for step in range((last - first) % 7 + 1)}
    return tuple(sorted(found)) or None
