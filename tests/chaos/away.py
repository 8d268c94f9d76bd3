"""The bus away: a real service keeps writing over HTTP as fast as ever, and all of it is told once the bus is back."""

import sqlite3
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.verdict import Verdict
from tests.system.stack import NO_LIMITS, Village

PER_SECOND = 20
WARM_UP = 5.0
LONGEST_STILLSTAND = 60.0
UNTOLD = "SELECT message_id FROM outbox WHERE published_at IS NULL"
SET_ASIDE = "SELECT id FROM set_aside WHERE state = 'waiting'"


@dataclass(frozen=True)
class Outage:
    """What came of one: seconds that each write took, with the bus there and away; what is not as it must be."""

    normal: Sequence[float]
    away: Sequence[float]
    seconds: float
    seconds_to_drain: float
    verdict: Verdict

    @property
    def line(self) -> str:
        return (
            f"bus away: {self.seconds:.0f} s, {len(self.away)} writes meanwhile, "
            f"drained in {self.seconds_to_drain:.1f} s: {self.verdict}"
        )


def stay_away(folder: Path, seconds: float) -> Outage:
    """Write with the bus there, away for so long, and there again; then compare what is written with what is heard."""
    village = Village(folder / "data", **NO_LIMITS)
    try:
        village.start_bus()
        for service in ("registry", "map"):
            village.start(service)
        writer = Writer(village)
        writer.write(WARM_UP)
        normal = writer.write(seconds / 2)
        village.kill("nats")
        away = writer.write(seconds)
        village.start_bus()
        began = time.monotonic()
        verdict = _drain_and_judge(village, writer.written)
        seconds_to_drain = time.monotonic() - began
        normal += writer.write(seconds / 2)
    finally:
        village.stop()
    return Outage(normal, away, seconds, seconds_to_drain, verdict)


class Writer:
    """Registers organisations at an even pace; every write must be answered, whatever is away."""

    def __init__(self, village: Village) -> None:
        self.village = village
        self.written: list[str] = []

    def write(self, seconds: float) -> list[float]:
        """Write for so long; gives the seconds of each write, from the request sent to the answer."""
        took = []
        due = time.perf_counter()
        end = due + seconds
        while due < end and time.perf_counter() < end:
            time.sleep(max(0.0, due - time.perf_counter()))
            due += 1 / PER_SECOND
            assert self.village.token  # renewed here, out of the time that is taken
            began = time.perf_counter()
            self.written.append(self.village.organisation(f"Organizacja {len(self.written)}"))
            took.append(time.perf_counter() - began)
        return took


def _drain_and_judge(village: Village, written: Sequence[str]) -> Verdict:
    """Wait until all is heard or nothing moves any more; each organisation must be at the map, once."""
    before, heard, moved_at = -1, 0, time.monotonic()
    while heard < len(written) and time.monotonic() - moved_at < LONGEST_STILLSTAND:
        time.sleep(0.5)
        before, heard = heard, len(village.every_id("/map/api/v1/places?kind=organisation"))
        moved_at = moved_at if heard == before else time.monotonic()
    kept = Counter(village.every_id("/registry/api/v1/organisations"))
    places = Counter(village.every_id("/map/api/v1/places?kind=organisation"))
    verdict = Verdict()
    verdict.lost += [f"{id} was answered and is not there" for id in set(written) - set(kept)]
    verdict.lost += [f"{id} was written and not heard" for id in kept - places]
    verdict.doubled += [f"{id} took effect too often, or was never written" for id in places - kept]
    verdict.doubled += [f"{id} was written and never asked for" for id in set(kept) - set(written)]
    time.sleep(1)  # what was acknowledged is marked a moment later
    for service, waiting in (("registry", UNTOLD), ("map", SET_ASIDE)):
        with closing(sqlite3.connect(f"file:{village.data}/{service}.sqlite?mode=ro", uri=True)) as store:
            verdict.stuck += [f"{id} waits at the {service}" for (id,) in store.execute(waiting)]
    return verdict
