"""What a card must be like: hours as people write them, numbers, and which cards to look at again."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.hours import understood_hours
from services.registry.domain.identifiers import checked_identifier
from services.registry.domain.organisations import checked_links, is_at_zero, with_point
from services.registry.domain.reviews import CardFacts, review_reasons
from shared.opening import DaysAlike, usual_week
from shared.problems import InvalidInput

MONDAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("", ""),
        ("Mo-Fr 08:00-16:00", "Mo-Fr 08:00-16:00"),
        ("pn-pt 8-16", "Mo-Fr 08:00-16:00"),
        ("pon.–pt. 8.00–16.00, sob. 10-14", "Mo-Fr 08:00-16:00; Sa 10:00-14:00"),
        ("Poniedziałek - piątek: 7:30-15:30; sobota nieczynne", "Mo-Fr 07:30-15:30; Sa off"),
        ("pn, śr 9-12 i 14-17", "Mo,We 09:00-12:00,14:00-17:00"),
        ("wt, czw 16:00-19:00", "Tu,Th 16:00-19:00"),
        ("od poniedziałku do piątku od 8 do 16", "Mo-Fr 08:00-16:00"),
        ("codziennie 8-20", "Mo-Su 08:00-20:00"),
        ("całą dobę", "24/7"),
        ("Mon-Fri 9-17", "Mo-Fr 09:00-17:00"),
    ],
)
def test_hours_are_understood_as_people_write_them(written: str, kept: str):
    assert understood_hours(written) == kept


@pytest.mark.parametrize("written", ["w każdy wtorek rano", "jak kto przyjdzie", "8-16-20", "pn 25-99"])
def test_hours_that_nobody_could_read_are_refused(written: str):
    with pytest.raises(InvalidInput):
        understood_hours(written)


@given(st.text(max_size=40))
def test_whatever_is_written_is_read_or_refused(written: str):
    try:
        kept = understood_hours(written)
    except InvalidInput:
        return
    usual_week(kept, MONDAY)


def test_a_usual_week_is_said_with_days_alike_together_and_no_holiday_in_it():
    week = usual_week("Mo-Fr 08:00-16:00; Sa 10:00-14:00; PH off", date(2026, 12, 21))
    assert week == [
        DaysAlike(0, 4, (("08:00", "16:00"),)),
        DaysAlike(5, 5, (("10:00", "14:00"),)),
        DaysAlike(6, 6, ()),
    ]
    assert usual_week("24/7", MONDAY) == [DaysAlike(0, 6, (("00:00", "24:00"),))]
    assert usual_week("nonsense", MONDAY) == []


def test_numbers_are_kept_as_digits_and_lost_zeros_come_back():
    assert checked_identifier("nip", "PL 675-000-22-36") == "6750002236"
    assert checked_identifier("regon", "12345678512347") == "12345678512347"
    assert checked_identifier("krs", " 12345 ") == "0000012345"
    assert checked_identifier("rspo", "0081") == "81"
    assert checked_identifier("nip", " ") is None


@pytest.mark.parametrize("kind", ["nip", "regon"])
@given(st.integers(0, 9), st.integers(1, 9))
def test_no_slip_of_one_digit_passes(kind: str, place: int, by: int):
    right = {"nip": "6750002236", "regon": "123456785"}[kind]
    place %= len(right)
    wrong = right[:place] + str((int(right[place]) + by) % 10) + right[place + 1 :]
    try:
        checked_identifier(kind, wrong)
    except InvalidInput:
        return
    # NIP and REGON take a check of 10 for 0, so that few slips onto 0 are not seen
    assert kind == "regon"


def test_links_lead_to_the_web_alone():
    assert checked_links([{"label": "a", "url": "example.org"}]) == [{"label": "a", "url": "https://example.org"}]
    for url in ("javascript:alert(1)", "ftp://example.org", "https://", "data:text/html,x", "http://[", "https://a b"):
        with pytest.raises(InvalidInput):
            checked_links([{"label": "", "url": url}])


def test_a_pin_is_moved_by_people_only():
    table = {"latitude": 1.0, "longitude": 2.0, "point_source": "import", "name": "x"}
    assert with_point("pin", table) == {"name": "x"}
    assert with_point("import", table)["latitude"] == 1.0
    assert with_point("import", {"latitude": 1.0, "longitude": 2.0})["point_source"] == "pin"
    assert with_point("pin", {"latitude": None, "longitude": None})["point_source"] is None
    assert with_point("pin", {"name": "x"}) == {"name": "x"}
    assert is_at_zero(0.0, -0.0)
    assert not is_at_zero(0.0, 19.9)


def test_a_card_is_looked_at_again_after_a_year_and_while_something_is_missing():
    whole = {"has_contact": True, "has_point": True, "has_opening_hours": True, "has_description": True}
    fresh = CardFacts(confirmed_on=date(2025, 12, 1), has_kind=True, **whole)
    assert review_reasons(fresh, MONDAY) == ()
    assert [one.code for one in review_reasons(fresh, date(2026, 12, 1))] == ["not_confirmed"]
    bare = CardFacts(date(2026, 11, 1), *[False] * 5)
    assert [one.code for one in review_reasons(bare, MONDAY)][:2] == ["no_contact", "no_point"]
