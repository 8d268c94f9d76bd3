"""Worth reading: a labelled year on the real calendar, against what a person would have wanted to be told."""

from dataclasses import dataclass

import pytest

from tests.labelled import figures
from tests.labelled.figures import score
from tests.labelled.living import Lived, live
from tests.labelled.year import Pair, Year, read


@dataclass(frozen=True)
class Judged:
    """The year, and what came of it."""

    year: Year
    lived: Lived

    def pairs(self, part: str) -> list[Pair]:
        """Give the judgements of one part."""
        return [pair for pair in self.year.pairs if pair.part == part]


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    year = read()
    lived, calendar = live(year, tmp_path_factory.mktemp("year"))
    calendar.dispose()
    return Judged(year, lived)


def test_the_year_is_large_enough_to_say_something(judged):
    year = judged.year
    assert len(year.events) >= 300
    assert len(year.organisations) >= 30
    assert len(year.pairs) >= 60
    assert {pair.judgement for pair in year.pairs} == {"blocking", "warning", "information", "useful", "no"}
    assert all(pair.why for pair in year.pairs)


@pytest.mark.parametrize("part", ["tuned", "held"])
def test_what_blocks_is_never_missed(judged, part):
    found = score(judged.lived.said, judged.pairs(part), None, ["blocking"])
    assert found.recall == 1.0
    assert found.wrong == 0


@pytest.mark.parametrize("part", ["tuned", "held"])
def test_a_warning_is_right_nine_times_in_ten(judged, part):
    found = score(judged.lived.said, judged.pairs(part), None, ["warning"])
    assert found.precision >= 0.9
    assert found.recall >= 0.9


@pytest.mark.parametrize("part", ["tuned", "held"])
def test_four_opportunities_in_five_are_useful(judged, part):
    found = score(judged.lived.said, judged.pairs(part), "opportunity", ["useful"])
    assert found.precision >= 0.8
    assert found.recall >= 0.8


def test_so_it_is_with_everything_that_was_said_and_judged_afterwards(judged):
    opportunities = score(judged.lived.said, judged.year.pairs, "opportunity", ["useful"])
    assert opportunities.precision >= 0.8
    assert opportunities.unjudged <= opportunities.right / 10


def test_an_event_has_three_opportunities_at_most_and_not_every_event_has_one(judged):
    each = figures.opportunities_each(judged.lived)
    assert max(each.values()) <= 3
    assert len(each) < len(judged.year.events) / 2


def test_a_coordinator_hears_three_things_a_week(judged):
    told = figures.a_week(judged.year, judged.lived)
    assert figures.share(told, 0.99) <= figures.BUDGET
    assert figures.share([count for count in told if count], 0.95) <= figures.BUDGET
