"""The form of a poll: what was typed, kept word for word; who is invited, and the plan that it makes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from services.calendar.domain.plans import Visibility
from services.calendar.domain.polls import Invited, PollPlan, Span
from services.calendar.domain.slots import LONGEST_WINDOW_DAYS, Question
from services.calendar.pages import words
from services.calendar.pages.advice import slot_of
from services.calendar.pages.forms import LONGEST_TITLE, Fault, read_day
from services.calendar.pages.slots import MOST_TICKED, Sought, question_of
from services.calendar.queries.polls import InvitationCard
from services.calendar.schemas.polls import REMINDER
from shared.i18n import say
from shared.identifiers import is_id

OWN_DATES = 4
LONGEST_GUEST = 600
"""So many dates can be typed beside those that were found."""
LONGEST_GUESTS = 20_000
GUEST = re.compile(r"^(?P<name>[^<,;]*?)\s*[<,;]\s*(?P<mail>[^<>\s]+@[^<>\s]+)\s*>?\s*$")
REMINDERS = {"24": "The day before", "48": "Two days before", "3": "Three hours before"}


@dataclass(frozen=True)
class TypedPoll:
    """Everything that was typed into the form of a poll, as text."""

    title: str = ""
    organisation_id: str = ""
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    guests_required: str = ""
    guests: str = ""
    first: str = ""
    last: str = ""
    minutes: str = "120"
    begins: str = "09:00"
    ends: str = "20:00"
    venue: str = ""
    link: str = ""
    description: str = ""
    visibility: str = "public"
    closes_on: str = ""
    closes_time: str = "20:00"
    remind: str = "24"
    dates: tuple[str, ...] = ()
    own: tuple[tuple[str, str], ...] = ()
    key: str = ""
    """Made with the form: the same form sent twice opens one poll."""


TEXTS = tuple(name for name, made in TypedPoll.__dataclass_fields__.items() if made.type in (str, "str"))


def typed_poll_of_form(form: FormData) -> TypedPoll:
    """Read the form as it was sent."""
    texts = {name: str(form.get(name, "")).strip()[:LONGEST_GUESTS] for name in TEXTS}
    own = ((str(form.get(f"own_on_{one}", "")), str(form.get(f"own_time_{one}", ""))) for one in range(OWN_DATES))
    required = _ticked(form, "required")
    return TypedPoll(
        **texts,
        required=required,
        optional=tuple(one for one in _ticked(form, "optional") if one not in required),
        dates=tuple(str(one) for one in form.getlist("dates"))[:MOST_TICKED],
        own=tuple(own),
    )


def question_of_poll(typed: TypedPoll, zone: ZoneInfo) -> tuple[Question | None, list[Fault]]:
    """Make the search for dates at which those who were ticked are free."""
    return question_of(
        Sought(
            organisation=tuple(dict.fromkeys((*filter(is_id, (typed.organisation_id,)), *typed.required))),
            optional=typed.optional,
            first=typed.first,
            last=typed.last,
            minutes=typed.minutes,
            begins=typed.begins,
            ends=typed.ends,
            venue=typed.venue,
        ),
        zone,
    )


def poll_plan_of(typed: TypedPoll, zone: ZoneInfo, minutes: int) -> tuple[PollPlan | None, list[Fault]]:
    """Make the poll that was typed, and say what is wrong with it."""
    faults: list[Fault] = []
    if not 0 < len(typed.title) <= LONGEST_TITLE:
        faults.append(Fault("title", say("Say in a few words what the meeting is about.")))
    if not is_id(typed.organisation_id):
        faults.append(Fault("organisation_id", say("Choose the organisation that calls the meeting.")))
    closes_at = _moment(typed.closes_on, typed.closes_time, zone)
    if closes_at is None:
        faults.append(Fault("closes_on", say("Say until when one can vote.")))
    dates = [*chosen_dates(typed, zone), *_own_dates(typed, zone, minutes, faults)]
    if not dates:
        faults.append(Fault("dates", say("Tick at least one date, or write one yourself.")))
    invited, wrong = invited_of(typed.required, typed.optional, typed.guests_required, typed.guests)
    faults += wrong
    if closes_at is None or faults:
        return None, faults
    plan = PollPlan(
        title=typed.title,
        organisation_id=typed.organisation_id,
        dates=tuple(sorted(set(dates))),
        closes_at=closes_at,
        remind_at=closes_at - (timedelta(hours=int(typed.remind)) if typed.remind in REMINDERS else REMINDER),
        zone=zone.key,
        invited=invited,
        description=typed.description,
        venue_id=typed.venue if is_id(typed.venue) else None,
        link=typed.link,
        visibility=cast(Visibility, typed.visibility if typed.visibility in words.VISIBILITIES else "public"),
    )
    return plan, faults


def chosen_dates(typed: TypedPoll, zone: ZoneInfo) -> list[Span]:
    """Give the dates that were ticked."""
    return [span for text in typed.dates if (span := slot_of(text, zone))]


def invited_of(
    required: Iterable[str], optional: Iterable[str], guests_required: str, guests: str
) -> tuple[tuple[Invited, ...], list[Fault]]:
    """Give whom the ticks and the lines of guests invite, and the lines that cannot be read."""
    invited = [Invited(organisation_id=one, required=True) for one in required]
    invited += [Invited(organisation_id=one) for one in optional]
    faults = []
    for field, text, must_come in (("guests_required", guests_required, True), ("guests", guests, False)):
        for line in filter(None, (line.strip() for line in text.splitlines())):
            one = _guest(line, must_come)
            if one is None:
                sentence = say("“{line}” cannot be read: write a name, a comma and a mail address.", line=line)
                faults.append(Fault(field, sentence))
            else:
                invited.append(one)
    return tuple(invited), faults


def typed_of_invited(cards: Sequence[InvitationCard]) -> TypedPoll:
    """Fill the fields of who is invited with who is."""
    rows = [one.invitation for one in cards]
    organisations = {
        must: tuple(one.organisation_id for one in rows if one.organisation_id and one.required is must)
        for must in (True, False)
    }
    guests = {
        must: "\n".join(
            f"{one.name}, {one.mail}" if one.mail else one.name
            for one in rows
            if not one.organisation_id and not one.person_id and one.name and one.required is must
        )
        for must in (True, False)
    }
    return replace(
        TypedPoll(),
        required=organisations[True],
        optional=organisations[False],
        guests_required=guests[True],
        guests=guests[False],
    )


def reminders() -> list[tuple[str, str]]:
    """Name when who has not voted is reminded."""
    return [(hours, say(text)) for hours, text in REMINDERS.items()]


def longest_window(typed: TypedPoll) -> str:
    """Name the last day up to which dates can be looked for."""
    first = read_day(typed.first)
    return (first + timedelta(days=LONGEST_WINDOW_DAYS)).isoformat() if first else ""


def faults_said(errors: Iterable[Mapping[str, str]], fields: Mapping[str, str]) -> list[Fault]:
    """Say the refusals of a command beside the fields of a form; `fields` names those that are called otherwise."""
    faults = []
    for error in errors:
        name = error["pointer"].strip("/").split("/")[0]
        faults.append(Fault(fields.get(name, name), say(error["detail"])))
    return faults


def _ticked(form: FormData, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(is_id, (str(one) for one in form.getlist(name)))))[: 4 * MOST_TICKED]


def _guest(line: str, required: bool) -> Invited | None:
    line = line[:LONGEST_GUEST]
    if "@" not in line:
        return Invited(name=line[:200], required=required)
    match = GUEST.match(line)
    if match is None or not match["name"].strip():
        return None
    return Invited(name=match["name"].strip()[:200], mail=match["mail"], required=required)


def _own_dates(typed: TypedPoll, zone: ZoneInfo, minutes: int, faults: list[Fault]) -> list[Span]:
    found = []
    for number, (on, at) in enumerate(typed.own):
        if not on and not at:
            continue
        starts_at = _moment(on, at, zone)
        if starts_at is None:
            faults.append(Fault(f"own_on_{number}", say("Choose both the day and the time.")))
        else:
            found.append((starts_at, starts_at + timedelta(minutes=minutes)))
    return found


def _moment(on: str, at: str, zone: ZoneInfo) -> datetime | None:
    day = read_day(on)
    try:
        return datetime.combine(day, time.fromisoformat(at), zone) if day else None
    except ValueError:
        return None
