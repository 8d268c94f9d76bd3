"""Coalitions that suggest themselves, and the order of the participation path: functions of values."""

from datetime import date

import pytest

from services.registry.domain.coalitions import Shared, Thing, around_problem, is_alike, of_joint_events
from services.registry.domain.participation import next_stage, out_of_order

NAMES = {"a": "Szkoła", "b": "Klub", "c": "Ośrodek"}
PROBLEM = Shared("p", "Ciemny park", ("a", "b"), ("safety",), 50.0885, 19.9110)
LACKED = [Thing("a", "equipment", "Lampy na festyn")]
OFFERED = [Thing("b", "equipment", "Lampy ledowe")]


def codes(found):
    return [reason.code for reason in found.reasons] if found else None


def test_a_shared_problem_with_a_need_that_another_answers_calls_for_a_coalition():
    found = around_problem(PROBLEM, [PROBLEM], LACKED, OFFERED, NAMES)
    assert found is not None
    assert found.organisation_ids == ("a", "b")
    assert codes(found) == ["coalition_shared_problem", "coalition_complement"]
    assert found.reasons[1].values == {
        "need": "Lampy na festyn",
        "who": "Szkoła",
        "offer": "Lampy ledowe",
        "by": "Klub",
    }


@pytest.mark.parametrize(
    ("problem", "lacked", "offered"),
    [
        (Shared("p", "Ciemny park", ("a",)), LACKED, OFFERED),
        (PROBLEM, [], OFFERED),
        (PROBLEM, LACKED, []),
        (PROBLEM, LACKED, [Thing("a", "equipment", "Lampy własne")]),
        (PROBLEM, LACKED, [Thing("c", "equipment", "Lampy obcych")]),
        (PROBLEM, LACKED, [Thing("b", "equipment", "Rowery")]),
    ],
)
def test_who_is_alone_or_completes_nobody_is_no_coalition(problem, lacked, offered):
    assert around_problem(problem, [problem], lacked, offered, NAMES) is None


def test_supporters_of_a_problem_nearby_that_is_alike_belong_to_it():
    near = Shared("q", "Wieczorem strach", ("b",), ("safety",), 50.0890, 19.9112)
    alone = Shared("p", "Ciemny park", ("a",), ("safety",), 50.0885, 19.9110)
    found = around_problem(alone, [alone, near], LACKED, OFFERED, NAMES)
    assert codes(found) == ["coalition_shared_problem", "coalition_alike", "coalition_complement"]
    assert not is_alike(alone, Shared("q", "Wieczorem strach", ("b",), ("safety",), 50.12, 19.91))
    assert not is_alike(alone, Shared("q", "Brak ławek", ("b",), ("greenery",), 50.0890, 19.9112))


def test_three_events_together_in_a_year_are_no_accident():
    assert of_joint_events("a", "b", 2, NAMES) is None
    assert codes(of_joint_events("a", "b", 3, NAMES)) == ["coalition_events"]


def test_the_path_may_skip_steps_and_never_runs_backwards():
    held = {"diagnosis": date(2026, 5, 1), "works": date(2026, 9, 1)}
    assert out_of_order(held) is None
    assert out_of_order({**held, "consultation": date(2026, 10, 1)}) == "works"
    assert (next_stage({}), next_stage(held), next_stage({"poll": date(2026, 5, 1)})) == (
        "diagnosis",
        None,
        "consultation",
    )
