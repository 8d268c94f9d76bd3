"""Whether two organisations are one: names, numbers, and what else speaks for it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.duplicates import Traits, blocking_keys, compare
from services.registry.domain.names import likeness, numbers_differ, taken_apart


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Szkoła Podstawowa nr 113", "SP 113"),
        ("XLVI Liceum Ogólnokształcące", "46 LO"),
        ("II LO im. Jana III Sobieskiego", "Drugie Liceum Ogólnokształcące"),
        ("Miejski Ośrodek Pomocy Społecznej", "MOPS"),
        ("TPD", "Towarzystwo Przyjaciół Dzieci"),
        ("Stowarzyszenie „Sąsiedzi”", "SASIEDZI"),
        ("Szkoła Podstawowa nr 113 im. Jana Pawła II", "SP nr 113"),
    ],
)
def test_two_ways_to_write_a_name_are_the_same_name(one: str, other: str):
    assert likeness(taken_apart(one), taken_apart(other)) >= 0.99
    assert compare(Traits(one), Traits(other)).is_candidate
    assert blocking_keys(Traits(one)) & blocking_keys(Traits(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Szkoła Podstawowa nr 113", "Szkoła Podstawowa nr 119"),
        ("SP 113 im. Jana Pawła II", "SP 119 im. Jana Pawła II"),
        ("XLVI LO", "XLIV LO"),
        ("Pierwsze Przedszkole", "Drugie Przedszkole"),
    ],
)
def test_another_number_is_a_veto_whatever_else_is_the_same(one: str, other: str):
    same = Traits(one, phones=("12 634 00 00",), mails=("a@example.org",), identifiers={"nip": "6761234567"})
    found = compare(same, replace(same, name=other))
    assert found.score == 100
    assert [veto.code for veto in found.vetoes] == ["other_numbers"]
    assert not found.is_candidate


def test_a_number_that_only_one_has_is_no_veto():
    assert not numbers_differ(taken_apart("Szkoła Podstawowa"), taken_apart("Szkoła Podstawowa nr 113"))
    assert not numbers_differ(taken_apart("Szkoły 5 i 113"), taken_apart("Szkoła 113"))


def test_the_letter_i_between_words_is_no_number():
    assert taken_apart("OŚRODEK KULTURY I SPORTU").numbers == frozenset()
    assert taken_apart("I LO").numbers == {1}


def test_each_evidence_is_named_by_itself():
    one = Traits(
        "Klub Azory", "ul. Radzikowskiego 1", 50.0, 19.9, {}, ("12 634 00 00",), ("a@klub.pl",), ("www.klub.pl",)
    )
    other = Traits(
        "Coś innego",
        "UL. RADZIKOWSKIEGO 1",
        50.0001,
        19.9,
        {},
        ("+48126340000",),
        ("b@klub.pl",),
        ("https://klub.pl/x",),
    )
    found = compare(one, other)
    codes = [reason.code for reason in found.reasons]
    assert codes == ["same_mail_domain", "same_phone", "same_website", "same_address", "near"]


def test_a_mailbox_or_page_at_a_provider_says_nothing():
    one = Traits("Klub Azory", mails=("klub@gmail.com",), websites=("https://www.facebook.com/klub",))
    other = Traits("Rada Osiedla", mails=("rada@gmail.com",), websites=("https://facebook.com/rada",))
    assert compare(one, other).reasons == ()
    assert not blocking_keys(one) & blocking_keys(other)


def test_the_same_name_far_away_is_not_shown():
    assert not compare(Traits("Klub Seniora", "", 50.0, 19.9), Traits("Klub Seniora", "", 50.1, 19.9)).is_candidate
    assert compare(Traits("Klub Seniora", "", 50.0, 19.9), Traits("Klub Seniora", "", 50.0, 19.9)).is_candidate


def test_another_regon_is_a_veto():
    found = compare(
        Traits("Klub", identifiers={"regon": "123456785"}), Traits("Klub", identifiers={"regon": "123456786"})
    )
    assert [veto.code for veto in found.vetoes] == ["other_identifier"]


TEXT = st.text(max_size=40)
TRAITS = st.builds(Traits, TEXT, TEXT, phones=st.tuples(TEXT), mails=st.tuples(TEXT), websites=st.tuples(TEXT))


@given(TRAITS, TRAITS)
def test_the_order_of_the_two_does_not_matter(one: Traits, other: Traits):
    there, back = compare(one, other), compare(other, one)
    assert (there.score, [one.code for one in there.reasons]) == (back.score, [one.code for one in back.reasons])


@given(TRAITS)
def test_everything_meets_itself(one: Traits):
    assert blocking_keys(one)
    assert not compare(one, one).vetoes
