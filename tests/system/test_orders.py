"""Four services and NATS, started and stopped in many orders: each ends cleanly, and nothing is lost."""

import itertools
import random
import signal

import pytest

from tests.system.stack import SERVICES, Village, eventually

PROGRAMS = ("nats", *SERVICES)
GRACE_SECONDS = 20.0
"""What docker-compose.yml gives a service."""


def orders(seed: int) -> list[list[str]]:
    """Give one order and its reverse: together they have each pair in both orders."""
    order = random.Random(seed).sample(PROGRAMS, len(PROGRAMS))
    return [order, order[::-1]]


STARTS, STOPS = orders(1), orders(2)


@pytest.mark.parametrize("rounds", [STARTS, STOPS])
def test_the_orders_have_each_pair_both_ways(rounds):
    """Fails where the second order is not the reverse of the first."""
    seen = {(order[a], order[b]) for order in rounds for a, b in itertools.combinations(range(len(order)), 2)}
    assert seen == set(itertools.permutations(PROGRAMS, 2))
    assert STARTS != STOPS


def start(village: Village, name: str) -> None:
    if name == "nats":
        village.start_bus()
    else:
        village.start(name)


@pytest.mark.timeout(900)
def test_in_every_order_they_end_cleanly_and_what_was_planned_before_is_alerted_after(tmp_path):
    """Fails when a service needs another to start, ends by the signal (status -15), or forgets what it said 201 to."""
    village = Village(tmp_path / "data", OSIEDLE_LEAVE_SECONDS="0")
    planned: list[tuple[dict, dict]] = []
    try:
        for number, (starting, stopping) in enumerate(zip(STARTS, STOPS, strict=True)):
            for name in starting:
                start(village, name)
            if number == 0:
                host = village.organisation("Dom Kultury")
                venue = village.venue("Dziedziniec", host, one_at_a_time=False, capacity=10)
            first = plan(village, venue, host, days=10 + number)
            planned.append((first, plan(village, venue, host, days=10 + number)))
            for name in stopping:
                assert village.programs.pop(name).stop(GRACE_SECONDS) == 0, name
                if name == "nats" and {"calendar", "registry"} <= village.programs.keys():
                    planned.append((first, plan(village, venue, host, days=10 + number)))
        for name in STARTS[0]:
            start(village, name)
        for first, second in planned:
            eventually(lambda pair=(first, second): village.alerts_about(*pair), 30)
        assert len(planned) == 3, "one of them was planned while the bus was away"
    finally:
        village.stop()


def plan(village: Village, venue: str, host: str, days: int) -> dict:
    return village.plan("Koncert", venue, host, expected_participants=9, days=days)


def test_whoever_is_told_to_stop_says_so_before_the_door_closes(tmp_path):
    """Fails with uvicorn's own handling of signals: the door closes first, and the status is that of the signal."""
    village = Village(tmp_path / "data", OSIEDLE_LEAVE_SECONDS="3")
    try:
        village.start("map")
        program = village.programs["map"]
        program.process.send_signal(signal.SIGTERM)
        ready = f"{village.addresses['map']}/map/health/ready"
        eventually(lambda: village.http.get(ready).status_code == 503)
        assert village.http.get(ready).json()["stopping"] is True
        assert village.http.get(f"{village.addresses['map']}/map/health/live").status_code == 200
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(GRACE_SECONDS) == 0
        assert "Traceback" not in program.printed
    finally:
        village.stop()
