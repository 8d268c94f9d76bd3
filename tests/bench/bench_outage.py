"""HTTP while the bus is away, beside HTTP with the bus there, in the same run: OUTAGE is its length in seconds.

The full claim is ten minutes: `OUTAGE=600 make bench BENCH=outage`. Half of the normal writes come before and half
after, so that a machine that grows slower or faster meanwhile counts on both sides.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.figures import row, write
from tests.bench.floor import percentile
from tests.chaos.away import stay_away

SECONDS = float(os.environ.get("OUTAGE") or 60)


def measure() -> list[dict[str, Any]]:
    """Be away once; gives the figures, or fails when anything was lost, doubled or stuck."""
    with tempfile.TemporaryDirectory() as folder:
        outage = stay_away(Path(folder), SECONDS)
    print(outage.line)
    assert not outage.verdict.faults, outage.verdict.faults[:20]
    away = f"with the bus away {SECONDS:.0f} s"
    figures = [
        row(
            f"outage: write over HTTP {away}, p{percent}",
            percentile(outage.away, percent),
            "ms",
            percentile(outage.normal, percent),
            "≤ 1.2 × bus there",
            1.2,
        )
        for percent in (50, 99)
    ]
    drained = row("outage: drained and heard", outage.seconds_to_drain, "s", SECONDS, "≤ 0.5 × outage", 0.5)
    return [*figures, drained]


def main() -> list[dict[str, Any]]:
    """Measure, print a table, write `build/bench/outage.json`."""
    rows = measure()
    write("outage", rows)
    return rows


if __name__ == "__main__":
    main()
