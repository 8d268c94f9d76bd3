"""Two minutes of `make chaos`: random kills of everything that takes part, on both databases, and a bus that is away.

The naive changes with which the kills were seen to fail are listed in `tests/chaos/verdict.py`.
"""

import random
from dataclasses import replace
from types import SimpleNamespace as Row

import pytest

from tests.chaos.away import stay_away
from tests.chaos.driver import POSTGRESQL, SQLITE, run
from tests.chaos.verdict import Ledgers, judge
from tests.conftest import NO_POSTGRES
from tests.postgres import programs

SECONDS = 50
FEWEST_KILLS = 15
"""Far more come on two quiet cores; a run without kills, or with nothing to interrupt, would prove nothing."""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", [SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.postgres)])
async def test_random_kills_lose_double_and_hold_up_nothing(tmp_path, kind):
    if kind == POSTGRESQL and programs() is None:
        pytest.skip(NO_POSTGRES)
    result = await run(kind, tmp_path, random.randrange(10**6), kills=10**6, seconds=SECONDS)
    print(result.line)
    assert result.effects >= result.kills >= FEWEST_KILLS, result.line
    assert result.verdict.faults == [], result.line


@pytest.mark.timeout(600)
def test_a_bus_that_is_away_stops_no_writing_and_hears_everything_afterwards(tmp_path):
    """Fails where a write waits for the bus, and where the relay does not look into the table when it is back."""
    outage = stay_away(tmp_path, 20)
    print(outage.line)
    assert outage.verdict.faults == [], outage.line


def _told(version, published_at="then"):
    return Row(
        headers={"ce-id": f"m{version}", "ce-subject": "a", "ce-sequence": str(version)}, published_at=published_at
    )


def _fact(call, version, of=1):
    return Row(call=call, of=of, id="a", version=version)


def _effect(version, sequence, again=False):
    return Row(id="a", version=version, sequence=sequence, again=again)


WHOLE = Ledgers(
    acknowledged=["one", "two"],
    facts=[_fact("one", 1), _fact("two", 2)],
    aggregates=[Row(id="a", version=2)],
    outbox=[_told(1), _told(2)],
    effects=[_effect(1, 1), _effect(2, 2)],
    copies=[Row(id="a", version=2)],
    inbox=2,
    set_aside=[],
    pending=0,
)


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("lost", {"acknowledged": ["one", "two", "answered before the COMMIT"]}),
        ("lost", {"facts": [_fact("one", 1), _fact("two", 2, of=2)]}),
        ("lost", {"outbox": [_told(1)], "effects": [_effect(1, 1)], "inbox": 1}),
        ("lost", {"effects": [_effect(1, 1)], "inbox": 1}),
        ("doubled", {"facts": [_fact("two", 1), _fact("two", 2)], "acknowledged": ["two"]}),
        ("doubled", {"effects": [_effect(1, 1), _effect(2, 2), _effect(2, 3, again=True)], "inbox": 3}),
        (
            "doubled",
            {"outbox": [_told(1), _told(2), _told(3)], "effects": [_effect(n, n) for n in (1, 2, 3)], "inbox": 3},
        ),
        ("doubled", {"effects": [_effect(1, 1), _effect(2, 2), _effect(3, 3)], "inbox": 3}),
        ("doubled", {"inbox": 1}),
        ("stuck", {"outbox": [_told(1), _told(2, published_at=None)]}),
        ("stuck", {"set_aside": [Row(subject="a", error="poison", state="waiting")]}),
        ("stuck", {"pending": 1}),
        ("out_of_order", {"effects": [_effect(1, 2, again=True), _effect(2, 1)]}),
        ("out_of_order", {"effects": [_effect(2, 2), _effect(1, 1)]}),
        ("out_of_order", {"copies": [Row(id="a", version=1)]}),
    ],
)
def test_each_fault_is_seen_and_called_by_its_name(kind, fault):
    assert judge(WHOLE).faults == []
    found = judge(replace(WHOLE, **fault))
    assert getattr(found, kind)
    assert sum(map(bool, vars(found).values())) == 1


def test_what_came_again_may_take_effect_after_newer_ones():
    assert judge(replace(WHOLE, effects=[_effect(2, 2), _effect(1, 1, again=True)])).faults == []
