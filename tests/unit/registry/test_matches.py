"""Matching: what rules an offer out, what speaks for it, and what was learned from those that were declined."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.distances import metres_between
from services.registry.domain.matches import (
    Declined,
    Offer,
    Wanted,
    answered,
    is_among_best,
    keys_of,
    match_of,
    matches,
)
from services.registry.domain.weekdays import EVERY_DAY, open_days, wanted_days
from shared.i18n import language
from shared.reasons import SENTENCES, sentence

HERE, NEAR, FAR, AWAY = (50.0885, 19.911), (50.0895, 19.911), (50.11, 19.911), (50.2, 19.911)


def wanted(**values: Any) -> Wanted:
    return Wanted(**{"organisation_id": "club", "kind": "equipment", "title": "Nagłośnienie", "id": "n", **values})


def offer(**values: Any) -> Offer:
    return Offer(**{"id": "r", "organisation_id": "school", "kind": "equipment", "name": "Nagłośnienie", **values})


def codes(match: Any) -> list[str]:
    return [reason.code for reason in match.reasons]


@pytest.mark.parametrize(
    ("of_need", "of_offer"),
    [
        ({}, {"kind": "skill"}),
        ({}, {"organisation_id": "club"}),
        ({}, {"name": "Namiot"}),
        ({}, {"lends": "members"}),
        ({}, {"is_withdrawn": True}),
        ({}, {"quantity": 0}),
        ({"days": frozenset({6})}, {"days": frozenset({1, 2})}),
        ({"point": HERE}, {"point": AWAY}),
    ],
)
def test_an_offer_is_ruled_out_by_one_condition_that_is_not_met(of_need: Any, of_offer: Any) -> None:
    assert match_of(wanted(), offer()) is not None
    assert match_of(wanted(**of_need), offer(**of_offer)) is None


def test_a_shared_theme_is_worth_more_than_a_wider_one_and_each_is_said() -> None:
    theatre = {"themes": frozenset({"theatre"}), "wider": frozenset({"culture"})}
    music = {"themes": frozenset({"music"}), "wider": frozenset({"culture"})}
    same = match_of(wanted(title="x", **theatre), offer(name="y", **theatre))
    wider = match_of(wanted(title="x", **theatre), offer(name="y", **music))
    whole = match_of(wanted(title="x", themes=frozenset({"culture"})), offer(name="y", **music))
    assert same is not None
    assert wider is not None
    assert whole is not None
    assert same.score > wider.score == whole.score
    assert (codes(same), codes(wider), codes(whole)) == (["match_theme"], ["match_wider_theme"], ["match_wider_theme"])
    assert wider.reasons[0].values == {"themes": ["culture"]}


def test_nearness_amount_and_days_make_it_better_and_are_said() -> None:
    plain = match_of(wanted(quantity=2, point=HERE), offer(point=FAR))
    better = match_of(
        wanted(quantity=2, point=HERE, days=frozenset({4})),
        offer(quantity=2, point=NEAR, days=frozenset({4, 5}), needs_approval=True),
    )
    assert plain is not None
    assert better is not None
    assert codes(plain) == ["match_words", "match_part", "match_distance"]
    assert codes(better) == ["match_words", "match_enough", "match_distance", "match_days", "match_approval"]
    assert better.score > plain.score


def test_the_best_come_first_and_no_more_than_five() -> None:
    offers = [offer(id=str(n), name=f"Nagłośnienie {n}") for n in range(9)]
    best = offer(id="best", name="Nagłośnienie plenerowe")
    found = matches(wanted(title="Nagłośnienie plenerowe"), [*offers, best])
    assert [match.offer.id for match in found] == ["best", "0", "1", "2", "3"]
    needs = [wanted(id=str(n)) for n in range(9)]
    assert [match.wanted.id for match in answered(offer(), needs)] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("declined", "is_held_against_it"),
    [
        (Declined("club", "other", "wrong_kind", frozenset({"naglo"})), True),
        (Declined("other", "r", "wrong_kind", frozenset({"naglo"})), True),
        (Declined("other", "other", "wrong_kind", frozenset({"naglo"})), False),
        (Declined("club", "other", "wrong_kind", frozenset({"namio"})), False),
        (Declined("club", "other", "too_far", metres=1_000), True),
        (Declined("club", "other", "too_far", metres=4_000), False),
        (Declined("other", "r", "too_far", metres=1_000), False),
        (Declined("club", "r", "not_available"), True),
        (Declined("club", "other", "not_available"), False),
    ],
)
def test_what_was_declined_counts_against_what_is_alike(declined: Declined, is_held_against_it: bool) -> None:
    need, lent = wanted(point=HERE), offer(point=FAR)
    before, after = match_of(need, lent), match_of(need, lent, [declined])
    assert before is not None
    assert after is not None
    assert (after.score < before.score) == is_held_against_it


def test_what_was_declined_often_is_not_suggested_any_more() -> None:
    often = [Declined("club", str(n), "wrong_kind", frozenset({"naglo"})) for n in range(2)]
    assert match_of(wanted(), offer(), often) is None


def test_a_new_offer_is_told_only_when_it_is_one_of_the_best() -> None:
    assert is_among_best(1, [9, 9, 9, 9])
    assert not is_among_best(9, [9, 9, 9, 9, 9])
    assert is_among_best(10, [9, 9, 9, 9, 9, 20])


def test_it_is_found_by_words_themes_and_kind() -> None:
    assert keys_of(["Głośniki do auli"], ["music"]) == {"*", "w:glosn", "t:music"}


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mo-Fr 08:00-16:00", {1, 2, 3, 4, 5}),
        ("Mo-Fr 08:00-16:00; We off", {1, 2, 4, 5}),
        ("Sa,Su 10:00-12:00; PH off", {6, 7}),
        ("Fr-Mo 10:00-12:00", {5, 6, 7, 1}),
        ("08:00-20:00", set(range(1, 8))),
        ("24/7", None),
        ("week 1-10 Mo 08:00-10:00", None),
        ("", None),
    ],
)
def test_the_days_on_which_a_venue_is_open_are_read_where_they_are_simple(text: str, days: set[int] | None) -> None:
    assert open_days(text) == days


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 10), st.sets(st.integers(1, 7)))
def test_wanted_days_are_those_that_are_named_and_lie_between(start: date, length: int, named: set[int]) -> None:
    end = start + timedelta(days=length)
    days = wanted_days(named, start, end)
    between = {(start + timedelta(days=n)).isoweekday() for n in range(length + 1)}
    assert days == (frozenset(named) or EVERY_DAY) & between


def test_the_distance_between_two_points_is_known_where_both_are() -> None:
    assert metres_between(HERE, NEAR) == 111
    assert metres_between(HERE, None) is None


@pytest.mark.parametrize("tongue", ["pl", "en"])
def test_every_reason_of_a_match_is_a_sentence(tongue: str) -> None:
    found = match_of(
        wanted(quantity=3, point=HERE, days=frozenset({4})), offer(point=FAR, days=EVERY_DAY, needs_approval=True)
    )
    assert found is not None
    before = language.set(tongue)
    try:
        assert all(reason.code in SENTENCES and sentence(reason).endswith(".") for reason in found.reasons)
    finally:
        language.reset(before)
