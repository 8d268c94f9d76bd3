"""How an event repeats is said in plain Polish and English, or not at all."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.calendar.domain.recurrence import Replacement, Rule
from services.calendar.pages.words_of_rules import ORDINALS, WEEKDAYS, words_of_rule
from shared import i18n

WARSAW = ZoneInfo("Europe/Warsaw")
SAID = [
    ("FREQ=WEEKLY", "co wtorek", "every Tuesday"),
    (
        "FREQ=WEEKLY;UNTIL=20270630T215959Z",
        "co wtorek, do 30 czerwca 2027",
        "every Tuesday, until 30 June 2027",
    ),
    ("FREQ=WEEKLY;UNTIL=20261231", "co wtorek, do 31 grudnia", "every Tuesday, until 31 December"),
    ("FREQ=WEEKLY;BYDAY=WE;WKST=SU", "co środę", "every Wednesday"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", "co drugą niedzielę", "every second Sunday"),
    ("FREQ=WEEKLY;INTERVAL=3", "co 3 tygodnie we wtorek", "every 3 weeks on Tuesday"),
    (
        "FREQ=WEEKLY;BYDAY=FR,MO,WE",
        "co tydzień w poniedziałek, w środę i w piątek",
        "every week on Monday, on Wednesday and on Friday",
    ),
    ("FREQ=WEEKLY;INTERVAL=5;BYDAY=SA", "co 5 tygodni w sobotę", "every 5 weeks on Saturday"),
    ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "od poniedziałku do piątku", "from Monday to Friday"),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "codziennie", "every day"),
    ("FREQ=DAILY;COUNT=5", "codziennie, 5 razy", "every day, 5 times"),
    ("FREQ=DAILY;INTERVAL=2;COUNT=2", "co 2 dni, 2 razy", "every 2 days, 2 times"),
    ("FREQ=MONTHLY", "1. dnia każdego miesiąca", "on day 1 of every month"),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", "ostatniego dnia każdego miesiąca", "on the last day of every month"),
    ("FREQ=MONTHLY;BYDAY=1TU", "w pierwszy wtorek każdego miesiąca", "on the first Tuesday of every month"),
    ("FREQ=MONTHLY;BYDAY=TH;BYSETPOS=2", "w drugi czwartek każdego miesiąca", "on the second Thursday of every month"),
    (
        "FREQ=MONTHLY;BYDAY=-1SA,1SA",
        "w pierwszą sobotę i w ostatnią sobotę każdego miesiąca",
        "on the first Saturday and on the last Saturday of every month",
    ),
    ("FREQ=MONTHLY;INTERVAL=2;BYDAY=3WE", "co 2 miesiące, w trzecią środę", "every 2 months, on the third Wednesday"),
    ("FREQ=YEARLY", "co rok 1 grudnia", "every year on 1 December"),
    ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=1", "co rok 1 grudnia", "every year on 1 December"),
]
UNSAID = [
    None,
    "nonsense",
    "FREQ=HOURLY",
    "FREQ=DAILY;BYMONTH=12",
    "FREQ=DAILY;BYHOUR=9,17",
    "FREQ=WEEKLY;BYMONTH=9,10",
    "FREQ=MONTHLY;BYDAY=5TU",
    "FREQ=MONTHLY;BYDAY=TU",
    "FREQ=MONTHLY;BYDAY=-2TU",
    "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=MONTHLY;BYMONTHDAY=-3",
    "FREQ=YEARLY;BYWEEKNO=20",
    "FREQ=YEARLY;BYMONTH=5;BYDAY=2SU",
    "FREQ=YEARLY;BYMONTH=1,7",
    "FREQ=YEARLY;INTERVAL=4",
]


def a_rule(rrule: str | None = "FREQ=WEEKLY", **values: Any) -> Rule:
    """A Tuesday, 1 December 2026, from five to six."""
    return Rule(at(2026, 12, 1), at(2026, 12, 1, 18), "Europe/Warsaw", **{"rrule": rrule, **values})


def at(year: int, month: int, day: int, hour: int = 17) -> datetime:
    return datetime(year, month, day, hour, tzinfo=WARSAW)


def said(rule: Rule) -> tuple[str | None, str | None]:
    texts = []
    for tongue in ("pl", "en"):
        i18n.language.set(tongue)
        texts.append(words_of_rule(rule))
    return texts[0], texts[1]


@pytest.mark.parametrize(("rrule", "polish", "english"), SAID, ids=[rrule for rrule, _, _ in SAID])
def test_a_rule_is_said_in_plain_words(rrule: str, polish: str, english: str) -> None:
    assert said(a_rule(rrule, all_day=True)) == (polish, english)


@pytest.mark.parametrize("rrule", UNSAID)
def test_what_one_sentence_cannot_say_is_not_said(rrule: str | None) -> None:
    assert said(a_rule(rrule)) == (None, None)


def test_exceptions_are_named_while_they_are_few() -> None:
    christmas, later = at(2026, 12, 22), [at(2027, 1, day) for day in (5, 12, 19)]
    assert said(a_rule(exdates=(christmas, later[0])))[0] == (
        "co wtorek 17:00–18:00, oprócz 22 grudnia i 5 stycznia 2027"
    )
    assert said(a_rule(exdates=(christmas, *later)))[0] == "co wtorek 17:00–18:00, oprócz 4 terminów"
    cancelled = {christmas: None, later[0]: Replacement(later[0], later[1])}
    assert said(a_rule(overrides=cancelled))[0] == "co wtorek 17:00–18:00, oprócz 22 grudnia, 1 termin jest inny"
    assert said(a_rule(rdates=(at(2026, 12, 24),)))[1] == "every Tuesday 17:00–18:00, and also 24 December"
    assert said(a_rule(all_day=True, rrule="FREQ=YEARLY"))[0] == "co rok 1 grudnia"


def test_the_last_day_is_that_of_the_place_where_it_happens() -> None:
    assert said(a_rule("FREQ=DAILY;UNTIL=20261231T230000Z"))[1] == "every day 17:00–18:00, until 1 January 2027"


def test_every_weekday_has_its_polish_words() -> None:
    i18n.language.set("pl")
    keys = [f"{before}{day}" for before in ("every ", "every second ", "on ") for day in WEEKDAYS]
    keys += [f"on the {ordinal} {day}" for ordinal in ORDINALS.values() for day in WEEKDAYS]
    assert [key for key in keys if i18n.say(key) == key] == []
