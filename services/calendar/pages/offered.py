"""What the plan form offers to choose from, and what it says of what was typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from babel.dates import format_date
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.domain.plans import EventPlan
from services.calendar.models import Event, Organisation, Resource, Venue
from services.calendar.pages import words
from services.calendar.pages.forms import Typed, read_day
from shared.i18n import LOCALES, language, plural, say, when
from shared.i18n import day as day_in_words
from shared.identifiers import is_id


@dataclass(frozen=True)
class Choices:
    """What the form offers: organisations, venues with their owners' names, resources."""

    organisations: Sequence[Organisation]
    venues: Sequence[Venue]
    resources: Sequence[Resource]


def choices(session: Session, typed: Typed) -> Choices:
    """Read what the form offers; what is chosen in it already stays, also what is offered no more."""
    return Choices(
        queries.organisations(session),
        queries.venues_offered(session, tuple(filter(is_id, (typed.venue_id,)))),
        queries.resources_offered(session, tuple(filter(is_id, typed.borrowed))),
    )


def kept_hosts(own: Sequence[Organisation], event: Event | None) -> list[str]:
    """Name the hosts for whom somebody else speaks: an edit keeps them."""
    mine = {one.id for one in own}
    return [host for host in event.host_ids if host not in mine] if event else []


def venue_options(offered: Choices) -> list[tuple[str, str]]:
    """Name every venue with its owner and its size, after the choice of none."""
    owners = {one.id: one.name for one in offered.organisations}
    options = [("", say("Not decided yet, or a pin"))]
    for venue in offered.venues:
        owner = owners.get(venue.organisation_id, "")
        room = plural("{n} place", "{n} places", venue.capacity) if venue.capacity else ""
        details = ", ".join(part for part in (owner, room) if part)
        options.append((venue.id, f"{venue.name} ({details})" if details else venue.name))
    return options


def repeats(typed: Typed) -> list[tuple[str, str]]:
    """Name the repetitions to choose from; a rule that is none of ours may stay as it is."""
    options = words.options(words.REPEATS)
    return options if typed.repeat in words.REPEATS else [*options, (typed.repeat, say("As it is now"))]


def months() -> list[tuple[str, str]]:
    """Name the months, in which a series may pause."""
    locale = LOCALES[language.get()]
    return [(str(month), format_date(date(2024, month, 1), "LLLL", locale=locale)) for month in range(1, 13)]


def left_out(typed: Typed) -> list[tuple[str, str]]:
    """Name the days of a series that are left out, each to be put in again."""
    days = ((text, read_day(text)) for text in sorted(set(typed.exdates)) if typed.repeat)
    return [(text, day_in_words(datetime.combine(day, time()))) for text, day in days if day]


def in_words(wanted: EventPlan, typed: Typed) -> str:
    """Say the time that was chosen: "czwartek, 26 listopada 2026, 14:00–16:00, every week"."""
    parts: list[Any] = [when(wanted.starts_at, wanted.ends_at, wanted.zone, wanted.all_day)]
    if typed.repeat:
        parts.append(words.word(words.REPEATS, typed.repeat).lower() if typed.repeat in words.REPEATS else "")
    return ", ".join(part for part in parts if part)
