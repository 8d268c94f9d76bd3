"""An invitation as calendar programs exchange them (iMIP, RFC 6047): from us to one attendee, and to nobody else."""

from dataclasses import dataclass
from typing import Literal

from services.notifications.domain.calendar_files import CONTROL, folded

Method = Literal["REQUEST", "CANCEL"]
Answer = Literal["yes", "maybe", "no"]
PARTSTATS: dict[Answer, str] = {"yes": "ACCEPTED", "maybe": "TENTATIVE", "no": "DECLINED"}
END_OF_EVENT = "END:VEVENT\r\n"


@dataclass(frozen=True)
class Attendee:
    """Who is invited; `answer` is what they said to this time and place already."""

    name: str
    mail: str
    required: bool
    answer: Answer | None = None


@dataclass(frozen=True)
class Organizer:
    """Who invites, with the address to which calendar programs send the answer."""

    name: str
    mail: str


def invitation_file(
    components: str, method: Method, organizer: Organizer, attendee: Attendee, conference: str = ""
) -> str:
    """Write the whole of it; nothing where there are no components.

    `components` are the events and their zones as the calendar wrote them. Each event gets who invites and the one
    who is invited (RFC 5546 §3.2.2, §3.2.5); `conference` is where one takes part from elsewhere (RFC 7986 §5.11).
    """
    if not components:
        return ""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Osiedle//Osiedle//PL", "CALSCALE:GREGORIAN"]
    people = [_organizer(organizer), _attendee(attendee, method)]
    if conference and method == "REQUEST":
        people.append(f"CONFERENCE;VALUE=URI:{CONTROL.sub('', conference)}")
    added = _lines(people) + END_OF_EVENT
    return _lines([*head, f"METHOD:{method}"]) + components.replace(END_OF_EVENT, added) + _lines(["END:VCALENDAR"])


def _organizer(one: Organizer) -> str:
    return f"ORGANIZER;CN={_quoted(one.name)}:mailto:{one.mail}"


def _attendee(one: Attendee, method: Method) -> str:
    role = "REQ-PARTICIPANT" if one.required else "OPT-PARTICIPANT"
    said = PARTSTATS[one.answer] if one.answer else "NEEDS-ACTION"
    asks = "" if method == "CANCEL" else f";PARTSTAT={said};RSVP={'FALSE' if one.answer else 'TRUE'}"
    return f"ATTENDEE;CN={_quoted(one.name)};CUTYPE=INDIVIDUAL;ROLE={role}{asks}:mailto:{one.mail}"


def _quoted(text: str) -> str:
    """Write a parameter's value (RFC 5545 §3.2): nothing stands for a quotation mark in it."""
    plain = CONTROL.sub(" ", text).replace('"', "'").strip()
    return f'"{plain}"'


def _lines(lines: list[str]) -> str:
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))
