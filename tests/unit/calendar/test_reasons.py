"""Reasons: every code has a sentence in both languages, whatever a title has in it."""

import pytest

from shared import i18n
from shared.messages import Reason
from shared.reasons import SENTENCES, alerts, sentence
from shared.reasons.opportunities import MORE

TITLE = "Festyn {0} {x} 100%"
VALUES = {
    "one": TITLE,
    "other": "Koncert",
    "title": {"pl": "Zamknięta ulica", "en": "A street is closed"},
    "venue": "Sala",
    "resource": "Krzesła",
    "expected": 80,
    "capacity": 50,
    "wanted": 12,
    "available": 10,
    "metres": 120,
    "audiences": ["children", "seniors"],
    "themes": ["zieleń", "sport"],
    "on": "2026-12-25",
    "name": {"pl": "Boże Narodzenie", "en": "Christmas Day"},
    "quiet_from": "22:00",
    "quiet_to": "6:00",
    "people": 1,
    "holidays": "winter",
    "first_on": "2027-02-15",
    "last_on": "2027-02-28",
    "open": [["08:00", "12:00"], ["14:00", "20:00"]],
    "taken": ["19:00", "21:00"],
    "minutes": -90,
    "days": 3,
    "dates": 30,
    "thing": "Sala",
    "starts_at": "2026-12-07T17:00:00+01:00",
    "ends_at": "2026-12-07T19:00:00+01:00",
    "all_day": False,
    "repeats": True,
    "free": 28,
    "skipped": ["2026-12-21", "2026-12-28"],
    "more": 12,
    "required": 3,
    "optional": 3,
    "welcome": 2,
    "opening_known": True,
    "soft": True,
    "obstacle": "hours",
    "who": "Klub",
    "need": "grill",
    "also": [
        {"code": code, "values": {"need": "stoły", "metres": 90, "themes": ["muzyka"], "audiences": ["youth"]}}
        for code in MORE
    ],
}
OF_AN_ALERT = {"title": TITLE, "guest": "Maria Nowak"}


def said(language, code, side=None, **values):
    token = i18n.language.set(language)
    try:
        return sentence(Reason(code=code, values=values), side)
    finally:
        i18n.language.reset(token)


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_code_has_a_sentence_in_both_languages(code):
    values = {**VALUES, **OF_AN_ALERT} if code in alerts.SENTENCES else VALUES
    english, polish = said("en", code, **values), said("pl", code, **values)
    assert english != polish
    assert english.endswith(".")
    for words in (english, polish):
        assert "{" not in words.replace("{0} {x}", "")


def test_a_code_that_is_not_known_or_lacks_values_still_says_something():
    general = said("en", "no_such_code")
    assert general
    assert said("en", "venue_taken", venue="Sala") == general


def test_counted_things_are_said_as_polish_counts_them():
    for days, words in ((1, "1 dzień"), (3, "3 dni"), (5, "5 dni")):
        assert words in said("pl", "slot_other_day", days=days)


def test_lengths_are_said_in_hours_and_minutes():
    assert "1:30 h" in said("en", "slot_same_day", minutes=90)
    assert "2 h" in said("en", "slot_same_day", minutes=-120)
    assert "30 min" in said("en", "slot_same_day", minutes=30)


def test_no_distance_is_said_where_there_is_none():
    values = {"one": "Festyn", "other": "Piknik", "title": {"pl": "Objazd"}, "audiences": ["seniors"]}
    for code in ("audience_near", "municipal_closure", "municipal_event", "same_site"):
        near = sentence(Reason(code=code, values={**values, "metres": 0}))
        assert " m " not in near, near
        assert "200 m" in sentence(Reason(code=code, values={**values, "metres": 200}))


def dates(met, of, weekday):
    return {"met": met, "of": of, "weekday": weekday}


WEEKLY = {
    "one": "Szachy", "other": "Taniec", "venue": "Sala", "clock": ["17:00", "18:00"],
    "one_dates": dates(12, 30, 2), "other_dates": dates(12, 12, None),
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "side", "words"),
    [
        ("pl", "one", "Państwa „Szachy” i „Taniec” są w tym samym czasie w tym samym miejscu: „Sala”. "
                      "Wspólny czas: 17:00–18:00, w 12 z 30 Państwa wtorków."),
        ("pl", "other", "Państwa „Taniec” i „Szachy” są w tym samym czasie w tym samym miejscu: „Sala”. "
                        "Wspólny czas: 17:00–18:00, w 12 z 12 Państwa terminów."),
        ("pl", None, "„Szachy” i „Taniec” są w tym samym czasie w tym samym miejscu: „Sala”. "
                     "Wspólny czas: 17:00–18:00, w 12 terminach."),
        ("en", "one", "Your “Szachy” and “Taniec” are at “Sala” at the same time. "
                      "Overlap: 17:00–18:00, on 12 of your 30 Tuesdays."),
        ("en", None, "“Szachy” and “Taniec” are at “Sala” at the same time. Overlap: 17:00–18:00, on 12 dates."),
    ],
)  # fmt: skip
def test_both_sides_read_the_same_with_their_own_event_first_and_counts_of_their_own_dates(language, side, words):
    assert said(language, "venue_shared", side, **WEEKLY) == words


def test_what_meets_no_other_event_counts_too_and_a_single_date_is_not_counted():
    closure = {"one": "Szachy", "title": {"pl": "Objazd"}, "metres": 200}
    assert said("pl", "municipal_closure", "one", **closure, one_dates=dates(2, 30, 5)).endswith(
        "W 2 z 30 Państwa piątków."
    )
    assert said("en", "municipal_closure", **closure, one_dates=dates(2, 30, 5)).endswith("On 2 of 30 Fridays.")
    assert said("pl", "municipal_closure", "one", **closure, one_dates=dates(1, 1, 5)).endswith("„Objazd”.")
    once = {**WEEKLY, "one_dates": dates(1, 1, 2), "other_dates": dates(1, 1, 2)}
    assert said("pl", "venue_shared", **once).endswith("Wspólny czas: 17:00–18:00.")


@pytest.mark.parametrize(("people", "words"), [(1, "Ta sama osoba ma"), (3, "Te same 3 osoby mają"), (5, "5 osób ma")])
def test_people_are_counted_as_polish_counts_them(people, words):
    for code in ("people_twice", "people_far"):
        assert words in said("pl", code, one="Szachy", other="Taniec", people=people, metres=900, minutes=14)


def test_a_venue_that_is_closed_all_day_is_said_to_be():
    values = {"one": "Szachy", "venue": "Sala", "on": "2026-12-25", "open": [], "taken": ["10:00", "12:00"]}
    closed = said("pl", "opening_hours", **values)
    assert closed == "„Szachy” odbywa się w miejscu „Sala”, które 25 grudnia 2026 jest zamknięte."
