"""Which date of a poll is best: a table of rules, one after the other, and a property."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.calendar.domain.polls import CHOICES, Date, Invited, Voter, faults_of_invited, tallies

START = datetime(2027, 3, 1, 9, tzinfo=UTC)
SIGNS = {"+": "yes", "~": "if_needed", "-": "no"}


def dates(number: int, taken: tuple[int, ...] = ()) -> list[Date]:
    return [
        Date(str(one), START + timedelta(days=one), START + timedelta(days=one, hours=2), one in taken)
        for one in range(number)
    ]


def voter(text: str, number: int = 0) -> Voter:
    """Read a voter: `!` must come; then an answer for each date, `.` is none."""
    answers = {str(place): SIGNS[sign] for place, sign in enumerate(text.lstrip("!")) if sign != "."}
    return Voter(str(number), f"Głos {number}", text.startswith("!"), answers)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("votes", "taken", "best", "codes"),
    [
        (["!-+", "+-", "+-"], (), 1, ["poll_all_required", "poll_count"]),
        (["+-", "+-", "-+"], (), 0, ["poll_most"]),
        (["+~", "~+", "-~"], (), 0, ["poll_count"]),
        (["++", "~-", "-~"], (), 0, ["poll_count", "poll_earlier"]),
        (["++", "-."], (), 1, ["poll_count"]),
        (["++", "++"], (), 0, ["poll_count", "poll_earlier"]),
        (["+-", "+-"], (0,), 1, ["poll_count"]),
        (["!..", "-+"], (), 1, ["poll_silent", "poll_most"]),
        (["!--"], (), 0, ["poll_missed", "poll_count", "poll_earlier"]),
    ],
)
def test_the_best_date_by_one_rule_after_the_other(
    votes: list[str], taken: tuple[int, ...], best: int, codes: list[str]
) -> None:
    counted = tallies(dates(2, taken), [voter(text, number) for number, text in enumerate(votes)])
    assert [one.is_best for one in counted] == [number == best for number in range(2)]
    assert [reason.code for reason in counted[best].reasons] == codes


def test_nothing_is_suggested_before_anybody_voted_or_when_all_is_taken() -> None:
    assert not any(one.is_best for one in tallies(dates(3), [voter("...")]))
    assert not any(one.is_best for one in tallies(dates(2, (0, 1)), [voter("++")]))


@given(st.lists(st.tuples(st.booleans(), st.lists(st.sampled_from(CHOICES), min_size=5, max_size=5)), max_size=12))
def test_no_other_date_is_better_for_those_who_must_come(votes: list[tuple[bool, list[str]]]) -> None:
    voters = [
        Voter(str(number), "", required, {str(place): said for place, said in enumerate(answers)})  # type: ignore[misc]
        for number, (required, answers) in enumerate(votes)
    ]
    counted = tallies(dates(5), voters)
    assert sum(one.is_best for one in counted) == (1 if votes else 0)
    for best in (one for one in counted if one.is_best):
        fewest = min(len(one.missed) for one in counted)
        assert len(best.missed) == fewest
        assert best.yes == max(one.yes for one in counted if len(one.missed) == fewest)


def test_an_organisation_is_invited_once_and_a_guest_has_a_name() -> None:
    assert faults_of_invited([Invited("a"), Invited("a")]) == [("/invited", "An organisation is invited once")]
    assert [pointer for pointer, _ in faults_of_invited([Invited(), Invited(name="x", mail="a b@c.pl")])] == [
        "/invited/0",
        "/invited/1/mail",
    ]
