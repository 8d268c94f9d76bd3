"""The ledger of a mail server finds what it is there to find."""

from tests.mailing.ledger import Taken, judge


def a_letter(recipient, key):
    return Taken(1.0, f"<{key}@example.org>", recipient)


def test_one_letter_each_is_right():
    verdict = judge([a_letter("a", 1), a_letter("b", 2)], ["a", "b"])
    assert (verdict.reached, verdict.repeated, verdict.faults) == (2, 0, [])


def test_the_same_letter_again_is_a_repeat_that_is_known_by_its_key():
    verdict = judge([a_letter("a", 1), a_letter("a", 1)], ["a"])
    assert (verdict.repeated, verdict.faults) == (1, [])


def test_another_letter_of_the_same_is_twice():
    assert len(judge([a_letter("a", 1), a_letter("a", 2)], ["a"]).faults) == 1


def test_who_got_nothing_and_who_should_not_have_are_named():
    assert judge([a_letter("b", 1)], ["a"]).faults == ["a got nothing", "b should have got nothing"]


def test_one_key_for_two_people_is_wrong():
    assert len(judge([a_letter("a", 1), a_letter("b", 1)], ["a", "b"]).faults) == 1
