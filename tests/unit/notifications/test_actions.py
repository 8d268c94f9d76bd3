"""What one can do about an alert."""

import pytest

from services.notifications.domain.actions import FIRST, LOOK, MOVE, actions_of
from services.notifications.domain.plans import KINDS
from shared import i18n

TWO = ("one", "two")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_one_to_three_buttons_that_are_said_in_polish(kind):
    actions = actions_of(kind, "/there", TWO, "one")

    assert 1 <= len(actions) <= 2  # the third one marks it as read
    assert actions[0].url == "/there"
    for action in actions:
        assert i18n.say_in("pl", action.text) != action.text


@pytest.mark.parametrize(("side", "event_id"), [("one", "one"), ("other", "two")])
def test_whose_event_is_hit_can_move_their_own(side, event_id):
    assert [(one.text, one.url) for one in actions_of("conflict_detected", "/c", TWO, side)] == [
        (FIRST["conflict_detected"], "/c"),
        (MOVE, f"/calendar/events/{event_id}/move"),
    ]


@pytest.mark.parametrize(("ids", "side"), [((), None), (TWO, None), (("one",), "other")])
def test_who_has_no_event_of_their_own_there_can_only_look(ids, side):
    assert len(actions_of("conflict_changed", "/c", ids, side)) == 1
    assert [one.text for one in actions_of("match_declined", "/m", ids, side)] == [LOOK]
