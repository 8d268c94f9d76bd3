"""Runs the benchmarks, each in a process of its own: `python -m tests.bench [name …]`, all of them without a name."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.bench.figures import FOLDER

NAMES = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))


def main(names: list[str]) -> int:
    """Run them and say which figures miss their goal; a benchmark that breaks gives 1."""
    unknown = set(names) - set(NAMES)
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}.")
    broken = 0
    for name in names or NAMES:
        print(f"\n──── {name} ────", flush=True)
        broken += subprocess.run([sys.executable, "-m", f"tests.bench.bench_{name}"], check=False).returncode != 0
    rows = [row for file in sorted(FOLDER.glob("*.json")) for row in json.loads(file.read_text())]
    missed = [row["name"] for row in rows if not row["holds"]]
    (FOLDER / "table.md").write_text(table(rows))
    print(f"\n{len(rows) - len(missed)} of {len(rows)} figures hold; in {FOLDER}, as a table for a page in table.md.")
    for name in missed:
        print(f"misses its goal: {name}")
    return 1 if broken else 0


def table(rows: list[dict[str, Any]]) -> str:
    """Write the figures as a table of Markdown, ratios first: they are what holds elsewhere too."""
    lines = ["| figure | ratio | goal | measured | floor or peer | |", "| --- | ---: | --- | ---: | ---: | --- |"]
    for row in rows:
        cells = (row["name"], f"{row['ratio']} ×", row["goal"], f"{row['value']} {row['unit']}", row["peer_or_floor"])
        lines.append(f"| {' | '.join(map(str, cells))} | {'holds' if row['holds'] else '**missed**'} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
