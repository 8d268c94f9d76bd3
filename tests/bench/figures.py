"""What every benchmark writes: figures as ratios to a floor or a peer of the same run, a table and a JSON file."""

import json
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path("build/bench")


def row(
    name: str, value: float, unit: str, peer_or_floor: float, goal: str, limit: float | None, *, is_rate: bool = False
) -> dict[str, Any]:
    """Make one figure; `limit` is the ratio not to exceed (a rate: not to fall below), or none."""
    ratio = value / peer_or_floor
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "peer_or_floor": round(peer_or_floor, 3),
        "ratio": round(ratio, 2),
        "goal": goal,
        "holds": limit is None or (ratio >= limit if is_rate else ratio <= limit),
    }


def write(name: str, rows: Sequence[dict[str, Any]]) -> None:
    """Print a table and write `build/bench/<name>.json`."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    for one in rows:
        holds = "holds" if one["holds"] else "FAILS"
        print(f"{one['name']:70} {one['value']:>10} {one['unit']:5} {one['ratio']:>7} × {one['goal']:18} {holds}")


async def in_turns(
    ours: Callable[[], Awaitable[Any]], peer: Callable[[], Awaitable[Any]], times: int, rounds: int
) -> tuple[float, float]:
    """Take the best of a few rounds of each, in milliseconds for one, so that noise falls on both alike."""
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for work, milliseconds in zip((ours, peer), took, strict=True):
            began = time.perf_counter()
            for _ in range(times):
                await work()
            milliseconds.append((time.perf_counter() - began) / times * 1000)
    return min(took[0]), min(took[1])
