"""Parts: one VEVENT while it is read, what had to be repaired in it, and why it may be refused."""

from services.calendar.domain.components import Part, Property, plain_text, properties
from services.calendar.domain.importing import items as codes
from services.calendar.domain.importing.moments import Moment, moment_of
from services.calendar.domain.zones import Zones
from shared.messages.base import Reason

ONCE = ("DTSTART", "DTEND", "DURATION", "SUMMARY", "UID", "RECURRENCE-ID")
WANTED = frozenset(
    {*ONCE, "DESCRIPTION", "LOCATION", "GEO", "STATUS", "CATEGORIES", "URL", "RRULE", "RDATE", "EXDATE"}
    | {"SEQUENCE", "DTSTAMP", "LAST-MODIFIED"}
)


class Refused(Exception):
    """This part cannot become an event."""

    def __init__(self, code: str, line: int | None = None, **values: str | int) -> None:
        self.reason, self.line = Reason(code=code, values=values), line
        super().__init__(code)


class Notes:
    """What had to be repaired, and the line of the first repair."""

    def __init__(self) -> None:
        self.reasons: list[Reason] = []
        self.line: int | None = None

    def say(self, code: str, line: int | None, **values: str | int) -> None:
        """Note one repair."""
        self.add(Reason(code=code, values=values), line)

    def add(self, reason: Reason, line: int | None) -> None:
        """Note one repair, once."""
        if reason not in self.reasons:
            self.reasons.append(reason)
            self.line = self.line or line


class EventPart:
    """One VEVENT while it is read."""

    def __init__(self, part: Part, zones: Zones) -> None:
        self.part, self.zones, self.notes = part, zones, Notes()
        self.text, guessed = part.text()
        self.found = properties(self.text, part.numbers, WANTED) if part.lines else {}
        if guessed:
            self.notes.say(codes.ENCODING_GUESSED, part.line)
        if part.closed == "implied":
            self.notes.say(codes.EVENT_NOT_CLOSED, part.line)
        for name in ONCE:
            if len(lines := self.found.get(name, [])) > 1:
                self.notes.say(codes.PROPERTY_REPEATED, lines[1].line, name=name)

    def first(self, name: str) -> Property | None:
        """Give the first line of a name, if it says anything."""
        lines = self.found.get(name)
        return lines[0] if lines and lines[0].value.strip() else None

    def words(self, name: str, longest: int) -> str:
        """Give the text of a property, at most `longest` characters of it."""
        line = self.first(name)
        if line is None:
            return ""
        text = plain_text(line.value)
        if len(text) > longest:
            self.notes.say(codes.TEXT_SHORTENED, line.line, name=name, most=longest)
            text = text[: longest - 1] + "…"
        return text

    def moment(self, line: Property, *, quiet: bool = False) -> Moment:
        """Read the moment that a line says, and note what had to be assumed."""
        found = moment_of(line.value, line.parameters, self.zones)
        for note in () if quiet else found.notes:
            self.notes.add(note, line.line)
        return found
