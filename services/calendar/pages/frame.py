"""What all pages of the calendar stand on: the environment with the calendar's own words, and the local day."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel.numbers import format_currency
from fastapi import Request

from services.calendar.domain.dates import rule_of
from services.calendar.pages import words
from services.calendar.pages.words_of_rules import words_of_rule
from services.calendar.queries import plan_of
from shared import clock
from shared.i18n import say
from shared.markdown import rendered
from shared.pages import Pages
from shared.pages.qr import qr_svg
from shared.people import may_speak_for, may_speak_for_one
from shared.reasons import AUDIENCE_LABELS, sentence

pages = Pages("calendar")
pages.environment.globals.update(
    kind_word=lambda code: words.word(words.KINDS, code),
    audience_words=lambda codes: words.listed(AUDIENCE_LABELS, codes),
    status_word=lambda code: words.word(words.STATUSES, code),
    severity_word=lambda code: words.word(words.SEVERITIES, code),
    conflict_word=lambda code: words.word(words.CONFLICTS, code),
    level_word=lambda code: words.word(words.LEVELS, code),
    usual_word=lambda code: words.word(words.USUAL, code),
    state_word=lambda code: words.word(words.STATES, code),
    visibility_word=lambda code: words.word(words.VISIBILITIES, code),
    alternative_word=lambda code: words.word(words.ALTERNATIVES, code),
    choices_of=lambda rows: [(row.id, row.name) for row in rows],
    sentence=sentence,
    instant=datetime.fromisoformat,
    speaks_for=may_speak_for,
    speaks_for_one=may_speak_for_one,
    request_word=lambda code: words.word(words.REQUESTS, code),
    qr=qr_svg,
    markdown=rendered,
    quoted=lambda text: quote(text, safe=""),
    views_of=lambda person: views_of(signed_in=person is not None),
    monday_plus=lambda days: date(2024, 1, 1 + days),
    repeat_sentence=lambda event: words_of_rule(rule_of(plan_of(event))),
)
pages.environment.filters.update(zip=zip, money=lambda amount: format_currency(amount, "PLN", locale="pl_PL"))


def zone_of(request: Request) -> ZoneInfo:
    """Give the zone of the neighbourhood."""
    return ZoneInfo(request.app.state.settings.zone)


def today_in(zone: ZoneInfo) -> date:
    """Give the day it is in a zone."""
    return clock.now().astimezone(zone).date()


def midnight(day: date, zone: ZoneInfo, days: int = 0) -> datetime:
    """Give the instant at which a day begins in a zone, or so many days later."""
    return datetime.combine(day + timedelta(days=days), time.min, zone)


def views_of(*, signed_in: bool) -> list[tuple[str, str]]:
    """Give the calendar's views as pairs of address and name; those for planning to who is signed in."""
    views = words.VIEWS | words.WORKING_VIEWS if signed_in else words.VIEWS
    return [(address, say(name)) for address, name in views.items()]


def choices_offered(organisations: Sequence[tuple[str, str]], venues: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Give the lists from which the filters are chosen, each with the choice of all."""
    every = ("", say("All"))
    return {
        "organisations": [every, *organisations],
        "venues": [every, *venues],
        "audiences": [every, *words.options(AUDIENCE_LABELS)],
        "kinds": [every, *words.options(words.KINDS)],
    }
