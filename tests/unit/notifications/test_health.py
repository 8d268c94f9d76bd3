"""How the parts fare, in plain words."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notifications.domain.health import parts_of

NOW = datetime(2026, 11, 26, 13, tzinfo=UTC)
FINE = {"heard_at": NOW.isoformat(), "outbox_oldest_at": None, "set_aside": 0}


def looks(**calendar):
    services = dict.fromkeys(("registry", "map", "notifications"), FINE)
    state = {"connected": True, "services": services | ({"calendar": FINE | calendar} if calendar else {})}
    return [part.look for part in parts_of(state, NOW)]


def test_what_speaks_works():
    assert looks(set_aside=0) == ["success"] * 5


@pytest.mark.parametrize(
    ("said", "look"),
    [
        ({"heard_at": (NOW - timedelta(minutes=1)).isoformat()}, "blocking"),
        ({"set_aside": 2}, "warning"),
        ({"outbox_oldest_at": (NOW - timedelta(minutes=1)).isoformat()}, "warning"),
        ({"outbox_oldest_at": (NOW - timedelta(seconds=1)).isoformat()}, "success"),
        ({"heard_at": "nonsense"}, "warning"),
    ],
)
def test_silence_delay_and_what_is_set_aside_are_seen(said, look):
    assert looks(**said) == ["success", "success", look, "success", "success"]


def test_who_never_spoke_is_not_called_broken():
    assert looks() == ["success", "success", "warning", "success", "success"]


def test_without_the_bus_nothing_is_said_of_the_others():
    assert [part.look for part in parts_of({"connected": False, "services": {"map": FINE}}, NOW)] == ["warning"]
