"""Two minutes of `make chaos`: random kills of everything that takes part, on both databases, and a bus that is away.

Naive changes with which the kills were seen to fail: see `tests/chaos/verdict.py`.
"""

import random

import pytest

from tests.chaos.away import stay_away
from tests.chaos.driver import POSTGRESQL, SQLITE, run
from tests.conftest import NO_POSTGRES
from tests.postgres import programs

SECONDS = 50
FEWEST_KILLS = 15
"""Far more come on two quiet cores; a run without kills would prove nothing."""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", [SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.postgres)])
async def test_random_kills_lose_double_and_hold_up_nothing(tmp_path, kind):
    if kind == POSTGRESQL and programs() is None:
        pytest.skip(NO_POSTGRES)
    result = await run(kind, tmp_path, random.randrange(10**6), kills=10**6, seconds=SECONDS)
    print(result.line)
    assert result.kills >= FEWEST_KILLS
    assert result.verdict.faults == [], result.line


@pytest.mark.timeout(600)
def test_a_bus_that_is_away_stops_no_writing_and_hears_everything_afterwards(tmp_path):
    """Fails where a write waits for the bus, and where what was written meanwhile is not in the outbox."""
    outage = stay_away(tmp_path, 20)
    print(outage.line)
    assert outage.verdict.faults == [], outage.line
