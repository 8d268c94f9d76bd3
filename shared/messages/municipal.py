"""What other municipal systems tell us, at the stored door `municipal.<partner>.>`."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated, Any, ClassVar, get_args
from zoneinfo import available_timezones

from pydantic import AwareDatetime, Field, StringConstraints

from shared.messages.base import Message, Value, by_type
from shared.messages.calendar import Audience, EventKind

FactId = re.compile(r"[!-)+,\-/-=?-~]{1,100}")
"""What may stand in one token of a NATS subject: printable ASCII without a space, `.`, `*` and `>`."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
FURTHEST, LONGEST = timedelta(days=3653), timedelta(days=3653)
"""How far ahead a fact may lie, and how long it may hold: ten years. What was taken once stays good as time goes on."""
LARGEST_VERSION = 2**31 - 1
LONGEST_TEXT, LONGEST_URL = 500, 2000
OF_THE_ESTATE = frozenset(
    ("venue_id", "host_ids", "status", "borrowed", "needs", "problem_ids", "initiative_id", "funding", "outcome")
)
"""What an event has only where it is at home: a partner may send it along, and nobody reads it."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT)]


class BilingualText(Value):
    """One text in Polish and, where there is one, in English."""

    pl: Text
    en: Text | None = None


class MunicipalMessage(Message):
    """A message of a municipal system; its stream is `MUNICIPAL_<PARTNER>`, told by the subject it came on."""

    stream: ClassVar[str] = "MUNICIPAL"
    owner: ClassVar[str] = "municipal"
    version: int = 1

    @classmethod
    def subject_pattern(cls) -> str:
        """Give the subject with its parameters in braces."""
        return f"municipal.{{partner}}.{cls.type.removeprefix('municipal.')}.{{id}}"


class Withdrawal(MunicipalMessage):
    """What was announced is off; the announcement's other fields may be repeated, and nobody reads them."""


class ClosureAnnounced(MunicipalMessage):
    """A road, a park or a building is closed within `radius_m` metres of a point (WGS 84 degrees)."""

    type: ClassVar[str] = "municipal.closure.announced.v1"

    title: BilingualText
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    zone: str = "Europe/Warsaw"
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    radius_m: int = Field(default=100, ge=1, le=20_000)
    url: str | None = None


class ClosureWithdrawn(Withdrawal):
    """A closure is off."""

    type: ClassVar[str] = "municipal.closure.withdrawn.v1"


class MunicipalEventPlanned(MunicipalMessage):
    """A municipal system plans an event of its own."""

    type: ClassVar[str] = "municipal.event.planned.v1"

    title: BilingualText
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    zone: str = "Europe/Warsaw"
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    radius_m: int = Field(default=300, ge=1, le=20_000)
    audiences: tuple[str, ...] = ()
    url: str | None = None
    kind: EventKind = "other"
    description: str = Field(default="", max_length=5000)
    themes: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    all_day: bool = False
    expected_participants: int | None = Field(default=None, ge=0, le=1_000_000)


class MunicipalEventCancelled(Withdrawal):
    """A municipal system's event is off."""

    type: ClassVar[str] = "municipal.event.cancelled.v1"


def partner_of(subject: str) -> str:
    """Tell which partner published on `municipal.<partner>.…`."""
    return subject.split(".")[1]


MESSAGES: tuple[type[Message], ...] = (
    ClosureAnnounced,
    ClosureWithdrawn,
    MunicipalEventPlanned,
    MunicipalEventCancelled,
)

TYPES = by_type(MESSAGES)
"""What a partner may say; nothing else comes through its door."""


def as_sent_here(kind: type[Message], data: Any) -> Any:
    """Bring an event in the form that the calendar's own API has into the form of a message: its title is one text."""
    if kind is not MunicipalEventPlanned or not isinstance(data, dict):
        return data
    title = {"pl": data["title"]} if isinstance(data.get("title"), str) else data.get("title")
    left_out = OF_THE_ESTATE | ({"rrule"} if data.get("rrule") is None else set())
    return {name: value for name, value in {**data, "title": title}.items() if name not in left_out}


def faults_of(message: Message, now: datetime) -> Iterator[tuple[str, str]]:
    """Say what is wrong with a message whose shape is right, as JSON pointers (RFC 6901) and sentences."""
    if not FactId.fullmatch(message.id):
        yield "/id", "1 to 100 printable ASCII characters, without spaces and . * >"
    if not 1 <= message.version <= LARGEST_VERSION:
        yield "/version", f"a number from 1 to {LARGEST_VERSION}"
    if isinstance(message, ClosureAnnounced | MunicipalEventPlanned):
        yield from _faults_of_times(message.starts_at, message.ends_at, now)
        if message.zone not in _zones():
            yield "/zone", "no such time zone; use an IANA name such as Europe/Warsaw"
        yield from _faults_of_place(message.latitude, message.longitude)
        if message.url is not None and not _is_address(message.url):
            yield "/url", f"an address that begins with https:// or http://, of at most {LONGEST_URL} characters"
    if isinstance(message, MunicipalEventPlanned):
        for number, audience in enumerate(message.audiences):
            if audience not in get_args(Audience):
                yield f"/audiences/{number}", f"one of {', '.join(get_args(Audience))}"


def _faults_of_times(starts_at: datetime, ends_at: datetime, now: datetime) -> Iterator[tuple[str, str]]:
    if starts_at < EARLIEST:
        yield "/starts_at", "before the year 2000"
    elif starts_at > now + FURTHEST:
        yield "/starts_at", "more than ten years ahead"
    if ends_at <= starts_at:
        yield "/ends_at", "the end must be after the start"
    elif ends_at - starts_at > LONGEST:
        yield "/ends_at", "more than ten years after the start"


def _faults_of_place(latitude: float | None, longitude: float | None) -> Iterator[tuple[str, str]]:
    if (latitude is None) != (longitude is None):
        missing = "latitude" if latitude is None else "longitude"
        yield f"/{missing}", "a point needs both latitude and longitude"
    elif latitude == longitude == 0:
        yield "/latitude", "0, 0 is in the Gulf of Guinea: leave both out where there is no point"


def _is_address(url: str) -> bool:
    return len(url) <= LONGEST_URL and url.isprintable() and re.match(r"https?://[^\s/]", url) is not None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
