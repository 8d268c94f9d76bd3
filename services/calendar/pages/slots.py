"""Finding a time: one form in the address, what suits everybody, and one press to the plan that is filled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date
from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session
from starlette.datastructures import QueryParams

from services.calendar import queries
from services.calendar.domain.slots import LONGEST_WINDOW_DAYS, Hours, Needs, Question, Series
from services.calendar.models import Organisation, Venue
from services.calendar.pages.forms import Fault, read_day
from services.calendar.pages.frame import midnight, pages, today_in, zone_of
from services.calendar.queries.free_times import Answer, free_times, unknown_in
from services.calendar.queries.shown import ShownTime, shown_obstacles, shown_times
from shared import clock, i18n
from shared.i18n import plural, say
from shared.identifiers import is_id
from shared.people import may_speak_for
from shared.web import CurrentPerson, Database, number_of, page_router

router = page_router()
FIRST_SHOWN_DAYS = 27
MINUTES = (30, 45, 60, 90, 120, 180, 240, 360, 480)
WEEKS = (1, 2, 4, 8, 10, 12, 16, 20, 30)
ANY_VENUE = "any"
MOST_TICKED = 50
A_MONDAY = date(2024, 1, 1)


@dataclass(frozen=True)
class Sought:
    """What was typed into the form, as text."""

    organisation: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    first: str = ""
    last: str = ""
    minutes: str = "120"
    weeks: str = "1"
    weekday: tuple[str, ...] = ()
    begins: str = "09:00"
    ends: str = "20:00"
    preferred: str = ""
    holidays: str = ""
    venue: str = ""
    capacity: str = ""
    equipment: tuple[str, ...] = ()
    step_free: str = ""

    @property
    def has_wishes(self) -> bool:
        """Say whether something is set that the form keeps folded away."""
        return bool(self.optional or self.weekday or self.preferred or self.holidays)


TEXTS = tuple(name for name, made in Sought.__dataclass_fields__.items() if made.type in (str, "str"))


@dataclass(frozen=True)
class Offered:
    """What the form offers, and what was found."""

    organisations: Sequence[Organisation]
    venues: Sequence[Venue]
    answer: Answer | None


@router.get("/calendar/slots")
async def slots(request: Request, database: Database, person: CurrentPerson) -> HTMLResponse:
    """Show the form; with a question in the address, what suits."""
    zone, asked = zone_of(request), request.query_params
    today = today_in(zone)
    own = tuple(one for one in person.roles if may_speak_for(person, one))
    usual = Sought(own, first=today.isoformat(), last=(today + timedelta(days=FIRST_SHOWN_DAYS)).isoformat())
    typed = typed_of_query(asked) if asked else usual
    question, faults = question_of(typed, zone) if asked else (None, [])
    offered = await database.read(look, question)
    return pages.page(
        request,
        "slots.html",
        person=person,
        typed=typed,
        faults=faults,
        wrong={fault.field: fault.text for fault in faults},
        found=[(one, plan_address(one, typed)) for one in shown_times(offered.answer)] if offered.answer else [],
        obstacles=shown_obstacles(offered.answer) if offered.answer else [],
        is_answered=offered.answer is not None,
        zone=zone.key,
        organisations=[(one.id, one.name) for one in offered.organisations],
        venues=venue_options(offered.venues),
        equipment=equipment_of(offered.venues),
        weekdays=weekdays(),
        lengths=[(str(one), length_in_words(one)) for one in MINUTES],
        series=[(str(one), weeks_in_words(one)) for one in WEEKS],
    )


def look(session: Session, question: Question | None) -> Offered:
    """Read what the form offers, and find times where there is a question."""
    answer = None
    if question and not unknown_in(session, question):
        answer = free_times(session, question, now=clock.now())
    return Offered(queries.organisations(session), queries.venues_offered(session), answer)


def typed_of_query(asked: QueryParams) -> Sought:
    """Read the form as it was sent."""
    values: dict[str, Any] = {name: asked.get(name, "").strip() for name in TEXTS}
    for name in ("weekday", "equipment", "organisation", "optional"):
        ticked = asked.getlist(name)[:MOST_TICKED]
        values[name] = tuple(ticked if name in ("weekday", "equipment") else filter(is_id, ticked))
    return Sought(**values)


def question_of(typed: Sought, zone: ZoneInfo) -> tuple[Question | None, list[Fault]]:
    """Make the question that was typed, and say what is wrong with it."""
    first, last = read_day(typed.first), read_day(typed.last)
    if first is None or last is None or not timedelta() <= last - first < timedelta(days=LONGEST_WINDOW_DAYS):
        return None, [Fault("first", say("Choose the first day and the last, at most 92 days apart."))]
    begins, ends = _minute(typed.begins, Hours.begins), _minute(typed.ends, Hours.ends)
    if ends <= begins:
        return None, [Fault("ends", say("It must end after it begins."))]
    weekdays = frozenset(int(one) for one in typed.weekday if one in "0123456" and len(one) == 1)
    hours = Hours(
        weekdays or Hours.weekdays,
        begins,
        ends,
        bool(typed.holidays),
        _minute(typed.preferred, 0) if typed.preferred else None,
    )
    question = Question(
        midnight(first, zone),
        midnight(last, zone, 1),
        zone.key,
        _chosen(typed.minutes, MINUTES, 120),
        hours,
        Series(_chosen(typed.weeks, WEEKS, 1)),
        organisation_ids=typed.organisation,
        optional_organisation_ids=tuple(one for one in typed.optional if one not in typed.organisation),
        venue_id=typed.venue if is_id(typed.venue) else None,
        needs=_needs(typed),
    )
    return question, []


def plan_address(found: ShownTime, typed: Sought) -> str:
    """Give the address of the plan page, filled in with a time that was found."""
    values = {
        "on": found.starts_at.date().isoformat(),
        "begins": f"{found.starts_at:%H:%M}",
        "ends": f"{found.ends_at:%H:%M}",
        "venue": found.venue_id or "",
        "weeks": str(found.dates),
        "host": typed.organisation,
        "skip": found.skipped,
    }
    return "/calendar/plan?" + urlencode({name: value for name, value in values.items() if value}, doseq=True)


def venue_options(venues: Sequence[Venue]) -> list[tuple[str, str]]:
    """Name every venue after the choices of none and of any."""
    options = [("", say("No place is needed")), (ANY_VENUE, say("Any place that suits"))]
    return options + [(one.id, one.name) for one in venues]


def weeks_in_words(weeks: int) -> str:
    """Say how often: once, or so many weeks running."""
    return say("once") if weeks == 1 else plural("{n} week running", "{n} weeks running", weeks)


def equipment_of(venues: Sequence[Venue]) -> list[tuple[str, str]]:
    """List what is in the venues, each thing once."""
    words = {word.casefold(): word for venue in venues for word in venue.equipment}
    return [(words[key], words[key]) for key in sorted(words)]


def weekdays() -> list[tuple[str, str]]:
    """Name the days of the week, from Monday."""
    locale = i18n.LOCALES[i18n.language.get()]
    return [(str(day), format_date(A_MONDAY + timedelta(days=day), "EEEE", locale=locale)) for day in range(7)]


def length_in_words(minutes: int) -> str:
    """Say a length: "45 min", "1 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)


def _needs(typed: Sought) -> Needs | None:
    if typed.venue != ANY_VENUE:
        return None
    return Needs(min(number_of(typed.capacity) or 0, 1_000_000), typed.equipment, bool(typed.step_free))


def _chosen(text: str, offered: Sequence[int], usual: int) -> int:
    number = number_of(text)
    return number if number is not None and number in offered else usual


def _minute(text: str, usual: int) -> int:
    try:
        at = time.fromisoformat(text)
    except ValueError:
        return usual
    return 60 * at.hour + at.minute
