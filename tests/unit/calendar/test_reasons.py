"""Reasons: every code has a sentence in both languages, whatever a title has in it."""

import pytest

from shared import i18n
from shared.messages import Reason
from shared.reasons import SENTENCES, sentence

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
    "minutes": -90,
    "days": 3,
    "dates": 30,
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
}
OF_AN_ALERT = {"title": TITLE}


def said(language, code, **values):
    token = i18n.language.set(language)
    try:
        return sentence(Reason(code=code, values=values))
    finally:
        i18n.language.reset(token)


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_code_has_a_sentence_in_both_languages(code):
    alert = code.startswith(("conflict_", "opportunity_"))
    values = {**VALUES, **OF_AN_ALERT} if alert else VALUES
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
