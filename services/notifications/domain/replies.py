"""What a calendar program mails back: REPLY or COUNTER (RFC 5546 §3.2.3, §3.2.7, RFC 6047), read with bounds.

Whoever knows the mailbox can write anything into it, so nothing here is believed: size, parts and lines are bounded,
and a token that only the invited person's own letter had must come back.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Literal
from urllib.parse import unquote

from services.notifications.domain.invitation_files import PARTSTATS, Answer
from services.notifications.domain.written_times import WrittenTime

LARGEST_MAIL = 512 * 1024
"""Octets; a reply has a few thousand, some programs send back what was attached."""
LARGEST_CALENDAR = 128 * 1024
MOST_PARTS = 40
MOST_LINES = 4000
MOST_ATTENDEES = 1
TOKEN = re.compile(r"\+([a-z2-7]{16})@")
"""What our address for answers has behind its plus (RFC 5233)."""
RECIPIENT_HEADERS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
CALENDAR_TYPES = ("text/calendar", "application/ics")
Said = Answer | Literal["delegated", "countered"]
ANSWERS: dict[str, Said] = {**{partstat: answer for answer, partstat in PARTSTATS.items()}, "DELEGATED": "delegated"}
Why = Literal["too_large", "unreadable", "no_calendar", "no_reply", "unclear", "no_answer"]


class NotAReply(Exception):
    """A mail is no answer that can be understood; `why` says what it is, nothing of it."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


@dataclass(frozen=True)
class Reply:
    """What somebody answered: `attendee` is their address, `tokens` are those that came back with it.

    `recurrence` is the start that the rule gives the one date that it is about; none for all. Who proposes another
    time (`countered`) says when it `begins`, and perhaps when it `ends`.
    """

    uid: str
    sequence: int
    attendee: str
    answer: Said
    tokens: frozenset[str]
    recurrence: WrittenTime | None = None
    begins: WrittenTime | None = None
    ends: WrittenTime | None = None


@dataclass(frozen=True)
class _Property:
    name: str
    parameters: dict[str, str]
    value: str


def read_reply(raw: bytes) -> Reply:
    """Read an answer out of a mail; raises `NotAReply`."""
    if len(raw) > LARGEST_MAIL:
        raise NotAReply("too_large")
    if raw.lower().count(b"content-type:") > MOST_PARTS:
        raise NotAReply("too_large")
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        text = _calendar_of(message)
        headed = " ".join(str(value) for name in RECIPIENT_HEADERS for value in message.get_all(name, []))
    except NotAReply:
        raise
    except Exception as error:  # the parser of the standard library raises many things at what is malformed
        raise NotAReply("unreadable") from error
    return _reply(text, headed)


def _calendar_of(message: EmailMessage) -> str:
    """Give the calendar in a mail: of several the first, for the others are the same for other programs."""
    for part in message.walk():
        if part.get_content_type() in CALENDAR_TYPES and not part.is_multipart():
            content = part.get_payload(decode=True)
            if not isinstance(content, bytes) or len(content) > LARGEST_CALENDAR:
                raise NotAReply("too_large")
            return content.decode(errors="replace")
    raise NotAReply("no_calendar")


def _reply(text: str, headed: str) -> Reply:
    method, found = "", []
    for inside, one in _properties(text):
        if inside == ("VCALENDAR",) and one.name == "METHOD":
            method = one.value.upper()
        elif inside == ("VCALENDAR", "VEVENT"):
            found.append(one)
        elif inside == () and found:
            break
    if method not in ("REPLY", "COUNTER"):
        raise NotAReply("no_reply")
    values = {one.name: one for one in reversed(found)}
    # who delegates may name beside themselves to whom (RFC 5546 §2.1.6): that one was not asked by us
    attendees = [one for one in found if one.name == "ATTENDEE" and "DELEGATED-FROM" not in one.parameters]
    if "UID" not in values or len(attendees) != MOST_ATTENDEES or _number_of(found, "UID") > 1:
        raise NotAReply("unclear")
    said = ANSWERS.get(attendees[0].parameters.get("PARTSTAT", "").upper())
    answer: Said | None = "countered" if method == "COUNTER" else said
    if answer is None:
        raise NotAReply("no_answer")
    sequence = values["SEQUENCE"].value if "SEQUENCE" in values else "0"
    if not sequence.isascii() or not sequence.isdigit() or len(sequence) > 9:
        raise NotAReply("unclear")
    organizer = values["ORGANIZER"].value if "ORGANIZER" in values else ""
    begins = _time(values, "DTSTART") if answer == "countered" else None
    if answer == "countered" and begins is None:
        raise NotAReply("unclear")
    return Reply(
        uid=_unescaped(values["UID"].value),
        sequence=int(sequence),
        attendee=_address(attendees[0].value),
        answer=answer,
        tokens=frozenset(TOKEN.findall(f"{headed} {unquote(organizer)}".lower())),
        recurrence=_time(values, "RECURRENCE-ID"),
        begins=begins,
        ends=_time(values, "DTEND") if answer == "countered" else None,
    )


def _time(values: dict[str, _Property], name: str) -> WrittenTime | None:
    """Read a time of the event; none where it has none. Raises `NotAReply`."""
    if name not in values:
        return None
    try:
        return WrittenTime.of(values[name].value, values[name].parameters.get("TZID", ""))
    except ValueError as error:
        raise NotAReply("unclear") from error


def _properties(text: str) -> Iterator[tuple[tuple[str, ...], _Property]]:
    """Give each property with the components around it (RFC 5545 §3.4): unfolded, and no more lines than is sane."""
    lines = re.sub(r"\r?\n[ \t]", "", text).splitlines()
    if len(lines) > MOST_LINES:
        raise NotAReply("too_large")
    inside: tuple[str, ...] = ()
    for line in lines:
        one = _property(line)
        if one is None:
            continue
        if one.name == "BEGIN":
            inside = (*inside, one.value.upper())
        elif one.name == "END":
            inside = inside[:-1]
        else:
            yield inside, one


def _property(line: str) -> _Property | None:
    """Split `NAME;PARAMETER="a:b";…:value`; a colon or semicolon within quotation marks divides nothing."""
    pieces, piece, is_quoted = [], "", False
    for place, sign in enumerate(line):
        if sign == '"':
            is_quoted = not is_quoted
        elif sign in ";:" and not is_quoted:
            pieces.append(piece)
            piece = ""
            if sign == ":":
                pairs = (one.partition("=") for one in pieces[1:])
                return _Property(pieces[0].strip().upper(), {n.upper(): v for n, _, v in pairs}, line[place + 1 :])
        else:
            piece += sign
    return None


def _number_of(found: list[_Property], name: str) -> int:
    return len({one.value for one in found if one.name == name})


def _address(value: str) -> str:
    """Give the address of a calendar user (RFC 5545 §3.3.3), to be compared in small letters."""
    _, _, address = value.strip().rpartition(":")
    return unquote(address.partition("?")[0]).strip().strip("<>").casefold()


def _unescaped(value: str) -> str:
    return re.sub(r"\\([\\;,])", r"\1", value.strip())
